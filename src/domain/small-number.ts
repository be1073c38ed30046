/*
 * Small numbers in published tables of linked data (domain reference, section 7). A linked table obeys the rules of all its
 * sources, and the stricter where they differ: hospital data suppress 1 to 7, community data 0 to 4, so 0 to 7 are suppressed
 * here; both round the rest to the nearest 5; percentages are whole, as in community data, and use rounded numbers.
 */

/** Counts up to this one are not shown. */
const MOST_SUPPRESSED = 7;
const ROUNDED_TO = 5;

/** True of a count that must not be shown. */
export function isSmall(count: number): boolean {
  return count <= MOST_SUPPRESSED;
}

/** A count as it may be published; null where it is suppressed. */
export function publishedCount(count: number): number | null {
  return isSmall(count) ? null : rounded(count);
}

function rounded(count: number): number {
  return Math.round(count / ROUNDED_TO) * ROUNDED_TO;
}

/**
 * The range of a count for a reader who sees only its published form; a small count may be any small count. An estimate in
 * which few errors are good uses this range, because a published estimate must not reveal how few they are.
 */
export function countRange(count: number): {
  readonly low: number;
  readonly middle: number;
  readonly high: number;
} {
  if (isSmall(count)) return { low: 0, middle: MOST_SUPPRESSED / 2, high: MOST_SUPPRESSED };
  const one = rounded(count);
  return { low: one, middle: one, high: one };
}

/**
 * Indexes of the counts of one column that must not be shown beside each other: the small ones, and where there is only one,
 * the next smallest too, because a total would reveal the single one. The next smallest is found among rounded counts, the
 * first of equal ones: so which count is hidden does not reveal which of two is the smaller.
 */
export function hiddenPlaces(
  counts: readonly number[],
  isTooSmall: (count: number) => boolean,
): ReadonlySet<number> {
  const small = counts.filter(isTooSmall).length;
  const ascending = counts
    .map((count, index) => ({ count: isTooSmall(count) ? -1 : rounded(count), at: index }))
    .sort((a, b) => a.count - b.count || a.at - b.at);
  return new Set(ascending.slice(0, small === 1 ? 2 : small).map(({ at }) => at));
}

/** Counts of one column, as they may be published beside each other. */
export function publishedCounts(counts: readonly number[]): (number | null)[] {
  const hidden = hiddenPlaces(counts, isSmall);
  return counts.map((count, index) => (hidden.has(index) ? null : publishedCount(count)));
}
