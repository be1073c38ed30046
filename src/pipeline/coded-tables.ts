import {
  classifyOptOutCode,
  isOptOutSystem,
  OPT_OUT_SYSTEMS,
  type OptOutCodeSystem,
  optOutCodes,
} from '../domain/opt-out-codes.ts';
import { payloadType } from '../domain/role.ts';
import type { Complain } from './complain.ts';
import type { Path } from './locate.ts';
import {
  type CodedTable,
  type ColumnSpec,
  isFlat,
  type OptOutSpec,
  type SourceSpec,
  type TableSpec,
} from './pipeline.ts';
import type { PipelineFile } from './schema.ts';

/** A table of the pipeline file, and its path in the file. */
interface PlacedTable {
  readonly table: TableSpec;
  readonly path: Path;
  /** the reason why it is not searched */
  readonly waiver: string | undefined;
}

/**
 * The GP tables in which coded opt-outs are searched for: every table with a column of SNOMED CT, Read v2 or CTV3 codes, in all these
 * columns, unless the pipeline file gives a reason against it. `optOuts.codes` names the column that dates a table's events; by
 * default it is the table's `date`.
 */
export function findCodedTables(
  file: PipelineFile,
  sources: readonly SourceSpec[],
  complain: Complain,
): CodedTable[] {
  const placed = sources.flatMap((source) => placedTables(file, source));
  const dates = datesOfCodes(file, placed, complain);
  return placed.flatMap(({ table, path, waiver }) => {
    const columns = codeColumnsOf(table);
    const isSearchable = table.setting === 'gp' && columns.length > 0;
    if (waiver !== undefined) {
      if (!isSearchable && columnsElsewhere(table).length === 0) {
        const way =
          'only GP tables with a column that may hold a code are searched for opt-outs: leave it out';
        complain(
          [...path, 'optOutCodes'],
          `${table.name} is not searched for opt-outs in any case`,
          way,
          true,
        );
      } else if (dates.has(table.name)) {
        const way = 'take one of the two out';
        complain(
          [...path, 'optOutCodes'],
          `optOuts.codes names ${table.name}, which is left out here`,
          way,
          true,
        );
      }
      return [];
    }
    if (!isSearchable) return [];
    checkMissing(table, path, columns, file, complain);
    const owner = ownerOf(table, placed);
    if (owner !== null && isFlat(owner) && !owner.columns.some(({ role }) => role === 'nhs-number')) {
      complain(
        path,
        `a coded opt-out in ${table.name} could be matched with nobody: ${owner.name} has no NHS number`,
        'add its nhs-number column, or give the reason: optOutCodes: { none: "..." }',
        true,
      );
    }
    return [{ table: table.name, columns, date: dates.get(table.name) ?? table.date }];
  });
}

/**
 * The other columns of GP tables that may hold a code: those of another system, of categories and the like, and of numbers. No opt-out
 * is expected in them, and it would be overlooked. Tables with a reason against the search are left out.
 */
export function findElsewhere(file: PipelineFile, sources: readonly SourceSpec[]): OptOutSpec['elsewhere'] {
  return sources
    .flatMap((source) => placedTables(file, source))
    .flatMap(({ table, waiver }) => {
      const columns = columnsElsewhere(table);
      return waiver !== undefined || columns.length === 0 ? [] : [{ table: table.name, columns }];
    });
}

function columnsElsewhere({ setting, columns }: TableSpec): string[] {
  if (setting !== 'gp') return [];
  return columns.flatMap(({ name, role, system }) => {
    const type = payloadType(role);
    const mayHoldCodes = type === 'text' || type === 'integer' || type === 'decimal';
    return mayHoldCodes && !isOptOutSystem(system) ? [name] : [];
  });
}

/** An opt-out code in `missing` would be overlooked. */
function checkMissing(
  table: TableSpec,
  path: Path,
  columns: readonly string[],
  file: PipelineFile,
  complain: Complain,
): void {
  const overrides = (file.optOuts.codeOverrides ?? []).map(({ event, ...rest }) => ({
    ...rest,
    kind: event,
  }));
  const codes = optOutCodes(overrides);
  for (const { name, system, missing } of table.columns) {
    if (!columns.includes(name)) continue;
    if (missing.some((cell) => classifyOptOutCode(system as OptOutCodeSystem, cell.trim(), codes) !== null)) {
      const way = 'take it out, or give a reason not to search the table: optOutCodes: { none: "..." }';
      complain([...path, 'columns', name, 'missing'], 'an opt-out code is declared as missing', way);
    }
  }
}

/** The table that identifies the patients of a table's rows: itself, or the last of its parents; null where there is none. */
function ownerOf(table: TableSpec, placed: readonly PlacedTable[]): TableSpec | null {
  const walked = new Set<TableSpec>();
  let at: TableSpec | undefined = table;
  while (at !== undefined && !walked.has(at)) {
    walked.add(at);
    const parent: ColumnSpec | undefined = at.columns.find(({ role }) => role === 'parent-key');
    if (parent === undefined) return at;
    at = placed.find((one) => one.table.name === parent.references)?.table;
  }
  return null; // reported elsewhere: a parent is missing, or the parents form a circle
}

function codeColumnsOf({ columns }: TableSpec): string[] {
  return columns.flatMap(({ name, role, system }) =>
    role === 'code' && isOptOutSystem(system) ? [name] : [],
  );
}

function placedTables(file: PipelineFile, { name, patients, addresses, tables }: SourceSpec): PlacedTable[] {
  const body = file.sources[name];
  const own = (table: TableSpec | null, key: 'patients' | 'addresses') =>
    table === null ? [] : [{ table, path: ['sources', name, key], waiver: body?.[key]?.optOutCodes?.none }];
  return [
    ...own(patients, 'patients'),
    ...own(addresses, 'addresses'),
    ...tables.map((table) => ({
      table,
      path: ['sources', name, 'tables', table.name],
      waiver: body?.tables?.[table.name]?.optOutCodes?.none,
    })),
  ];
}

/** By table, the column that dates its opt-outs according to `optOuts.codes`. */
function datesOfCodes(
  file: PipelineFile,
  placed: readonly PlacedTable[],
  complain: Complain,
): ReadonlyMap<string, string> {
  const { codes } = file.optOuts;
  const dates = new Map<string, string>();
  for (const [index, one] of [codes ?? []].flat().entries()) {
    const path = Array.isArray(codes) ? ['optOuts', 'codes', index] : ['optOuts', 'codes'];
    if (dates.has(one.table)) complain([...path, 'table'], `${one.table} is named twice`);
    dates.set(one.table, one.date);
    checkCodes(one, path, placed, complain);
  }
  return dates;
}

function checkCodes(
  codes: { readonly table: string; readonly column: string | readonly string[]; readonly date: string },
  path: Path,
  placed: readonly PlacedTable[],
  complain: Complain,
): void {
  const table = placed.find((one) => one.table.name === codes.table)?.table;
  if (table === undefined) {
    complain([...path, 'table'], `there is no table ${codes.table}`);
    return;
  }
  if (table.setting !== 'gp') {
    complain([...path, 'table'], `opt-outs are coded in GP records, and ${codes.table} is not a GP table`);
  }
  const known = codeColumnsOf(table);
  for (const name of [codes.column].flat()) {
    if (!known.includes(name))
      complain([...path, 'column'], `${name} is not a code column of system ${OPT_OUT_SYSTEMS.join(', ')}`);
  }
  const date = table.columns.find((one) => one.name === codes.date);
  if (date === undefined || (date.role !== 'date' && date.role !== 'timestamp')) {
    complain([...path, 'date'], `${codes.date} is not a date column of ${codes.table}`);
  }
}
