import type { FileFormat } from '../pipeline/pipeline.ts';
import { textLiteral } from '../standardise/standardised-sql.ts';

/** Name of the tables in which DuckDB notes rows it could not parse; in memory, and dropped after each file. */
export const REJECT_TABLES = { errors: 'rejected_rows', scans: 'rejected_scans' } as const;
/** Rejected rows noted per file. More than this is not a few bad rows, and the run stops. */
const MAX_REJECTED_ROWS = 100_000;
/** The longest record, in bytes: room for a field of 1 MiB and then some. A longer one is quarantined. */
export const MAX_RECORD_BYTES = 4 * 1024 * 1024;

/**
 * The engine's bulk reader over one file: every column as text, everything declared, nothing sniffed.
 *
 * @param path the file, or a named pipe that carries it as UTF-8
 * @param encoding what the engine itself must decode
 */
export function readCsvSql(format: FileFormat, header: readonly string[], path: string): string {
  const columns = header.map((name) => `${textLiteral(name)}: 'VARCHAR'`).join(', ');
  const options = [
    `columns = {${columns}}`,
    'header = true',
    'auto_detect = false',
    `delim = ${textLiteral(format.delimiter)}`,
    `quote = ${textLiteral(format.quote)}`,
    `escape = ${textLiteral(format.quote)}`,
    `encoding = ${textLiteral(format.encoding === 'latin-1' ? 'latin-1' : 'utf-8')}`,
    `max_line_size = ${MAX_RECORD_BYTES}`,
    'strict_mode = true',
    'ignore_errors = true',
    'store_rejects = true',
    `rejects_table = '${REJECT_TABLES.errors}'`,
    `rejects_scan = '${REJECT_TABLES.scans}'`,
    `rejects_limit = ${MAX_REJECTED_ROWS}`,
  ];
  return `read_csv(${textLiteral(path)}, ${options.join(', ')})`;
}
