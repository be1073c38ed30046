import type { PlannedColumn } from '../../domain/planned-column.ts';
import { byRule, type ReleaseRule, unfit } from '../../domain/release-rule.ts';
import type { Dialect } from '../../sql/step.ts';

/** Values under a rule, and their type in the released file. */
export interface RuledSql {
  readonly type: PlannedColumn['type'];
  readonly sql: string;
}

/**
 * SQL of a text under its rule.
 *
 * @param cell SQL of the text; NULL stays NULL
 */
export function textUnderRule(cell: string, rule: ReleaseRule, dialect: Dialect): string {
  const cannot = unfit('a text');
  return byRule(rule, {
    keep: () => cell,
    truncate: ({ length }) => `substr(${cell}, 1, ${length})`,
    map: ({ map, other }) => {
      const cases = Object.entries(map).map(
        ([from, to]) => `WHEN ${dialect.text(from)} THEN ${dialect.text(to)}`,
      );
      const rest = other === null ? 'NULL' : `CASE WHEN ${cell} IS NOT NULL THEN ${dialect.text(other)} END`;
      return cases.length === 0 ? rest : `CASE ${cell} ${cases.join(' ')} ELSE ${rest} END`;
    },
    drop: cannot,
    year: cannot,
    month: cannot,
    'year-of-birth': cannot,
    'age-band': cannot,
  });
}

/**
 * SQL of a day under its rule.
 *
 * @param cell SQL of a DATE; NULL stays NULL
 */
export function dateUnderRule(cell: string, rule: ReleaseRule): RuledSql {
  const cannot = unfit('a date');
  return byRule<RuledSql>(rule, {
    keep: () => ({ type: 'date32', sql: cell }),
    year: () => ({ type: 'int16', sql: `CAST(year(${cell}) AS SMALLINT)` }),
    month: () => ({ type: 'date32', sql: `CAST(date_trunc('month', ${cell}) AS DATE)` }),
    drop: cannot,
    truncate: cannot,
    map: cannot,
    'year-of-birth': cannot,
    'age-band': cannot,
  });
}

/** SQL of the DATE by which a day under its rule is remembered, while the best of several days is looked for. */
export function dayUnderRule(cell: string, rule: ReleaseRule): string {
  const cannot = unfit('a date');
  return byRule(rule, {
    keep: () => `CAST(${cell} AS DATE)`,
    year: () => `CAST(date_trunc('year', ${cell}) AS DATE)`,
    month: () => `CAST(date_trunc('month', ${cell}) AS DATE)`,
    drop: cannot,
    truncate: cannot,
    map: cannot,
    'year-of-birth': cannot,
    'age-band': cannot,
  });
}
