/** How many opt-outs a source of patients must hold for its silence to be believed. */

/** Below this chance something is taken for practically impossible: once in a million sources. */
const PRACTICALLY_IMPOSSIBLE = 1e-6;

/**
 * Whether nobody of so many people can have opted out, if each does with this probability (0..1) and without regard to the
 * others: (1 - rate)^people is the chance of it. At 1 % it is practically impossible from 1,375 people on.
 */
export function isSilenceImpossible(people: number, rate: number): boolean {
  return (1 - rate) ** people < PRACTICALLY_IMPOSSIBLE;
}

/** The fewest people of whom somebody must have opted out at this rate (0..1, not 0). */
export function fewestForAnOptOut(rate: number): number {
  return rate >= 1 ? 1 : Math.floor(Math.log(PRACTICALLY_IMPOSSIBLE) / Math.log1p(-rate)) + 1;
}

/**
 * Whether a list that gained `events` in the last year of its life can have gained none in `days`: events come one by one
 * (Poisson), so the chance of it is exp(-events * days / 365).
 */
export function isPauseImpossible(events: number, days: number): boolean {
  return Math.exp((-events * days) / 365) < PRACTICALLY_IMPOSSIBLE;
}
