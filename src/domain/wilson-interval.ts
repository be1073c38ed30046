/** The lower and the upper limit of a proportion, each from 0 to 1. */
export type Interval = readonly [low: number, high: number];

/** The standard normal deviate of a two-sided 95 % interval. */
const Z = 1.959963984540054;

/**
 * The Wilson score interval of a proportion, 95 %:
 * (2x + z^2 -+ z sqrt(z^2 + 4x(1 - x/n))) / (2(n + z^2)) (domain reference, section 7; E. B. Wilson, JASA 1927).
 * It stays within 0 and 1, and is informative where no event was seen: 0 of 10 may still be more than a quarter.
 *
 * @param events x, a whole number from 0 to `of`
 * @param of n, a whole number
 * @returns null where there is nothing to take a share of
 */
export function wilsonInterval(events: number, of: number): Interval | null {
  if (of === 0) return null;
  const square = Z * Z;
  const spread = Z * Math.sqrt(square + 4 * events * (1 - events / of));
  const limit = (sign: number) => (2 * events + square + sign * spread) / (2 * (of + square));
  // at either end the limit is 0 or 1 exactly, which rounding might miss
  return [events === 0 ? 0 : limit(-1), events === of ? 1 : limit(1)];
}
