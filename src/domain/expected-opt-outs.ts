/** From how many patients on a source without any opt-out is implausible. */

/** An event less probable than this is treated as impossible: once in a million sources. */
const PRACTICALLY_IMPOSSIBLE = 1e-6;

/**
 * Whether it is impossible in practice that none of so many people has opted out, if each does so with this probability
 * (0..1), independently: the chance is (1 - rate)^people. At 1 % it is impossible from 1,375 people on.
 */
export function isSilenceImpossible(people: number, rate: number): boolean {
  return (1 - rate) ** people < PRACTICALLY_IMPOSSIBLE;
}

/** The smallest number of people of whom at least one must have opted out at this rate (0..1, not 0). */
export function fewestForAnOptOut(rate: number): number {
  return rate >= 1 ? 1 : Math.floor(Math.log(PRACTICALLY_IMPOSSIBLE) / Math.log1p(-rate)) + 1;
}

/**
 * Whether a list that gained `events` in the last year of its life can have gained none in `days`. Events arrive
 * independently (Poisson), so the chance is exp(-events * days / 365).
 */
export function isPauseImpossible(events: number, days: number): boolean {
  return Math.exp((-events * days) / 365) < PRACTICALLY_IMPOSSIBLE;
}
