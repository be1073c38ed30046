import { IMPLAUSIBLE_DEFAULTS } from '../../../domain/implausible.ts';
import { same } from '../../../sql/same.ts';
import { sql, table } from '../../../sql/sql.ts';
import type { Dialect } from '../../../sql/step.ts';
import type { Rule } from './clashes.ts';
import { besideSql, perSubjectStep, rowsSql, type StoredRows } from './stored-rows.ts';

/** A table that states dates of death: of patients, or a flat one. */
export interface DeathTable {
  readonly rows: StoredRows;
  readonly died: string;
}

/** A table whose date is a day on which somebody was seen alive. */
export interface ActivityTable {
  readonly rows: StoredRows;
  readonly date: string;
  readonly where: { readonly column: string; readonly values: readonly string[] } | null;
}

/**
 * A subject was seen alive more than three days after the death that another subject of the person states. A subject that
 * states several dates of death means the latest; one before 1900 is none.
 */
export function activityAfterDeath(
  deaths: readonly DeathTable[],
  activity: readonly ActivityTable[],
  dialect: Dialect,
): Rule {
  const days = IMPLAUSIBLE_DEFAULTS.graceDays.value;
  const isSeen = ({ where, date }: ActivityTable) => {
    const dated = `row.${dialect.name(date)} IS NOT NULL`;
    if (where === null) return dated;
    const values = where.values.map((value) => dialect.text(value)).join(', ');
    return `${dated} AND row.${dialect.name(where.column)} IN (${values})`;
  };
  const collect = [
    perSubjectStep(
      {
        name: 'stated_deaths',
        about:
          'the death that each linked subject states, for the rule "activity after death" and no release',
      },
      deaths.map(({ rows, died }) => {
        const cell = `row.${dialect.name(died)}`;
        return rowsSql(rows, [{ name: 'died', sql: cell }], `${cell} >= DATE '1900-01-01'`);
      }),
      [{ name: 'died', sql: 'max(r.died)' }],
    ),
    perSubjectStep(
      {
        name: 'seen_alive',
        about: 'the last day on which each subject of a person who died was seen alive',
      },
      activity.map((one) =>
        rowsSql(
          one.rows,
          [{ name: 'seen', sql: `CAST(row.${dialect.name(one.date)} AS DATE)` }],
          isSeen(one),
        ),
      ),
      [{ name: 'seen', sql: 'max(r.seen)' }],
      sql`EXISTS (SELECT 1 FROM ${table('stated_deaths')} AS d WHERE ${same('anchor', 'd', 'l')})`,
    ),
  ];
  return {
    rule: 'activity-after-death',
    collect,
    values: besideSql(
      ['stated_deaths', 'seen_alive'],
      [
        { name: 'died', sql: 'died', type: 'DATE' },
        { name: 'seen', sql: 'seen', type: 'DATE' },
      ],
    ),
    within: null,
    others: [
      { name: 'others_died', of: 'min', column: 'died' },
      { name: 'others_seen', of: 'max', column: 'seen' },
    ],
    clash: `seen > others_died + ${days} OR others_seen > died + ${days}`,
  };
}
