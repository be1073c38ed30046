import { isUtf8 } from 'node:buffer';
import type { Problem } from '../../domain/problem.ts';
import { ROLES } from '../../domain/role.ts';
import type { TableSpec } from '../../pipeline/pipeline.ts';
import type { InputFile } from './find-files.ts';
import { openText } from './open-text.ts';
import { scanRecords } from './scan-records.ts';

/**
 * The first cell, of those that may be read, that is not in the declared encoding; null if all are.
 *
 * Asked when the engine has failed. Its reader (DuckDB 1.5.6) puts most such rows aside, but stops with an internal error
 * if the cell's column stands further right in the file than the number of columns that are read: so a file with a bad
 * byte there cannot be read at all, and the run says where it is.
 */
export async function findUndecodable(file: InputFile, table: TableSpec): Promise<Problem | null> {
  const { encoding, delimiter, quote } = table.format;
  const read = new Set(
    table.columns.filter(({ role }) => ROLES[role] !== 'stripped').map(({ name }) => name),
  );
  let names: readonly string[] | null = null;
  for await (const { fields, line } of scanRecords(openText(file, encoding), delimiter, quote)) {
    if (names === null) {
      names = fields.map((field) => field.toString('utf8').trim());
      continue;
    }
    const at = fields.findIndex((field, column) => read.has(names?.[column] ?? '') && !isUtf8(field));
    if (at < 0) continue;
    return {
      file: file.shownAs,
      line,
      column: names[at]!,
      message: 'not in the declared encoding, and the rest of the file cannot be read because of it',
      wayOut:
        'have the file written anew, or declare the encoding it has: utf-8, windows-1252, latin-1 or utf-16',
    };
  }
  return null;
}
