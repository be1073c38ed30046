import { type OptOutCodeTable, readOptOutCell } from '../domain/opt-out-codes.ts';
import type { Problem } from '../domain/problem.ts';
import type { TableSpec } from '../pipeline/pipeline.ts';
import type { InputFile } from './find-files.ts';
import { openText } from './open-text.ts';
import type { Header } from './read-header.ts';
import { scanRecords } from './scan-records.ts';

/** Places named in the message: the way out is the same for all. */
const PLACES_SHOWN = 5;

/**
 * The places of cells that may be an opt-out code and cannot be read as one (`readOptOutCell`). The bulk reader knows no
 * lines, so the file is read once more, as far as the first of them, and only where there are any.
 *
 * @param columns the code columns that are looked through
 * @returns a problem for each of the first of them, with its place and no value
 */
export async function locateUnclearCodes(
  file: InputFile,
  table: TableSpec,
  header: Header,
  columns: readonly string[],
  codes: OptOutCodeTable,
): Promise<Problem[]> {
  const { encoding, delimiter, quote } = table.format;
  const places = columns.map((name) => ({
    name,
    at: header.names.indexOf(name),
    system: table.columns.find((one) => one.name === name)!.system!,
  }));
  const problems: Problem[] = [];
  let isHeader = true;
  for await (const record of scanRecords(openText(file, encoding), delimiter, quote)) {
    if (problems.length >= PLACES_SHOWN) break;
    if (isHeader) {
      isHeader = false;
      continue;
    }
    if (record.fieldCount !== header.names.length) continue;
    for (const { name, at, system } of places) {
      if (readOptOutCell(system, record.field(at)!.toString('utf8'), codes) !== 'unclear') continue;
      problems.push(unclear({ file: file.shownAs, line: record.line, column: name }));
    }
  }
  return problems.length > 0 ? problems : [unclear({ file: file.shownAs })];
}

function unclear(place: Pick<Problem, 'file' | 'line' | 'column'>): Problem {
  return {
    ...place,
    message: 'this may be an opt-out code, and cannot be read as one of the system of its column',
    wayOut:
      'have the column delivered as text, one code a cell; a code that only looks like one belongs under optOuts.lookAlikes',
  };
}
