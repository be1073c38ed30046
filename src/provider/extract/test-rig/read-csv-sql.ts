import type { FileFormat } from '../../../pipeline/file-format.ts';
import type { Dialect } from '../../../sql/step.ts';
import { MAX_RECORD_BYTES } from '../scanned-record.ts';

/** Name of the tables in which DuckDB notes rows it could not parse; in memory, and dropped after each file. */
export const REJECT_TABLES = { errors: 'rejected_rows', scans: 'rejected_scans' } as const;
/** Notes of rejected rows a file. As many as this are not a few bad rows, and the run stops. */
const MAX_REJECTED_ROWS = 100_000;

/** What the engine is to read: a file, or a named pipe that carries one as UTF-8. */
export interface EngineFile {
  /** absolute path */
  readonly path: string;
  /** what the engine has to unpack: by its name it would take other files for compressed ones than this program does */
  readonly compression: 'none' | 'gzip' | 'zstd' | 'auto';
}

/** The engine's bulk reader over one file: every column as text, everything declared, nothing sniffed. */
export function readCsvSql(
  format: FileFormat,
  header: readonly string[],
  { path, compression }: EngineFile,
  dialect: Dialect,
): string {
  const columns = header.map((name) => `${dialect.text(name)}: 'VARCHAR'`).join(', ');
  const options = [
    `columns = {${columns}}`,
    'header = true',
    `compression = '${compression}'`,
    `delim = ${dialect.text(format.delimiter)}`,
    `quote = ${dialect.text(format.quote)}`,
    `escape = ${dialect.text(format.quote)}`,
    `encoding = ${dialect.text(format.encoding === 'latin-1' ? 'latin-1' : 'utf-8')}`,
    `max_line_size = ${MAX_RECORD_BYTES}`,
    'strict_mode = true',
    'ignore_errors = true',
    'store_rejects = true',
    `rejects_table = '${REJECT_TABLES.errors}'`,
    `rejects_scan = '${REJECT_TABLES.scans}'`,
    `rejects_limit = ${MAX_REJECTED_ROWS}`,
  ];
  return dialect.readCsv([path], options);
}
