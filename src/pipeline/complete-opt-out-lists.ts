import type { OptOutKind, OptOutType } from '../domain/opt-out.ts';
import { trimBlanks } from '../domain/standardised-text.ts';
import type { Complain } from './complain.ts';
import { completeDateFormat, completeFormat } from './complete-format.ts';
import type { ListDate, ListLayout, ListStatement, ValueColumn } from './list-layout.ts';
import type { Path } from './locate.ts';
import type { ListColumnFile } from './opt-out-list-schema.ts';
import type { DeclaredList, OptOutList } from './pipeline.ts';
import type { PipelineFile } from './schema.ts';

type ListFile = NonNullable<PipelineFile['optOuts']['lists']>[number];
type ColumnOf<Role extends ListColumnFile['role']> = Extract<ListColumnFile, { role: Role }>;

const A_DECLARED_VALUE = 'a declared value';
/** Types of a person's opt-outs from all sources: an allow-list acts on whole persons. */
const ALLOWED_BY: readonly OptOutType[] = ['type-2', 'national'];

/**
 * Completes `optOuts.lists`, and checks that each line of a list says which opt-out of whom it is.
 *
 * @param types every type of opt-out that the pipeline file knows
 * @param completeList the settings that all lists have
 */
export function completeOptOutLists(
  given: readonly ListFile[] | undefined,
  types: readonly OptOutType[],
  completeList: (list: ListFile, path: Path) => OptOutList,
  complain: Complain,
): DeclaredList[] {
  const met = new Set<string>();
  return (given ?? []).map((list, index) => {
    const path = ['optOuts', 'lists', index];
    if (met.has(list.name)) complain([...path, 'name'], `there is already a list called ${list.name}`);
    met.add(list.name);
    return {
      ...completeList(list, path),
      name: list.name,
      allow: list.allow ?? false,
      answersFor: list.allow === true ? allowedTypeOf(list, path, complain) : null,
      layout: completeLayout(list, types, path, complain),
    };
  });
}

/** The type of opt-out that whoever is not on an allow-list may have, as far as it is declared. */
function allowedTypeOf({ type, event }: ListFile, path: Path, complain: Complain): OptOutType | null {
  if (event !== undefined)
    complain([...path, 'event'], 'an allow-list has no events', 'its NHS numbers are all that is read');
  const known = ALLOWED_BY.find((one) => one === type);
  if (type !== undefined && known === undefined)
    complain([...path, 'type'], `an allow-list answers for ${ALLOWED_BY.join(' or ')} opt-outs only`);
  return known ?? null;
}

function completeLayout(
  list: ListFile,
  types: readonly OptOutType[],
  path: Path,
  complain: Complain,
): ListLayout {
  const columns = Object.entries(list.columns);
  const at = [...path, 'columns'];
  const ofRole = <Role extends ListColumnFile['role']>(role: Role) =>
    columns.flatMap(([name, column]) =>
      column.role === role ? [{ name, column: column as ColumnOf<Role>, path: [...at, name] }] : [],
    );
  for (const role of ['nhs-number', 'type', 'date'] as const) {
    const [, second] = ofRole(role);
    if (second !== undefined)
      complain(second.path, `a second ${role} column`, 'a list has at most one', true);
  }
  const [number] = ofRole('nhs-number');
  if (number === undefined) complain(at, 'a list needs an nhs-number column', undefined, true);
  for (const [name, column] of columns) {
    if (list.allow === true && column.role !== 'nhs-number') {
      const message = `an allow-list takes no ${column.role} column`;
      complain([...at, name], message, 'its NHS numbers are all that is read', true);
    }
  }
  const [date] = ofRole('date');
  const statements = list.allow === true ? [] : statementsOf(list, types, ofRole, path, complain);
  checkWithdrawals(statements, date === undefined, path, complain);
  return {
    format: completeFormat(list.format ?? {}, path, complain),
    names: namesOf(list, path, complain),
    nhsNumber: number?.name ?? '',
    statements,
    date: date === undefined ? null : completeDate(date.name, date.column, list, date.path, complain),
  };
}

/** The columns of a file without a header line; null for one that has it. */
function namesOf({ header, names, columns }: ListFile, path: Path, complain: Complain): string[] | null {
  if (header !== false) {
    if (names !== undefined)
      complain([...path, 'names'], 'the header line names the columns', 'leave it out, or say header: false');
    return null;
  }
  if (names === undefined) {
    complain([...path, 'header'], 'a list without a header line names its columns', 'add names: [A, B, ...]');
    return null;
  }
  const second = names.findIndex((name, index) => names.indexOf(name) !== index);
  if (second >= 0) complain([...path, 'names', second], `names has the column ${names[second]} twice`);
  for (const name of Object.keys(columns)) {
    if (!names.includes(name))
      complain([...path, 'columns', name], `names has no column ${name}`, undefined, true);
  }
  return names;
}

/** What a line of a deny-list says: one opt-out by its type and event, or one for each of several event columns. */
function statementsOf(
  list: ListFile,
  types: readonly OptOutType[],
  ofRole: <Role extends 'type' | 'event'>(
    role: Role,
  ) => readonly { readonly name: string; readonly column: ColumnOf<Role>; readonly path: Path }[],
  path: Path,
  complain: Complain,
): ListStatement[] {
  const known = (name: string, at: Path): OptOutType => {
    const type = types.find((one) => one === name);
    if (type === undefined) complain(at, `there is no type of opt-out ${name}`, `known: ${types.join(', ')}`);
    return type ?? 'type-1';
  };
  const [column] = ofRole('type');
  const events = ofRole('event');
  if (column !== undefined && list.type !== undefined)
    complain([...path, 'type'], 'a column has the type', 'leave one of them out');
  if (events.length > 0 && list.event !== undefined)
    complain([...path, 'event'], 'a column has the event', 'leave one of them out');
  const common = (): ListStatement['type'] | null => {
    if (column !== undefined) {
      const at = [...column.path, 'values'];
      return completeValues(column.name, column.column.values, at, complain, (meaning, where) =>
        meaning === 'none' ? meaning : known(meaning, where),
      );
    }
    return list.type === undefined ? null : known(list.type, [...path, 'type']);
  };
  const ofAll = common();
  const missing = (what: 'type' | 'event', way: string) =>
    complain(path, `nothing says the ${what} of an opt-out on the list ${list.name}`, way);
  if (events.length === 0) {
    if (list.event === undefined) missing('event', 'add an event column, or event: registered for all lines');
    if (ofAll === null)
      missing('type', 'add a type column, or type: type-1, type-2 or national for all lines');
    return [{ type: ofAll ?? 'type-1', event: list.event ?? 'registered' }];
  }
  return events.map(({ name, column: { type, values }, path: at }): ListStatement => {
    if (type !== undefined && ofAll !== null)
      complain([...at, 'type'], 'the list has a type for all lines', 'leave one of them out');
    if (type === undefined && events.length > 1)
      complain(at, `the event column ${name} does not say its type`, 'with several, each needs one', true);
    else if (type === undefined && ofAll === null)
      missing('type', 'add a type column, or type: type-1, type-2 or national for all lines');
    return {
      type: type === undefined ? (ofAll ?? 'type-1') : known(type, [...at, 'type']),
      event: completeValues<OptOutKind | 'none', OptOutKind | 'none'>(
        name,
        values,
        [...at, 'values'],
        complain,
        (meaning) => meaning,
      ),
    };
  });
}

function completeValues<Written extends string, Meaning extends string>(
  column: string,
  values: Readonly<Record<string, Written>>,
  path: Path,
  complain: Complain,
  meaningOf: (written: Written, path: Path) => Meaning,
): ValueColumn<Meaning> {
  const entries = Object.entries(values);
  if (entries.length === 0) complain(path, `the column ${column} does not declare its values`);
  return {
    column,
    values: Object.fromEntries(
      entries.map(([value, written]) => {
        const at = [...path, value];
        if (trimBlanks(value) !== value)
          complain(at, 'a value has no blanks at either end', 'those around a cell are trimmed', true);
        return [value, meaningOf(written, at)];
      }),
    ),
    expected: A_DECLARED_VALUE,
  };
}

function completeDate(
  name: string,
  { format, missing }: ColumnOf<'date'>,
  list: ListFile,
  path: Path,
  complain: Complain,
): ListDate {
  const pattern = completeDateFormat(name, format ?? list.format?.date, path, complain);
  return { column: name, format: pattern, missing: missing ?? [], mayBeImpossible: false };
}

/** A withdrawal without a date ends nothing, so that a list of undated ones would be read in vain. */
function checkWithdrawals(
  statements: readonly ListStatement[],
  isUndated: boolean,
  path: Path,
  complain: Complain,
): void {
  if (!isUndated) return;
  for (const { event } of statements) {
    const withdraws =
      typeof event === 'string' ? event === 'withdrawn' : Object.values(event.values).includes('withdrawn');
    if (!withdraws) continue;
    complain(
      typeof event === 'string' ? [...path, 'event'] : [...path, 'columns', event.column],
      'a withdrawal without a date ends nothing, and the list has no date column',
      'declare the date; where a value only says that somebody has not opted out, it means none',
      typeof event !== 'string',
    );
  }
}
