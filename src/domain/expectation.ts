import type { Severity } from './finding.ts';

/** How far a figure of tonight may lie from what earlier nights say, as a share or in points; null for any distance. */
export interface Limits {
  readonly warn: number | null;
  readonly stop: number | null;
}

/** What a distance leads to: the more severe limit that it lies beyond, or null within both. */
export function severityOf(distance: number, { warn, stop }: Limits): Severity | null {
  if (stop !== null && isBeyond(distance, stop)) return 'stop';
  return warn !== null && isBeyond(distance, warn) ? 'warn' : null;
}

/** A distance that is equal to a limit lies within it, whatever the last binary digit of either: 100 may fall to 90 under 10 %. */
function isBeyond(distance: number, limit: number): boolean {
  return distance > limit + 1e-9;
}

/**
 * Whether two counts lie further apart than chance alone puts them: beyond two standard deviations of a count of independent
 * events (Poisson: the variance is the mean). Of counts of a handful, one or two more or less are no sign of anything.
 */
export function areBeyondChance(was: number, is: number): boolean {
  return Math.abs(was - is) > 2 * Math.sqrt(Math.max(was, is));
}

/** A count of a whole. */
export interface Part {
  readonly part: number;
  readonly of: number;
}

/** The share, from 0 to 1; 0 of nothing. */
export function shareOf({ part, of }: Part): number {
  return of === 0 ? 0 : part / of;
}

/**
 * Whether two shares differ by more than chance alone makes them: three standard errors of the difference of two
 * proportions, with the pooled share.
 */
export function differBeyondChance(one: Part, other: Part): boolean {
  if (one.of === 0 || other.of === 0) return false;
  const pooled = (one.part + other.part) / (one.of + other.of);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / one.of + 1 / other.of));
  return Math.abs(shareOf(one) - shareOf(other)) > 3 * error;
}
