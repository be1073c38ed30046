/**
 * How large a released table is, for a page that is published again and again.
 *
 * A rounded count will not do there. Whoever keeps yesterday's page can subtract it from today's: at the edge of a rounding step, 12,342 that becomes
 * 12,343 shows as 12,345 beside 12,340, and reveals the one who came (differencing). So a page shows a band, at least
 * as wide as its lower end, and one band for all kept releases of an agreement: that of the median of their counts, which one night does not
 * move.
 */

/** Lower ends. A count below the second is not shown at all, so that no small number is. */
const ENDS = [0, 100, 1000, 10_000, 100_000, 1_000_000, 10_000_000];

/** A count, as far as it is shown: at least `from`, fewer than `below`; null for no end. */
export interface SizeBand {
  readonly from: number;
  readonly below: number | null;
}

/** The band of the median of counts; of an even number of them the lower median. */
export function sizeBand(counts: readonly number[]): SizeBand {
  const sorted = counts.toSorted((a, b) => a - b);
  const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const index = ENDS.findLastIndex((end) => end <= median);
  return { from: ENDS[index]!, below: ENDS[index + 1] ?? null };
}
