import { standardiseBirthDate } from '../domain/birth-date.ts';
import { standardiseNhsNumber } from '../domain/nhs-number.ts';
import { standardisePostcode } from '../domain/postcode.ts';
import type { Role } from '../domain/role.ts';
import { standardiseSex } from '../domain/sex.ts';
import type { Outcome, Standardised } from '../domain/standardised.ts';
import { type ColumnSpec, type Pipeline, type TableSpec, tablesOf } from '../pipeline/pipeline.ts';
import type { QuarantinedRow } from '../provider/extract/locate-faults.ts';
import { faultOf, type PayloadFault, payloadValue } from '../provider/extract/payload-value.ts';
import type { DeliveredRow, DeliveredTable } from './read-files.ts';

/** A released or stored cell: dates as YYYY-MM-DD, timestamps as YYYY-MM-DD HH:MM:SS. */
export type Value = string | number | null;

/** One row, standardised: the values available to linkage, opt-outs and release. */
export interface StandardRow {
  readonly nhsNumber: string | null;
  readonly birthDate: string | null;
  readonly sex: string | null;
  readonly postcode: string | null;
  readonly patientKey: string | null;
  /** provider and local id, joined by `|`; null unless both are there */
  readonly localPatientId: string | null;
  readonly recordId: string | null;
  readonly parentKey: string | null;
  /** payload cells by column */
  readonly values: Readonly<Record<string, Value>>;
}

export interface StandardTable {
  readonly table: TableSpec;
  readonly rowsIn: number;
  readonly rows: readonly StandardRow[];
  readonly quarantined: readonly QuarantinedRow[];
  /** the quarantined rows that could be parsed, with the cells that fit */
  readonly misfits: readonly StandardRow[];
  /** the number of quarantined rows that could not be parsed */
  readonly unparsed: number;
  /** rows by outcome, for each identifier column; quarantined rows that could be parsed are counted too */
  readonly outcomes: readonly ColumnOutcomes[];
}

export interface ColumnOutcomes {
  readonly source: string;
  readonly table: string;
  readonly column: string;
  readonly outcomes: Readonly<Partial<Record<Outcome, number>>>;
}

const DEMOGRAPHIC_ROLES = ['nhs-number', 'date-of-birth', 'sex', 'postcode'] as const;
type DemographicRole = (typeof DEMOGRAPHIC_ROLES)[number];

/** Every row in canonical form, or in quarantine. */
export function standardise(
  { table, rows, unparsed }: DeliveredTable,
  pipeline: Pipeline,
  runDate: string,
): StandardTable {
  const standard: StandardRow[] = [];
  const misfits: StandardRow[] = [];
  const quarantined: QuarantinedRow[] = unparsed.map(({ cells: _, header: __, ...place }) => place);
  for (const row of rows) {
    const fault = firstFault(row, table, pipeline);
    (fault === null ? standard : misfits).push(standardiseRow(row, table, pipeline, runDate));
    if (fault !== null) quarantined.push({ file: row.file, line: row.line, ...fault });
  }
  return {
    table,
    rowsIn: rows.length + unparsed.length,
    rows: standard,
    quarantined,
    misfits,
    unparsed: unparsed.length,
    outcomes: carriesIdentifiers(table) ? countOutcomes(rows, table, pipeline, runDate) : [],
  };
}

/** True for a table whose rows carry the identifiers themselves: of patients, or of a flat source. */
export function hasOwnIdentifiers(table: TableSpec): boolean {
  const points = table.columns.some(({ role }) => role === 'patient-key' || role === 'parent-key');
  return table.kind === 'patients' || !points;
}

/** True for those tables, and for a table of addresses. */
function carriesIdentifiers(table: TableSpec): boolean {
  return hasOwnIdentifiers(table) || table.kind === 'addresses';
}

export function columnOf(table: TableSpec, role: Role): ColumnSpec | undefined {
  return table.columns.find((column) => column.role === role);
}

/** A key without the blanks around it; null where there is none. */
export function keyText(row: DeliveredRow, column: ColumnSpec | undefined): string | null {
  return column === undefined ? null : cellText(row.cells[column.name]!, column);
}

/** The text of a cell that is a key, without the blanks around it; null where it is declared as missing. */
export function cellText(text: string, column: ColumnSpec): string | null {
  const cell = payloadValue({ ...column, role: 'local-patient-id' }, text);
  return 'fault' in cell ? null : (cell.value as string | null);
}

/** The NHS number of a row, by the rules of the run. */
export function nhsNumberOf(row: DeliveredRow, table: TableSpec, pipeline: Pipeline): string | null {
  const column = columnOf(table, 'nhs-number');
  const settings = { allowTestRange: pipeline.synthetic };
  return column === undefined ? null : standardiseNhsNumber(row.cells[column.name]!, settings).value;
}

/** The first column, in the layout's order, whose cell is needed and does not fit. */
export function firstFault(
  row: DeliveredRow,
  table: TableSpec,
  pipeline: Pipeline,
): { column: string; reason: PayloadFault } | null {
  for (const column of table.columns) {
    // a record id that nothing points at and nobody receives may be missing
    if (column.role === 'record-id' && !isNeeded(column, table, pipeline)) continue;
    if (faultOf(column) === null) continue;
    const cell = payloadValue(column, row.cells[column.name]!);
    if ('fault' in cell) return { column: column.name, reason: cell.fault };
  }
  return null;
}

function isNeeded(recordId: ColumnSpec, table: TableSpec, pipeline: Pipeline): boolean {
  const released = pipeline.release.tables.find((one) => one.table === table.name)?.columns ?? [];
  return (
    released.some(({ name }) => name === recordId.name) ||
    tablesOf(pipeline).some((one) => one.columns.some(({ references }) => references === table.name))
  );
}

function standardiseRow(
  row: DeliveredRow,
  table: TableSpec,
  pipeline: Pipeline,
  runDate: string,
): StandardRow {
  const identifier = (role: DemographicRole) =>
    carriesIdentifiers(table) ? (demographic(row, table, role, pipeline, runDate)?.value ?? null) : null;
  const local = columnOf(table, 'local-patient-id');
  const provider = table.columns.find(({ name }) => name === local?.provider);
  const localParts = [keyText(row, provider), keyText(row, local)];
  const values = table.columns.map(({ name, ...column }): [string, Value] => {
    const cell = payloadValue({ name, ...column }, row.cells[name]!);
    return [name, 'fault' in cell ? null : cell.value];
  });
  return {
    nhsNumber: identifier('nhs-number'),
    birthDate: identifier('date-of-birth'),
    sex: identifier('sex'),
    postcode: identifier('postcode'),
    patientKey: keyText(row, columnOf(table, 'patient-key')),
    localPatientId: localParts.includes(null) ? null : localParts.join('|'),
    recordId: keyText(row, columnOf(table, 'record-id')),
    parentKey: keyText(row, columnOf(table, 'parent-key')),
    values: Object.fromEntries(values),
  };
}

function demographic(
  row: DeliveredRow,
  table: TableSpec,
  role: DemographicRole,
  pipeline: Pipeline,
  runDate: string,
): Standardised<string> | null {
  const column = columnOf(table, role);
  if (column === undefined) return null;
  const cell = row.cells[column.name]!;
  switch (role) {
    case 'nhs-number':
      return standardiseNhsNumber(cell, { allowTestRange: pipeline.synthetic });
    case 'date-of-birth':
      return standardiseBirthDate(cell, column.format, runDate);
    case 'sex':
      return standardiseSex(cell, column.map);
    case 'postcode':
      return standardisePostcode(cell);
  }
}

function countOutcomes(
  rows: readonly DeliveredRow[],
  table: TableSpec,
  pipeline: Pipeline,
  runDate: string,
): ColumnOutcomes[] {
  return DEMOGRAPHIC_ROLES.flatMap((role) => {
    const column = columnOf(table, role);
    if (column === undefined) return [];
    const outcomes: Partial<Record<Outcome, number>> = {};
    for (const row of rows) {
      const { outcome } = demographic(row, table, role, pipeline, runDate)!;
      outcomes[outcome] = (outcomes[outcome] ?? 0) + 1;
    }
    return [{ source: table.source, table: table.name, column: column.name, outcomes }];
  });
}
