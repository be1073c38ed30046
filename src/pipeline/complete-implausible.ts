import { type BirthEvent, birthCodePrefixes } from '../domain/implausible.ts';
import { readListedCode } from '../domain/listed-code.ts';
import { payloadType } from '../domain/role.ts';
import type { Complain } from './complain.ts';
import type { Path } from './locate.ts';
import {
  type ColumnSpec,
  type ImplausibleSpec,
  isSubjectTable,
  type SourceSpec,
  type TableSpec,
} from './pipeline.ts';
import type { PipelineFile } from './schema.ts';

const AT: Path = ['link', 'implausible'];

/** The tables and columns of the rules for implausible links, each checked; null where nothing is declared. */
export function completeImplausible(
  link: PipelineFile['link'],
  sources: readonly SourceSpec[],
  complain: Complain,
): ImplausibleSpec | null {
  const given = link?.implausible;
  if (given === undefined) {
    if (link?.quarantineImplausible === true) {
      const way = 'declare tables under link.implausible';
      complain(
        ['link', 'quarantineImplausible'],
        'no table is declared for the rules of implausible links',
        way,
      );
    }
    return null;
  }
  const check = new TableCheck(sources, complain);
  const activity = Object.entries(given.activity ?? {});
  const stays = Object.entries(given.stays ?? {});
  const births = Object.entries(given.births ?? {});
  if (activity.length + stays.length + births.length === 0) {
    complain(AT, 'nothing is declared', 'name tables under activity, stays or births', true);
  }
  for (const [name, { where }] of activity) {
    const path = [...AT, 'activity', name];
    const table = check.dated(name, path);
    if (table !== null && where !== undefined)
      check.column(table, where.column, isText, 'a column of texts', [...path, 'where', 'column']);
  }
  if (activity.length > 0 && !sources.some(statesDeaths)) {
    complain([...AT, 'activity'], 'no source has a date-of-death column', undefined, true);
  }
  for (const [name, { from, to, provider }] of stays) {
    const path = [...AT, 'stays', name];
    const table = check.records(name, path);
    if (table === null) continue;
    check.column(table, from, isDay, 'a date or timestamp column', [...path, 'from']);
    check.column(table, to, isDay, 'a date or timestamp column', [...path, 'to']);
    check.column(table, provider, isText, 'a column of texts', [...path, 'provider']);
  }
  for (const [name, { codes }] of births) {
    const path = [...AT, 'births', name];
    const table = check.dated(name, path);
    if (table === null) continue;
    for (const [index, code] of codes.entries())
      check.column(table, code, isIcd10, 'a code column of system icd-10', [...path, 'codes', index]);
  }
  return {
    activity: activity.map(([table, { where }]) => ({ table, where: where ?? null })),
    stays: stays.map(([table, columns]) => ({ table, ...columns })),
    births: births.map(([table, { codes }]) => ({ table, codes })),
    birthCodes: {
      delivery: completeBirthCodes('delivery', given.birthCodes?.delivery, complain),
      newborn: completeBirthCodes('newborn', given.birthCodes?.newborn, complain),
    },
  };
}

/** Prefixes of codes in canonical form; a prefix of no code is a fault. */
function completeBirthCodes(
  event: BirthEvent,
  given: readonly string[] | undefined,
  complain: Complain,
): readonly string[] {
  return (given ?? birthCodePrefixes(event)).map((written, index) => {
    const entry = readListedCode('icd-10', written, 'prefix');
    if (!('fault' in entry)) return entry.code;
    complain([...AT, 'birthCodes', event, index], entry.fault);
    return written;
  });
}

const isDay = ({ role }: ColumnSpec) => ['date', 'timestamp'].includes(payloadType(role) ?? '');
const isText = ({ role }: ColumnSpec) => payloadType(role) === 'text';
const isIcd10 = ({ system }: ColumnSpec) => system === 'icd-10';

/** A date of death is used from tables with identifiers: a patients table, or a flat one. */
function statesDeaths({ patients, tables }: SourceSpec): boolean {
  return (patients === null ? tables.filter(isSubjectTable) : [patients]).some(({ columns }) =>
    columns.some(({ role }) => role === 'date-of-death'),
  );
}

/** Finds tables and columns, and reports those that do not exist. */
class TableCheck {
  readonly #tables: ReadonlyMap<string, TableSpec>;
  readonly #complain: Complain;

  constructor(sources: readonly SourceSpec[], complain: Complain) {
    this.#tables = new Map(sources.flatMap(({ tables }) => tables.map((table) => [table.name, table])));
    this.#complain = complain;
  }

  /** A table of records; null, with a reported fault, where there is none. */
  records(name: string, path: Path): TableSpec | null {
    const table = this.#tables.get(name);
    if (table === undefined) this.#complain(path, `there is no table of records ${name}`, undefined, true);
    return table ?? null;
  }

  /** A table of records with a date. */
  dated(name: string, path: Path): TableSpec | null {
    const table = this.records(name, path);
    if (table !== null && table.date === null) {
      this.#complain(path, `${name} has no date of its records`, 'give the table a date', true);
    }
    return table;
  }

  column(
    table: TableSpec,
    name: string,
    fits: (column: ColumnSpec) => boolean,
    what: string,
    path: Path,
  ): void {
    const column = table.columns.find((one) => one.name === name);
    if (column === undefined || !fits(column))
      this.#complain(path, `${name} is not ${what} of ${table.name}`);
  }
}
