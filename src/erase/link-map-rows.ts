import { statSync } from 'node:fs';
import { duckdbDialect as dialect } from '../engine/duckdb/dialect.ts';
import { DuckDbEngine } from '../engine/duckdb/engine.ts';
import type { ErasedHashes } from './erased-hashes.ts';

/** Rows of a link map take 60 bytes each: this is enough for every map so far, and nothing is spilled. */
const MEMORY = '2GiB';

/** Whether the link map of a run is kept. */
export function hasLinkMap(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** How many rows of a link map are the person’s: by the person, or by a subject whose person it does not name. */
export async function countLinkMapRows(path: string, hashes: ErasedHashes): Promise<number> {
  return withEngine([path], [], async (engine) => {
    const [row] = await engine.query(
      `SELECT CAST(count(*) AS DOUBLE) AS rows FROM ${dialect.readParquet([path])} WHERE ${isTheirs(hashes)}`,
      'searching a link map',
    );
    return Number(row?.['rows'] ?? 0);
  });
}

/**
 * Writes a link map anew without these rows.
 *
 * @param to not there yet, in a folder of its own
 * @returns the number of rows that are left
 */
export async function rewriteLinkMap(
  from: string,
  to: string,
  folder: string,
  hashes: ErasedHashes,
): Promise<number> {
  return withEngine([from], [folder], (engine) =>
    engine.run(
      dialect.writeParquet(
        `SELECT * FROM ${dialect.readParquet([from])} WHERE NOT (${isTheirs(hashes)}) ORDER BY subject_high, subject_low, source`,
        to,
        'uncompressed',
      ),
      'writing a link map',
    ),
  );
}

async function withEngine<T>(
  paths: readonly string[],
  folders: readonly string[],
  work: (engine: DuckDbEngine) => Promise<T>,
): Promise<T> {
  const engine = await DuckDbEngine.open({
    threads: 1,
    memory: MEMORY,
    spillDirectory: null,
    allowedDirectories: folders,
    allowedPaths: paths,
    keepOrder: true,
  });
  try {
    return await work(engine);
  } finally {
    engine.close();
  }
}

function isTheirs({ persons, subjects }: ErasedHashes): string {
  const among = (name: string, hashes: ReadonlySet<string>) =>
    [...hashes].map(
      (hash) =>
        // a row without a person has nulls, which compare as unknown
        `coalesce(${name}_high = ${numberOf(hash.slice(0, 16))} AND ${name}_low = ${numberOf(hash.slice(16))}, false)`,
    );
  return ['false', ...among('person', persons), ...among('subject', subjects)].join(' OR ');
}

function numberOf(hex: string): string {
  return `CAST(${BigInt(`0x${hex}`)} AS UBIGINT)`;
}
