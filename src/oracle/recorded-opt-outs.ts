import { isoDate, parseDate } from '../domain/date-format.ts';
import type { OptOutEvent } from '../domain/opt-out.ts';
import { mayHoldOptOutCode, optOutCodes, plainOptOutCodes, readOptOutCell } from '../domain/opt-out-codes.ts';
import { refused } from '../domain/problem.ts';
import { trimBlanks } from '../domain/standardised-text.ts';
import type { ColumnSpec, Pipeline, TableSpec } from '../pipeline/pipeline.ts';
import type { DeliveredRow, DeliveredTable } from './read-files.ts';
import { columnOf, firstFault, keyText, nhsNumberOf } from './standardise.ts';

/** The owner of a row: a patient of its source, or the person with this NHS number. */
export type RowOwner = { readonly patientKey: string } | { readonly nhsNumber: string };

/** An opt-out in a record, and its owner; none where its row leads to no patient. */
export interface RecordedOptOut {
  readonly source: string;
  readonly owners: readonly RowOwner[];
  readonly event: OptOutEvent;
}

/**
 * Every opt-out in the records, coded or flagged. A patient's decision counts even if other cells of its row are faulty, so this
 * reads the rows as delivered. For a row that cannot be parsed the owner is unknown: a code in any cell of it is refused, and so is
 * any such row of a table with flags.
 *
 * @throws TallystickError (exit 1)
 */
export function readRecorded(pipeline: Pipeline, delivered: readonly DeliveredTable[]): RecordedOptOut[] {
  return delivered.flatMap((one) => {
    const flagged = one.table.columns.some(({ flag }) => flag !== null);
    if (flagged && one.unparsed.length > 0)
      throw refused({ file: one.table.name, message: 'a row may have an opt-out flag' });
    return [...codedOf(one, pipeline), ...flaggedOf(one)].map(({ row, event }) => ({
      source: one.table.source,
      owners: ownersOf(row, one, delivered, pipeline),
      event,
    }));
  });
}

interface EventOnRow {
  readonly row: DeliveredRow;
  readonly event: OptOutEvent;
}

function codedOf({ table, rows, unparsed }: DeliveredTable, pipeline: Pipeline): EventOnRow[] {
  const codes = pipeline.optOuts.codes.find((one) => one.table === table.name);
  const elsewhere = pipeline.optOuts.elsewhere.find((one) => one.table === table.name)?.columns ?? [];
  if (codes === undefined && elsewhere.length === 0) return [];
  const { codeOverrides, lookAlikes } = pipeline.optOuts;
  const codeTable = optOutCodes(codeOverrides, lookAlikes);
  const columnOfName = (name: string) => table.columns.find((one) => one.name === name)!;
  const lost = unparsed.find(({ cells }) => cells.some((cell) => mayHoldOptOutCode(cell, codeTable)));
  if (lost !== undefined)
    throw refused({ file: lost.file, line: lost.line, message: 'this row may have an opt-out' });
  for (const { system, name } of elsewhere.map(columnOfName)) {
    const held = rows.find(
      ({ cells }) => readOptOutCell(system ?? 'local', cells[name]!, codeTable) !== 'none',
    );
    if (held !== undefined)
      throw refused({ file: held.file, line: held.line, column: name, message: 'holds an opt-out code' });
  }
  if (codes === undefined) return [];
  const key = ownerColumn(table);
  const swapped = rows.find((row) => plainOptOutCodes(codeTable).includes(row.cells[key.name]!));
  if (swapped !== undefined)
    throw refused({
      file: swapped.file,
      line: swapped.line,
      column: key.name,
      message: 'is an opt-out code',
    });
  const misfit = rows.find(
    (row) =>
      firstFault(row, table, pipeline) !== null &&
      Object.entries(row.cells).some(
        ([name, cell]) => !codes.columns.includes(name) && mayHoldOptOutCode(cell, codeTable),
      ),
  );
  if (misfit !== undefined)
    throw refused({ file: misfit.file, line: misfit.line, message: 'this row may have an opt-out' });
  const columns = codes.columns.map(columnOfName);
  const date = table.columns.find(({ name }) => name === codes.date);
  return rows.flatMap((row) =>
    columns.flatMap((column) => {
      const code = keyText(row, column);
      const entry = code === null ? 'none' : readOptOutCell(column.system!, code, codeTable);
      if (entry === 'unclear')
        throw refused({ file: row.file, line: row.line, message: 'may be an opt-out' });
      if (entry === 'none') return [];
      const day = date === undefined ? null : parseDate(keyText(row, date), date.format);
      return [
        { row, event: { type: entry.type, kind: entry.kind, date: day === null ? null : isoDate(day) } },
      ];
    }),
  );
}

/** Any value that is not declared to mean "no opt-out" is an opt-out, on an unknown day. */
function flaggedOf({ table, rows }: DeliveredTable): EventOnRow[] {
  return table.columns.flatMap(({ name, flag }) =>
    flag === null
      ? []
      : rows
          .filter((row) => !flag.none.includes(trimBlanks(row.cells[name]!)))
          .map((row) => ({ row, event: { type: flag.type, kind: 'registered', date: null } as const })),
  );
}

/** The column that identifies the patient of a table's rows. */
function ownerColumn(table: TableSpec): ColumnSpec {
  const roles = ['patient-key', 'parent-key', 'nhs-number'] as const;
  return roles.map((role) => columnOf(table, role)).find((column) => column !== undefined)!;
}

/** The owner of a row, by its patient key, by the records it points at, or by its own NHS number. */
function ownersOf(
  row: DeliveredRow,
  { table }: DeliveredTable,
  delivered: readonly DeliveredTable[],
  pipeline: Pipeline,
): RowOwner[] {
  if (columnOf(table, 'patient-key') !== undefined) {
    const patientKey = keyText(row, columnOf(table, 'patient-key'));
    return patientKey === null ? [] : [{ patientKey }];
  }
  const parentKey = columnOf(table, 'parent-key');
  if (parentKey === undefined) {
    const nhsNumber = nhsNumberOf(row, table, pipeline);
    return nhsNumber === null ? [] : [{ nhsNumber }];
  }
  const id = keyText(row, parentKey);
  const parent = delivered.find((one) => one.table.name === parentKey.references)!;
  return parent.rows
    .filter((one) => id !== null && keyText(one, columnOf(parent.table, 'record-id')) === id)
    .flatMap((one) => ownersOf(one, parent, delivered, pipeline));
}
