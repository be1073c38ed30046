/**
 * The rank of a value among those of its column. Ranks of a column are compared as whole numbers and equal ranks are equal values, so
 * that rows of any types are sorted by one comparison. The rank of a missing value is the last.
 */
export const NO_VALUE = 0x7fff_ffff;

/** What each rank is written as. */
export type RankedValues =
  /** the rank is the value: days, years, match ranks, and codes of texts in the order of their bytes */
  | { readonly kind: 'itself' }
  /** values of 8 bytes, two words each */
  | { readonly kind: 'words'; readonly words: Uint32Array };
