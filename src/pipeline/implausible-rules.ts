import { IMPLAUSIBLE_RULES, type ImplausibleRule } from '../domain/implausible.ts';
import { isSubjectTable, type Pipeline, type TableSpec, tablesOf } from './pipeline.ts';

/** The rules of implausible links whose tables and columns are all declared, in their order. */
export function rulesAsked(pipeline: Pipeline): readonly ImplausibleRule[] {
  const spec = pipeline.link.implausible;
  if (spec === null) return [];
  const isAsked: Record<ImplausibleRule, boolean> = {
    'activity-after-death': spec.activity.length > 0,
    'overlapping-stays': spec.stays.length > 0,
    'two-births': spec.births.length > 0,
    'infant-giving-birth':
      spec.births.length > 0 &&
      tablesOf(pipeline).some(
        (table) => isSubjectTable(table) && table.columns.some(({ role }) => role === 'date-of-birth'),
      ),
  };
  return IMPLAUSIBLE_RULES.filter((rule) => isAsked[rule]);
}

/**
 * The delivered columns of a table that the rules use, besides its date. They cross the identity boundary, and
 * are released only if the allow-list names them.
 */
export function columnsLookedAt(table: TableSpec, pipeline: Pipeline): ReadonlySet<string> {
  const asked = rulesAsked(pipeline);
  const spec = pipeline.link.implausible;
  if (spec === null) return new Set();
  const here = <T extends { readonly table: string }>(some: readonly T[]) =>
    some.filter((one) => one.table === table.name);
  const deaths =
    asked.includes('activity-after-death') && isSubjectTable(table)
      ? table.columns.filter(({ role }) => role === 'date-of-death').map(({ name }) => name)
      : [];
  return new Set([
    ...here(spec.activity).flatMap(({ where }) => (where === null ? [] : [where.column])),
    ...here(spec.stays).flatMap(({ from, to, provider }) => [from, to, provider]),
    ...here(spec.births).flatMap(({ codes }) => codes),
    ...deaths,
  ]);
}
