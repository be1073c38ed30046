import type { Part } from '../domain/expectation.ts';
import type { Night } from './night.ts';

/** The number of nights whose median is the usual value: a week, so that each weekday counts once. */
export const RECENT_NIGHTS = 7;

/** A value of an earlier night. */
export interface Earlier<T> {
  readonly date: string;
  readonly value: T;
}

/** The value of each night that has one, oldest first. */
export function figuresOf<T>(
  nights: readonly Night[],
  figure: (night: Night) => T | undefined,
): Earlier<T>[] {
  return nights.flatMap((night) => {
    const value = figure(night);
    return value === undefined ? [] : [{ date: night.date, value }];
  });
}

/** The median; of an even number of values the lower one of the two in the middle. Null where there is none. */
export function medianOf<T>(figures: readonly Earlier<T>[], size: (value: T) => number): Earlier<T> | null {
  const sorted = figures.toSorted((a, b) => size(a.value) - size(b.value));
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/** The largest value; of equal ones the latest. Null where there is none. */
export function bestOf<T>(figures: readonly Earlier<T>[], size: (value: T) => number): Earlier<T> | null {
  return figures.reduce<Earlier<T> | null>(
    (best, one) => (best === null || size(one.value) >= size(best.value) ? one : best),
    null,
  );
}

/** The parts of a whole on each night; a night on which the whole is 0 is left out. */
export function sharesOf(
  nights: readonly Night[],
  figure: (night: Night) => Part | undefined,
): Earlier<Part>[] {
  return figuresOf(nights, figure).filter(({ value }) => value.of > 0);
}
