import { resolve } from 'node:path';
import { dateFormatProblem } from '../domain/date-format.ts';
import type { HeldReason } from '../domain/held-reason.ts';
import { type CareSetting, payloadType, ROLES } from '../domain/role.ts';
import { checkColumnNames } from './check-column-names.ts';
import type { Complain } from './complain.ts';
import { completeCodeShape } from './complete-code-shape.ts';
import { completeFormat } from './complete-format.ts';
import type { Path } from './locate.ts';
import { checkFlags, completeFlag } from './opt-out-flags.ts';
import type { ColumnSpec, FilePattern, TableSpec } from './pipeline.ts';
import type { CodeExpectationFile, ColumnFile, FilesFile, FormatFile, TableFile } from './schema.ts';

interface TableContext {
  readonly source: string;
  readonly setting: CareSetting;
  readonly name: string;
  readonly kind: TableSpec['kind'];
  /** true where the identifiers of the source are in a patients table */
  readonly split: boolean;
  /** the format of the source; the table's own takes precedence */
  readonly format: FormatFile | undefined;
  /** the source's expectation of its columns; a column's own takes precedence */
  readonly expect: CodeExpectationFile | undefined;
  readonly folder: string;
  /** every reason that a flag may have */
  readonly reasons: readonly HeldReason[];
}

/** Sex as the NHS data dictionary codes it: 0 not known, 1 male, 2 female, 9 not specified. */
const SEX_CODES = { '0': 0, '1': 1, '2': 2, '9': 9 };
/** HES writes these dates for "null" and "invalid" (domain reference, section 3). */
const NULL_DATES = [
  [1800, 1, 1],
  [1801, 1, 1],
] as const;
const SINGLE_ROLES = [
  'nhs-number',
  'postcode',
  'date-of-birth',
  'sex',
  'patient-key',
  'local-patient-id',
  'record-id',
  'parent-key',
] as const;

/** Fills in a table's defaults and checks that its columns form a table that can be linked. */
export function completeTable(
  context: TableContext,
  body: TableFile,
  path: Path,
  complain: Complain,
): TableSpec {
  const format = { ...context.format, ...body.format };
  const columns = Object.entries(body.columns).map(([name, column]) =>
    completeColumn(name, column, { ...context, format }, [...path, 'columns', name], complain),
  );
  const table: TableSpec = {
    source: context.source,
    setting: context.setting,
    name: context.name,
    kind: context.kind,
    files: completeFiles(body.files, context.folder),
    format: completeFormat(format, path, complain),
    allowEmpty: body.allowEmpty ?? false,
    columns,
    date: body.date ?? null,
  };
  checkColumns(table, context.split, path, complain);
  checkColumnNames(table, path, complain);
  checkFlags(table, context.reasons, path, complain);
  return table;
}

function completeFiles(files: FilesFile, folder: string): FilePattern[] {
  return [files].flat().map((one) => {
    const { path, expect } = typeof one === 'string' ? { path: one, expect: undefined } : one;
    return {
      path: resolve(folder, path),
      shownAs: path,
      expect: { rows: expect?.rows ?? null, sha256: expect?.sha256 ?? null },
    };
  });
}

function completeColumn(
  name: string,
  column: ColumnFile,
  { format, expect, reasons }: { readonly format: FormatFile } & Pick<TableContext, 'expect' | 'reasons'>,
  path: Path,
  complain: Complain,
): ColumnSpec {
  const { role } = column;
  const isDate = role === 'date' || role === 'date-of-birth' || role === 'date-of-death';
  const isTimestamp = role === 'timestamp';
  const pattern = column.format ?? (isTimestamp ? format.timestamp : isDate ? format.date : undefined);
  if ((isDate || isTimestamp) && pattern === undefined) {
    const where = isTimestamp ? 'format.timestamp' : 'format.date';
    complain(
      path,
      `the ${role} column ${name} has no format`,
      `give it one, or give the source a ${where}`,
      true,
    );
  }
  if (pattern !== undefined && (isDate || isTimestamp)) {
    const fault = dateFormatProblem(pattern);
    if (fault !== null) complain(path, fault);
  }
  if (column.format !== undefined && !isDate && !isTimestamp) {
    complain([...path, 'format'], `a ${role} column takes no format`);
  }
  if (column.map !== undefined && role !== 'sex') complain([...path, 'map'], `a ${role} column takes no map`);
  if (role === 'code' && column.system === undefined) {
    complain(
      path,
      `the code column ${name} does not say its system`,
      'add system: snomed, read-v2, ctv3, icd-10, opcs-4 or local',
      true,
    );
  }
  if (role !== 'code' && column.system !== undefined)
    complain([...path, 'system'], `a ${role} column takes no system`);
  if (role === 'parent-key' && column.references === undefined) {
    complain(
      path,
      `the parent-key ${name} does not say which table it points at`,
      'add references: TABLE',
      true,
    );
  }
  if (role !== 'parent-key' && column.references !== undefined) {
    complain([...path, 'references'], `a ${role} column points at no table`);
  }
  if (role !== 'local-patient-id' && column.provider !== undefined) {
    complain([...path, 'provider'], `a ${role} column takes no provider`);
  }
  const flag = completeFlag(name, column, reasons, path, complain);
  const nulls =
    payloadType(role) === 'date' && pattern !== undefined
      ? NULL_DATES.map((date) => writeDate(pattern, date))
      : [];
  return {
    name,
    role,
    format: pattern ?? '',
    map: column.map ?? (role === 'sex' ? SEX_CODES : {}),
    system: column.system ?? null,
    codeShape: completeCodeShape(column, expect, path, complain),
    references: column.references ?? null,
    provider: column.provider ?? null,
    missing: [...nulls, ...(column.missing ?? [])],
    flag,
    description: column.description ?? '',
  };
}

function writeDate(pattern: string, [year, month, day]: readonly [number, number, number]): string {
  const two = (value: number) => String(value).padStart(2, '0');
  return pattern.replace('%Y', String(year)).replace('%m', two(month)).replace('%d', two(day));
}

function checkColumns(table: TableSpec, split: boolean, path: Path, complain: Complain): void {
  const at = [...path, 'columns'];
  const of = (role: ColumnSpec['role']) => table.columns.filter((column) => column.role === role);
  for (const role of SINGLE_ROLES) {
    const [, second] = of(role);
    if (second !== undefined)
      complain([...at, second.name], `a second ${role} column`, 'a table has at most one', true);
  }
  const has = (role: ColumnSpec['role']) => of(role).length > 0;
  const demographics = has('sex') && has('date-of-birth') && has('postcode');
  if (table.kind === 'patients') {
    if (!has('patient-key')) complain(at, 'a patients table needs a patient-key column', undefined, true);
    if (has('parent-key')) complain(at, 'a patients table has no parent-key', undefined, true);
    if (!has('nhs-number') && !demographics) {
      complain(
        at,
        'a patients table needs an nhs-number, or sex, date-of-birth and postcode',
        undefined,
        true,
      );
    }
  } else if (table.kind === 'addresses') {
    for (const role of ['patient-key', 'postcode'] as const) {
      if (!has(role)) complain(at, `a table of addresses needs a ${role} column`, undefined, true);
    }
    for (const column of table.columns) {
      if (ROLES[column.role] === 'stripped' || ['patient-key', 'postcode'].includes(column.role)) continue;
      complain(
        [...at, column.name],
        `a table of addresses takes no ${column.role} column`,
        'leave it out',
        true,
      );
    }
  } else if (split) {
    if (has('patient-key') === has('parent-key')) {
      complain(
        at,
        'a table of a source with patients needs one patient-key or one parent-key',
        undefined,
        true,
      );
    }
    for (const column of table.columns) {
      if (ROLES[column.role] === 'identifier' && column.role !== 'patient-key') {
        complain(
          [...at, column.name],
          `a ${column.role} column belongs in the patients table of this source`,
          undefined,
          true,
        );
      }
    }
  } else if (!has('parent-key')) {
    if (has('patient-key'))
      complain(at, 'a patient-key needs a patients table in this source', undefined, true);
    else if (!has('nhs-number') && !demographics) {
      complain(
        at,
        'a table needs an nhs-number, or sex, date-of-birth and postcode, or a parent-key',
        undefined,
        true,
      );
    }
  }
  const [local] = of('local-patient-id');
  if (local !== undefined && local.provider === null) {
    complain(
      [...at, local.name],
      `the local-patient-id ${local.name} does not say its provider`,
      'add provider: COLUMN',
      true,
    );
  } else if (local?.provider != null && !table.columns.some((column) => column.name === local.provider)) {
    complain([...at, local.name, 'provider'], `there is no column ${local.provider} in this table`);
  }
  if (table.date !== null) {
    const column = table.columns.find((one) => one.name === table.date);
    if (column === undefined || !['date', 'timestamp'].includes(column.role)) {
      complain([...path, 'date'], `${table.date} is not a date or timestamp column of this table`);
    }
  }
}
