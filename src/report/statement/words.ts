import { publishedCount } from '../../domain/small-number.ts';
import type { Interval } from '../../domain/wilson-interval.ts';
import { formatCount } from '../format.ts';

/** A count as it may be published: rounded, or a star. */
export function published(count: number): string {
  return shown(publishedCount(count));
}

/** A count in its published form. */
export function shown(count: number | null): string {
  return count === null ? '*' : formatCount(count);
}

/** A share in whole per cent. */
export function percent(share: number): string {
  return (100 * share).toFixed(0);
}

/** A rate of rounded counts with its limits, in whole per cent; a dash where there is none. */
export function rate(share: number | null, interval: Interval | null): string {
  if (share === null || interval === null) return '-';
  return `${percent(share)} (${percent(interval[0])} to ${percent(interval[1])})`;
}

/** `a, b and c`. */
export function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
