import { EXIT, refused, TallystickError } from '../../domain/problem.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { FileFormat } from '../../pipeline/pipeline.ts';
import { type ExtractSource, extractSql } from './extract-query.ts';
import type { InputFile } from './find-files.ts';
import { findUndecodable } from './find-undecodable.ts';
import { engineReadsGzip } from './gzip-members.ts';
import { openTextPipe } from './named-pipe.ts';
import { openText } from './open-text.ts';
import { type EngineFile, MAX_REJECTED_ROWS, REJECT_TABLES } from './read-csv-sql.ts';
import type { Header } from './read-header.ts';

export interface ExtractedFile {
  /** rows written to the token store */
  readonly rowsStored: number;
  /** records the bulk reader could not parse */
  readonly rowsUnparsed: number;
}

/**
 * Runs the streaming query of one file and writes what may cross the boundary as Parquet.
 *
 * @param privateDirectory where a named pipe may stand, for encodings that have to be turned into UTF-8 first
 */
export async function extractFile(
  engine: DuckDbEngine,
  source: ExtractSource,
  file: InputFile,
  header: Header,
  storePath: string,
  privateDirectory: string,
): Promise<ExtractedFile> {
  return withReadablePath(file, source, privateDirectory, async (readable) => {
    const about = `reading ${file.shownAs}`;
    const sql = extractSql(source, header.names, readable);
    const rowsStored = await engine.run(source.dialect.writeParquet(sql, storePath, 'snappy'), about);
    return { rowsStored, rowsUnparsed: await countRejected(engine, about) };
  });
}

/**
 * Encodings the engine is trusted with. Its utf-16 takes big-endian files for empty ones, without a word, and refuses
 * every character outside the basic plane; windows-1252 it does not know.
 */
const ENGINE_READS: readonly FileFormat['encoding'][] = ['utf-8', 'latin-1'];

/**
 * Gives `use` a path that the engine can read: the file itself, or a pipe with its text in UTF-8.
 *
 * @throws TallystickError (exit 1) with the place, where the engine stumbles over bytes that are no text
 */
export async function withReadablePath<T>(
  file: InputFile,
  source: Pick<ExtractSource, 'table'>,
  privateDirectory: string,
  use: (file: EngineFile) => Promise<T>,
): Promise<T> {
  try {
    return await usePath(file, source, privateDirectory, use);
  } catch (fault) {
    if (!(fault instanceof TallystickError) || fault.exitCode !== EXIT.engine) throw fault;
    const undecodable = await findUndecodable(file, source.table);
    throw undecodable === null ? fault : refused(undecodable);
  }
}

/** True if the engine reads the file itself, and not through a pipe. */
function isForEngine({ path, compression }: InputFile, { encoding }: FileFormat): boolean {
  return ENGINE_READS.includes(encoding) && (compression !== 'gzip' || engineReadsGzip(path));
}

async function usePath<T>(
  file: InputFile,
  { table }: Pick<ExtractSource, 'table'>,
  privateDirectory: string,
  use: (file: EngineFile) => Promise<T>,
): Promise<T> {
  if (isForEngine(file, table.format)) return use(file);
  const pipe = openTextPipe(openText(file, table.format.encoding), privateDirectory);
  try {
    const result = await use({ path: pipe.path, compression: 'none' });
    await pipe.written;
    return result;
  } finally {
    pipe.close();
  }
}

/**
 * Counts the records that the reader could not parse, and drops its notes of them: they hold whole lines.
 *
 * One record may have several notes, under one line but at several places: what is left of it behind its first fault is
 * noted as if it were another.
 *
 * @throws TallystickError (exit 1) where there are more than the reader notes
 */
async function countRejected(engine: DuckDbEngine, about: string): Promise<number> {
  const [row] = await engine.query(
    `SELECT count(DISTINCT line)::INTEGER AS n, count(*)::INTEGER AS notes FROM ${REJECT_TABLES.errors}`,
    about,
  );
  await dropRejected(engine, about);
  if (Number(row?.['notes'] ?? 0) >= MAX_REJECTED_ROWS) {
    throw refused({
      message: `more than ${MAX_REJECTED_ROWS} faults of columns, quotes or encoding (while ${about})`,
      wayOut: 'check the declared delimiter, quote and encoding, and the delivery',
    });
  }
  return Number(row?.['n'] ?? 0);
}

/** Forgets the reader's notes of rows it could not parse. */
export async function dropRejected(engine: DuckDbEngine, about: string): Promise<void> {
  await engine.run(`DROP TABLE ${REJECT_TABLES.errors}`, about);
  await engine.run(`DROP TABLE ${REJECT_TABLES.scans}`, about);
}
