import { IMPLAUSIBLE_DEFAULTS } from '../../../domain/implausible.ts';
import { sameSubject } from '../../../sql/same.ts';
import { sql, table, unionAll } from '../../../sql/sql.ts';
import { type Dialect, step } from '../../../sql/step.ts';
import type { Rule } from './clashes.ts';
import { LINKED, PERSON, rowsSql, type StoredRows } from './stored-rows.ts';

/** A table of stays, by its columns of first day, last day and provider. */
export interface StayTable {
  readonly rows: StoredRows;
  readonly from: string;
  readonly to: string;
  readonly provider: string;
}

/**
 * Two subjects of one person were inside two providers on one day. Somebody is inside on the days between the first and the last
 * of a stay: on those two people come, go and are transferred, so that stays which share a day or two touch, and do not overlap.
 *
 * Days are laid out one by one, and on each the providers of the others are known by the least and the greatest: if either is
 * another than one's own, somebody was elsewhere. So no stay is compared with another, and a thousand under one number take a
 * thousand times what one does.
 */
export function overlappingStays(stays: readonly StayTable[], dialect: Dialect): Rule {
  const longest = IMPLAUSIBLE_DEFAULTS.longestStayDays.value;
  const rows = stays.map((table) => {
    const [from, to] = [table.from, table.to].map((name) => `CAST(row.${dialect.name(name)} AS DATE)`);
    const provider = `row.${dialect.name(table.provider)}`;
    return rowsSql(
      table.rows,
      [
        { name: 'provider', sql: provider },
        { name: 'first_inside', sql: `${from} + 1` },
        { name: 'last_inside', sql: `${to} - 1` },
      ],
      `${provider} IS NOT NULL AND ${to} - ${from} BETWEEN 2 AND ${longest}`,
    );
  });
  const daysInside = step({
    name: 'days_inside',
    about:
      'days that linked subjects spent inside a provider, of persons who met several; for the rule "overlapping stays" and no release',
    sql: sql`SELECT DISTINCT ${LINKED}, provider, day
FROM (SELECT ${LINKED}, provider, ${dialect.eachDay('first_inside', 'last_inside')} AS day
      FROM (SELECT ${LINKED}, provider, first_inside, last_inside,
                   min(provider) OVER (PARTITION BY ${PERSON}) AS one_provider,
                   max(provider) OVER (PARTITION BY ${PERSON}) AS other_provider
            FROM (SELECT DISTINCT l.anchor, l.belief, r.provider, r.first_inside, r.last_inside
                  FROM (
${unionAll(rows)}
                  ) AS r
                  JOIN ${table('linked_subjects')} AS l
                    ON ${sameSubject('r', 'l')}) AS stays) AS met
      WHERE one_provider <> other_provider) AS laid_out`,
  });
  return {
    rule: 'overlapping-stays',
    collect: [daysInside],
    values: table('days_inside'),
    within: 'day',
    others: [
      { name: 'others_least', of: 'min', column: 'provider' },
      { name: 'others_greatest', of: 'max', column: 'provider' },
    ],
    clash: 'others_least <> provider OR others_greatest <> provider',
  };
}
