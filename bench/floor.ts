import { closeSync, mkdirSync, openSync, readSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { floorSteps } from './floor-sql.ts';

/*
 * The floor: the same join by hand, in DuckDB alone and without any protection. A separate process, so that it
 * includes its own start, as a run does:
 *
 *     node floor.js DATA OUT THREADS MEMORY
 */

const HEADER_BYTES = 8192;

const [data, out, threads, memory] = process.argv.slice(2);
if (data === undefined || out === undefined || threads === undefined || memory === undefined) {
  throw new TypeError('usage: floor.js DATA OUT THREADS MEMORY');
}
const spill = join(out, 'spill');
mkdirSync(spill, { recursive: true });
const instance = await DuckDBInstance.create(':memory:', {
  threads,
  memory_limit: memory,
  temp_directory: spill,
  preserve_insertion_order: 'false',
});
const connection = await instance.connect();
for (const sql of floorSteps(data, out, headerOf)) await connection.run(sql);
connection.disconnectSync();
instance.closeSync();
rmSync(spill, { recursive: true });

/** The names in a file's first line. The files are synth's: no name is quoted, and no header is longer than this. */
function headerOf(path: string): string[] {
  const file = openSync(path, 'r');
  const bytes = Buffer.alloc(HEADER_BYTES);
  const start = bytes.toString('utf8', 0, readSync(file, bytes, 0, HEADER_BYTES, 0));
  closeSync(file);
  return start.slice(0, start.indexOf('\n')).trimEnd().split(',');
}
