import { areBeyondChance, type Limits, severityOf } from '../domain/expectation.ts';
import type { Finding } from '../domain/finding.ts';
import type { Delivery, Night } from './night.ts';
import { type Earlier, figuresOf, medianOf, RECENT_NIGHTS } from './reference-nights.ts';
import { sinceAccepted } from './since-accepted.ts';
import { count, percent } from './words.ts';

const CHECK = 'night-rows';

/**
 * Compares the rows of each table with the median of the last seven nights. After an accepted change, a table may also match the
 * nights since then: the change may have been a new level, or one night with a backlog.
 *
 * A gradual change is not visible from week to week. So rows are also compared with the first week of the nights kept, and a
 * difference is a warning.
 *
 * @param limits by table
 */
export function compareRows(
  limits: Readonly<Record<string, Limits>>,
  nights: readonly Night[],
  { rows }: Pick<Delivery, 'rows'>,
): Finding[] {
  const accepted = sinceAccepted(nights, 'rows');
  return Object.entries(rows).flatMap(([table, is]): Finding[] => {
    const own = limits[table];
    if (own === undefined) return [];
    const usual = [nights, accepted].flatMap((some) => medianRows(some.slice(-RECENT_NIGHTS), table) ?? []);
    const [nearest] = usual.toSorted((a, b) => distance(a.value, is) - distance(b.value, is));
    if (nearest === undefined) return [];
    const sudden = severityOf(distance(nearest.value, is), own);
    if (sudden !== null) {
      const severity = areBeyondChance(nearest.value, is) ? sudden : 'warn';
      return [finding(table, is, nearest.value, severity, 'the median of the last nights')];
    }
    const first =
      accepted.length < 2 * RECENT_NIGHTS ? null : medianRows(accepted.slice(0, RECENT_NIGHTS), table);
    if (first === null || severityOf(distance(first.value, is), own) === null) return [];
    return [
      finding(table, is, first.value, 'warn', `the nights from ${accepted[0]!.date} on, little by little`),
    ];
  });
}

function medianRows(nights: readonly Night[], table: string): Earlier<number> | null {
  return medianOf(
    figuresOf(nights, ({ rows }) => rows[table]),
    (value) => value,
  );
}

/** The difference as a share of the earlier count; where that is 0, any rows exceed every limit. */
function distance(was: number, is: number): number {
  if (was === is) return 0;
  return was === 0 ? Number.POSITIVE_INFINITY : Math.abs(is - was) / was;
}

function finding(
  table: string,
  is: number,
  was: number,
  severity: Finding['severity'],
  beside: string,
): Finding {
  const share = was === 0 ? '' : ` (${is < was ? '-' : '+'}${percent(distance(was, is))})`;
  return {
    check: CHECK,
    severity,
    message: `${table} has ${count(is)} rows; ${beside} had ${count(was)}${share}`,
    wayOut: `find out whether the delivery is whole, and delivered once; if it is right, run once with --accept-change rows, or set expect.rows.tables.${table}`,
  };
}
