import { cellsOf, type GroupCounts, OUTCOME_GROUPS } from '../domain/column-outcomes.ts';
import { differBeyondChance, type Part, severityOf, shareOf } from '../domain/expectation.ts';
import type { Finding } from '../domain/finding.ts';
import type { Expectations } from '../pipeline/expectations.ts';
import type { Delivery, Night } from './night.ts';
import { bestOf, sharesOf } from './reference-nights.ts';
import { sinceAccepted } from './since-accepted.ts';
import { count, percent, points } from './words.ts';

/**
 * Compares the share of valid cells of each identifier column with that of the best night kept, so that a column that loses a
 * little every night is noticed as well as one that loses all of it at once.
 */
export function compareValid(
  limits: Expectations['valid'],
  nights: readonly Night[],
  { columns }: Delivery,
): Finding[] {
  const compared = sinceAccepted(nights, 'valid');
  return Object.entries(columns).flatMap(([table, ofTable]) =>
    Object.entries(ofTable).flatMap(([column, groups]): Finding[] => {
      const own = limits[table]?.[column];
      const best = bestOf(
        sharesOf(compared, (night) => validOf(night.columns[table]?.[column])),
        shareOf,
      );
      if (own === undefined || best === null) return [];
      const is = validOf(groups)!;
      const fall = shareOf(best.value) - shareOf(is);
      const severity = is.of === 0 ? null : severityOf(fall, own);
      if (severity === null || !differBeyondChance(best.value, is)) return [];
      const counts = OUTCOME_GROUPS.map((group) => `${group} ${count(groups[group])}`).join(', ');
      return [
        {
          check: 'night-valid',
          severity,
          column,
          message: `of ${table}.${column} ${percent(shareOf(is))} of the cells are valid, ${points(fall)} fewer than on ${best.date}, the best night kept (${percent(shareOf(best.value))}); tonight ${counts}`,
          wayOut: `ask for the column as it was; if it is right, run once with --accept-change valid, or set expect.valid.columns.${table}.${column}`,
        },
      ];
    }),
  );
}

function validOf(groups: GroupCounts | undefined): Part | undefined {
  return groups === undefined ? undefined : { part: groups.valid, of: cellsOf(groups) };
}
