import type { Part } from '../domain/expectation.ts';
import type { Night } from './night.ts';

/** Nights whose median says what a night is usually like: a week, so that each day of it counts once. */
export const RECENT_NIGHTS = 7;

/** A figure of an earlier night. */
export interface Earlier<T> {
  readonly date: string;
  readonly value: T;
}

/** The figure of each night that has it, oldest first. */
export function figuresOf<T>(
  nights: readonly Night[],
  figure: (night: Night) => T | undefined,
): Earlier<T>[] {
  return nights.flatMap((night) => {
    const value = figure(night);
    return value === undefined ? [] : [{ date: night.date, value }];
  });
}

/** The figure in the middle; of an even number the lower of the two in the middle. Null of none. */
export function medianOf<T>(figures: readonly Earlier<T>[], size: (value: T) => number): Earlier<T> | null {
  const sorted = figures.toSorted((a, b) => size(a.value) - size(b.value));
  return sorted[Math.floor((sorted.length - 1) / 2)] ?? null;
}

/** The largest figure; of equal ones the latest. Null of none. */
export function bestOf<T>(figures: readonly Earlier<T>[], size: (value: T) => number): Earlier<T> | null {
  return figures.reduce<Earlier<T> | null>(
    (best, one) => (best === null || size(one.value) >= size(best.value) ? one : best),
    null,
  );
}

/** The parts of something, of each night; one on which there was nothing says nothing. */
export function sharesOf(
  nights: readonly Night[],
  figure: (night: Night) => Part | undefined,
): Earlier<Part>[] {
  return figuresOf(nights, figure).filter(({ value }) => value.of > 0);
}
