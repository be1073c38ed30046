import { countRange, publishedCount } from '../../domain/small-number.ts';

/** How counts enter the rates of an audit. */
export interface TakenCounts {
  /** null where the count is not known */
  count(count: number): number | null;
  /** a count that an estimate takes even where it is not known: within which limits it lies; at most `of` */
  few(count: number, of: number): { readonly low: number; readonly middle: number; readonly high: number };
}

/** As they are: for the operator. */
export const AS_COUNTED: TakenCounts = {
  count: (count) => count,
  few: (count) => ({ low: count, middle: count, high: count }),
};

/**
 * As they may be published, so that no rate or limit gives an exact count back: what is made of two counts that are published
 * alike is alike. Of 9 of 9 the lower limit is 70 %, of 10 of 10 it is 72 %: an interval of exact counts reveals them.
 */
export const AS_PUBLISHED: TakenCounts = {
  count: publishedCount,
  few: (count, of) => {
    const { low, middle, high } = countRange(count);
    return { low: Math.min(low, of), middle: Math.min(middle, of), high: Math.min(high, of) };
  },
};
