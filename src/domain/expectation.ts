import type { Severity } from './finding.ts';

/** How far a count or rate of tonight may differ from earlier nights, as a share or in points; null for no limit. */
export interface Limits {
  readonly warn: number | null;
  readonly stop: number | null;
}

/** How far opt-outs may fall below the best night, as a share; and in two other ways. */
export interface OptOutLimits extends Limits {
  /** the same for a fall that is steady: it may add up to so much over the nights kept */
  readonly steady: Limits;
  /** the same for those of one practice, below their usual number */
  readonly practices: Limits;
}

/** The more severe of the limits that a distance exceeds; null where it exceeds neither. */
export function severityOf(distance: number, { warn, stop }: Limits): Severity | null {
  if (stop !== null && isBeyond(distance, stop)) return 'stop';
  return warn !== null && isBeyond(distance, warn) ? 'warn' : null;
}

/** A distance equal to a limit is within it, whatever the rounding of either: 100 may fall to 90 under 10 %. */
function isBeyond(distance: number, limit: number): boolean {
  return distance > limit + 1e-9;
}

/**
 * Whether two counts differ by more than chance explains: by more than two standard deviations of a count of independent
 * events (Poisson: the variance is the mean). A difference of one or two between small counts is no evidence.
 */
export function areBeyondChance(was: number, is: number): boolean {
  return Math.abs(was - is) > 2 * Math.sqrt(Math.max(was, is));
}

/**
 * Whether two counts differ by more than chance explains for any of so many pairs of counts: the difference has the variance of both, and exceeds x standard
 * deviations with a chance of about exp(-x²/2), so that x grows with the number of pairs. The chance that any of them
 * differs so is at most one in twenty.
 */
export function areBeyondChanceAmong(was: number, is: number, pairs: number): boolean {
  const deviations = Math.max(2, Math.sqrt(2 * Math.log(20 * Math.max(1, pairs))));
  return Math.abs(was - is) > deviations * Math.sqrt(was + is);
}

/** A part of a whole, as two counts. */
export interface Part {
  readonly part: number;
  readonly of: number;
}

/** The share, from 0 to 1; 0 where the whole is 0. */
export function shareOf({ part, of }: Part): number {
  return of === 0 ? 0 : part / of;
}

/**
 * Whether two shares differ by more than chance explains: three standard errors of the difference of two
 * proportions, with the pooled share.
 */
export function differBeyondChance(one: Part, other: Part): boolean {
  if (one.of === 0 || other.of === 0) return false;
  const pooled = (one.part + other.part) / (one.of + other.of);
  const error = Math.sqrt(pooled * (1 - pooled) * (1 / one.of + 1 / other.of));
  return Math.abs(shareOf(one) - shareOf(other)) > 3 * error;
}
