import { type Problem, refused } from '../../domain/problem.ts';
import type { TableSpec } from '../../pipeline/pipeline.ts';
import type { InputFile } from './find-files.ts';
import { openText } from './open-text.ts';
import { refuseOtherFormats } from './recognise-format.ts';
import { scanRecords } from './scan-records.ts';

/** A file's header, compared with the layout. */
export interface Header {
  /** every column name, in the file's order */
  readonly names: readonly string[];
  /** columns that are in the file and not in the layout: they are not read */
  readonly undeclared: readonly string[];
}

/**
 * Reads a file's first record and checks it against the declared columns.
 *
 * @throws TallystickError (exit 1) for a missing declared column, a name that occurs twice, or no header at all
 */
export async function readHeader(file: InputFile, table: TableSpec): Promise<Header> {
  const { encoding, delimiter, quote } = table.format;
  await refuseOtherFormats(file, table.format);
  const records = scanRecords(openText(file, encoding), delimiter, quote);
  const next = await records.next();
  await records.return(undefined);
  const first = next.done === true ? undefined : next.value;
  if (first === undefined || first.badQuote) {
    throw refused({ file: file.shownAs, line: 1, message: 'has no header line that can be read' });
  }
  const names = first.fields.map((field) => field.toString('utf8').trim());
  const problems: Problem[] = [];
  const location = { file: file.shownAs, line: 1 };
  for (const column of table.columns) {
    const times = names.filter((name) => name === column.name).length;
    if (times === 1) continue;
    problems.push({
      ...location,
      column: column.name,
      message:
        times === 0
          ? 'the declared column is not in the header'
          : `the header has this column ${times} times`,
    });
  }
  if (problems.length > 0) {
    const wayOut =
      problems.length === table.columns.length
        ? `none of the declared columns is there: check the delimiter and the encoding (declared: ${encoding})`
        : 'check the layout in the pipeline file, and whether the delivery has changed';
    throw refused(...problems.slice(0, -1), { ...problems.at(-1)!, wayOut });
  }
  const declared = new Set(table.columns.map((column) => column.name));
  return { names, undeclared: names.filter((name) => !declared.has(name)) };
}
