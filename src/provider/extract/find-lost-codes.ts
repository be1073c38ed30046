import { MOST_KEPT } from '../../domain/long-refusal.ts';
import { mayHoldOptOutCode, type OptOutCodeTable } from '../../domain/opt-out-codes.ts';
import { type Problem, refused } from '../../domain/problem.ts';
import type { ColumnSpec, TableSpec } from '../../pipeline/pipeline.ts';
import type { InputFile } from './find-files.ts';
import { disagreement, placesOf, structureFault } from './locate-faults.ts';
import { openText } from './open-text.ts';
import type { Header } from './read-header.ts';
import { scanRecords } from './scan-records.ts';

/**
 * Records that cannot be parsed and have an opt-out code somewhere on them.
 *
 * Nobody can say which cell of such a record is which, so a code counts wherever it stands: a run that stops once too
 * often is better than an opt-out that is passed over.
 *
 * @param columns the columns that the bulk reader was asked for
 * @param codes those of every system: which column a cell belongs to is not known
 * @param unparsed how many records the bulk reader could not parse
 * @returns a problem for each of them, as far as that many are kept, with its place and no value
 * @throws TallystickError (exit 1) where fewer such records are found than the bulk reader met
 */
export async function findLostCodes(
  file: InputFile,
  table: TableSpec,
  header: Header,
  columns: readonly ColumnSpec[],
  codes: OptOutCodeTable,
  unparsed: number,
): Promise<Problem[]> {
  const { encoding, delimiter, quote } = table.format;
  const problems: Problem[] = [];
  let looked = 0;
  const read = placesOf(columns, header);
  let isHeader = true;
  for await (const record of scanRecords(openText(file, encoding), delimiter, quote)) {
    if (isHeader) {
      isHeader = false;
      continue;
    }
    if (structureFault(record, header, read) === null) continue;
    looked += 1;
    if (!record.fields.some((field) => mayHoldOptOutCode(field.toString('utf8'), codes))) continue;
    if (problems.length === MOST_KEPT) continue;
    problems.push(lostCode({ file: file.shownAs, line: record.line }));
  }
  if (problems.length === 0 && looked < unparsed) throw refused(...disagreement(file, []));
  return problems;
}

/** What is said of a row with an opt-out code on it that cannot be read. */
export function lostCode(place: Pick<Problem, 'file' | 'line'>): Problem {
  return {
    ...place,
    message: 'an opt-out may stand on this row, which cannot be read',
    wayOut: 'have the row repaired: a run without it could release what its patient refused',
  };
}
