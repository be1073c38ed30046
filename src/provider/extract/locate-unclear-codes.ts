import { MOST_KEPT } from '../../domain/long-refusal.ts';
import { isOptOutSystem, type OptOutCodeTable, readOptOutCell } from '../../domain/opt-out-codes.ts';
import type { Problem } from '../../domain/problem.ts';
import type { CodeSystem } from '../../domain/role.ts';
import type { ColumnSpec, TableSpec } from '../../pipeline/pipeline.ts';
import type { InputFile } from './find-files.ts';
import { indexesOf, structureFault } from './locate-faults.ts';
import { openText } from './open-text.ts';
import type { Header } from './read-header.ts';
import { scanRecords } from './scan-records.ts';

/**
 * Locates cells that may be an opt-out code and cannot be read as one (`readOptOutCell`). The bulk reader knows no
 * lines, so the file is read once more, and only where there are any.
 *
 * @param columns those that are looked through: code columns, or others in which no opt-out code is expected
 * @returns a problem for each of them, as far as that many are kept, with its location and no value
 */
export async function locateUnclearCodes(
  file: InputFile,
  table: TableSpec,
  header: Header,
  columns: readonly string[],
  codes: OptOutCodeTable,
): Promise<Problem[]> {
  const { encoding, delimiter, quote } = table.format;
  const indexes = indexesOf(
    table.columns.filter(({ name }) => columns.includes(name)),
    header,
  );
  const problems: Problem[] = [];
  let isHeader = true;
  for await (const record of scanRecords(openText(file, encoding), delimiter, quote)) {
    if (problems.length >= MOST_KEPT) break;
    if (isHeader) {
      isHeader = false;
      continue;
    }
    if (structureFault(record, header, indexes) !== null) continue;
    for (const { column, index } of indexes) {
      if (readOptOutCell(systemOf(column), record.field(index)!.toString('utf8'), codes) !== 'unclear')
        continue;
      problems.push(unclearCode({ file: file.shownAs, line: record.line, column: column.name }, column));
    }
  }
  return problems.length > 0 ? problems : [unclearCode({ file: file.shownAs }, indexes[0]!.column)];
}

/** What the cells of a column are read as; categories are texts without a code system. */
function systemOf({ system }: ColumnSpec): CodeSystem {
  return system ?? 'local';
}

/** The problem of a cell that is, or may be, an opt-out code, and cannot be read as one of its column. */
export function unclearCode(
  location: Pick<Problem, 'file' | 'line' | 'column'>,
  column: ColumnSpec,
): Problem {
  const { role } = column;
  const isKey = role === 'patient-key' || role === 'parent-key' || role === 'nhs-number';
  const system = systemOf(column);
  if (isKey) {
    return {
      ...location,
      message: 'this is an opt-out code where a key or an NHS number belongs',
      wayOut: 'have the row repaired: its cells may have changed places',
    };
  }
  if (!isOptOutSystem(system)) {
    return {
      ...location,
      message: 'this is, or may be, an opt-out code, and no opt-out is looked for in this column',
      wayOut:
        'declare the system of its codes (role: code, system: snomed, read-v2 or ctv3); a code that only looks like one belongs under optOuts.lookAlikes; to leave the table out, give the reason: optOutCodes: { none: "..." }',
    };
  }
  return {
    ...location,
    message: 'this may be an opt-out code, and cannot be read as one of the system of its column',
    wayOut:
      'have the column delivered as text, one code a cell; a code that only looks like one belongs under optOuts.lookAlikes',
  };
}
