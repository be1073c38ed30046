import type { BirthEvent } from '../domain/implausible.ts';
import { matchesListedCode } from '../domain/listed-code.ts';
import type { Pipeline, TableSpec } from '../pipeline/pipeline.ts';
import { columnOf, hasOwnIdentifiers, type StandardRow } from './standardise.ts';
import type { KeptTable } from './stop-at-boundary.ts';
import { subjectId, subjectOf } from './subjects.ts';

/** The events of a subject that can reveal a wrong link. Days are YYYY-MM-DD. */
export interface Happenings {
  readonly deaths: string[];
  readonly seen: string[];
  readonly stays: { readonly from: string; readonly to: string; readonly provider: string }[];
  readonly births: Readonly<Record<BirthEvent, string[]>>;
}

/** The events of every subject that has any, by `subjectId`. */
export function collectHappenings(
  tables: readonly KeptTable[],
  { link }: Pipeline,
): ReadonlyMap<string, Happenings> {
  const { activity, stays, births, birthCodes } = link.implausible!;
  const all = new Map<string, Happenings>();
  for (const { table, rows } of tables) {
    const named = <T extends { readonly table: string }>(some: readonly T[]) =>
      some.filter((one) => one.table === table.name);
    for (const row of rows) {
      const text = (column: string) => row.values[column]?.toString() ?? null;
      const day = (column: string) => text(column)?.slice(0, 10) ?? null;
      for (const id of subjectsOf(row, table, tables)) {
        const happened = all.get(id) ?? none();
        all.set(id, happened);
        const died = hasOwnIdentifiers(table) ? columnOf(table, 'date-of-death') : undefined;
        push(happened.deaths, died === undefined ? null : day(died.name));
        for (const { where } of named(activity)) {
          const isSeen = where === null || where.values.includes(text(where.column) ?? '');
          push(happened.seen, isSeen ? day(table.date!) : null);
        }
        for (const stay of named(stays)) {
          const [from, to, provider] = [day(stay.from), day(stay.to), text(stay.provider)];
          if (from !== null && to !== null && provider !== null) happened.stays.push({ from, to, provider });
        }
        for (const { codes } of named(births)) {
          for (const event of ['delivery', 'newborn'] as const) {
            const isRecorded = codes.some((code) =>
              birthCodes[event].some((prefix) => recordsBirth(text(code) ?? '', prefix)),
            );
            push(happened.births[event], isRecorded ? day(table.date!) : null);
          }
        }
      }
    }
  }
  return all;
}

function recordsBirth(code: string, prefix: string): boolean {
  return matchesListedCode('icd-10', code, [{ system: 'icd-10', code: prefix, match: 'prefix' }]);
}

function none(): Happenings {
  return { deaths: [], seen: [], stays: [], births: { delivery: [], newborn: [] } };
}

function push(days: string[], day: string | null): void {
  if (day !== null) days.push(day);
}

/** The subject of a row: by its own identifiers, or by the records that it points at. */
function subjectsOf(row: StandardRow, table: TableSpec, tables: readonly KeptTable[]): string[] {
  if (table.kind === 'addresses') return [];
  const parentKey = columnOf(table, 'parent-key');
  if (parentKey === undefined) {
    const subject = subjectOf(row, table);
    return subject === null ? [] : [subjectId(table.source, subject.own)];
  }
  const parent = tables.find((one) => one.table.name === parentKey.references)!;
  const pointedAt = parent.rows.filter(({ recordId }) => recordId !== null && recordId === row.parentKey);
  return [...new Set(pointedAt.flatMap((one) => subjectsOf(one, parent.table, tables)))];
}
