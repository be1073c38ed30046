import { differBeyondChance, type Limits, type Part, severityOf, shareOf } from '../domain/expectation.ts';
import type { Finding } from '../domain/finding.ts';
import type { Linkage, Night } from './night.ts';
import { bestOf, type Earlier, medianOf, RECENT_NIGHTS, sharesOf } from './reference-nights.ts';
import { sinceAccepted } from './since-accepted.ts';
import { percent, points } from './words.ts';

const CHECK = 'night-linked';

/**
 * Compares linkage rates: for each source the share of its records that were linked, with the median of the last seven nights, and
 * for a fall also with the best night kept; for each match rank its share of all subjects, with the median, over nights of the
 * same ladder.
 */
export function compareLinked(limits: Limits, nights: readonly Night[], tonight: Linkage): Finding[] {
  const compared = sinceAccepted(nights, 'linked');
  const bySource = Object.entries(tonight.linked).flatMap(([source, is]): Finding[] => {
    const shares = sharesOf(compared, ({ linked }) => linked[source]);
    const beside = [medianOf(shares.slice(-RECENT_NIGHTS), shareOf), fallBeside(shares, is)];
    return worst(`the records of ${source} that were linked`, limits, is, beside);
  });
  const sameLadder = compared.filter(({ ladder }) => ladder === tonight.ladder);
  if (compared.length > 0 && sameLadder.length === 0) {
    const message = 'the match ranks differ from those of all nights kept: links by rank are not compared';
    return [...bySource, { check: CHECK, severity: 'warn', message }];
  }
  const byRank = Object.keys(tonight.ranks).flatMap((rank) => {
    const shares = sharesOf(sameLadder, ({ ranks }) => rankOf(ranks, rank)).slice(-RECENT_NIGHTS);
    const what = rank === '0' ? 'subjects that no match rank linked' : `subjects of match rank ${rank}`;
    return worst(what, limits, rankOf(tonight.ranks, rank), [medianOf(shares, shareOf)]);
  });
  return [...bySource, ...byRank];
}

/** The best night, where its share is higher than tonight's. */
function fallBeside(shares: readonly Earlier<Part>[], is: Part): Earlier<Part> | null {
  const best = bestOf(shares, shareOf);
  return best === null || shareOf(is) >= shareOf(best.value) ? null : best;
}

function rankOf(ranks: Readonly<Record<string, number>>, rank: string): Part {
  return { part: ranks[rank] ?? 0, of: Object.values(ranks).reduce((sum, one) => sum + one, 0) };
}

/** The night from which a share differs most, where the difference exceeds a limit. */
function worst(what: string, limits: Limits, is: Part, beside: readonly (Earlier<Part> | null)[]): Finding[] {
  const off = ({ value }: Earlier<Part>) => Math.abs(shareOf(is) - shareOf(value));
  const [furthest] = beside
    .flatMap((one) => one ?? [])
    .filter(({ value }) => differBeyondChance(value, is))
    .toSorted((a, b) => off(b) - off(a));
  const severity = furthest === undefined ? null : severityOf(off(furthest), limits);
  if (furthest === undefined || severity === null) return [];
  const [now, then] = [shareOf(is), shareOf(furthest.value)];
  return [
    {
      check: CHECK,
      severity,
      message: `${what} are ${percent(now)} of all, ${points(Math.abs(now - then))} ${now < then ? 'fewer' : 'more'} than on ${furthest.date} (${percent(then)})`,
      wayOut:
        'look at the identifier columns and at the opt-outs of this source; if it is right, run once with --accept-change linked, or set expect.linked',
    },
  ];
}
