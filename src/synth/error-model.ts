/** The three care settings, each with its own quality of recording. */
export type Source = 'gp' | 'hospital' | 'community';

/** A rate for each source. */
export type RateBySource = Readonly<Record<Source, number>>;

/**
 * The rates of recording errors and of opt-outs: shares from 0 to 1.
 *
 * Demographic errors are drawn once for each **record set**: a person as one source knows them. That is the
 * practice's registration, a hospital patient record (person and trust: every episode at that trust repeats
 * the error), or a community registration. Independent draws: one record set may carry several errors.
 *
 * Rates marked (chosen) are plausible values, not measurements; the others name their source.
 */
export interface ErrorModel {
  /** NHS number left out (or a placeholder, see `missingAsPlaceholder`), per record set. */
  readonly nhsMissing: RateBySource;
  /**
   * NHS number with one digit changed or two neighbours transposed, per record set: most fail the check
   * digit.
   */
  readonly nhsMistyped: RateBySource;
  /** Of missing NHS numbers: the share written as a placeholder such as 9999999999 instead of nothing. */
  readonly missingAsPlaceholder: number;
  /**
   * NHS number written 3-3-4 with spaces, per record set (and per line of the opt-out register): a form, not
   * an error.
   */
  readonly nhsSpaced: number;
  /** NHS number of someone else in the household, per record set of people who share a home. */
  readonly swappedInHousehold: number;
  /** One of year, month and day wrong, per record set. */
  readonly birthDateWrongPart: number;
  /** Day and month swapped, per record set whose day is 12 or less and differs from the month. */
  readonly birthDateSwapped: number;
  /** 1 January of the birth year in place of the date, per record set of people born on another day. */
  readonly birthDateFirstJanuary: number;
  /** No birth date (hospital: the null date 01/01/1800), per record set. */
  readonly birthDateMissing: number;
  /** Sex wrong: two in three the opposite, one in three not known or not specified, per record set. */
  readonly sexMiscoded: number;
  /**
   * Another address of the person than the practice's: an earlier one, or a later one unknown to the practice.
   */
  readonly postcodeMoved: number;
  /** Postcode with one character changed, two transposed, or 0/O and 1/I confused, per record set. */
  readonly postcodeMistyped: number;
  /** A pseudo-postcode (ZZ99 3VZ and its like) in place of the postcode, per record set. */
  readonly postcodePseudo: number;
  /**
   * Factor on the demographic error rates above that are not given by source, for GP records: the cleanest
   * source.
   */
  readonly gpFactor: number;
  /** People who ever opted out by type 1. */
  readonly type1: number;
  /** People who ever opted out by type 2 or, from 25 May 2018, by the national opt-out. */
  readonly type2: number;
  /** Of opt-outs: the share withdrawn later. */
  readonly withdrawnShare: number;
  /** Of opt-outs of type 1 or 2: the share recorded as coded GP events instead of in the register. */
  readonly codedOptOutShare: number;
  /** Of opt-outs in the register never withdrawn: the share without a date. Off by default. */
  readonly undatedOptOutShare: number;
}

/** The default rates. */
export const DEFAULT_ERRORS: ErrorModel = {
  // Hospital: the eight-rank linkage of 2015 made 3.6 % of its matches without an NHS number (ranks 6 and 7
  // of domain.md, 5). Community (chosen): services without tracing at registration do worse.
  nhsMissing: { gp: 0, hospital: 0.03, community: 0.08 },
  nhsMistyped: { gp: 0, hospital: 0.002, community: 0.002 }, // (chosen)
  missingAsPlaceholder: 0.05, // (chosen)
  nhsSpaced: 0.02, // (chosen)
  swappedInHousehold: 0.0005, // (chosen) twins and mothers with babies are the known case
  // With the next two and a wrong sex, near the 1.0 % of 2015 matches that needed ranks 3 to 5 (domain.md,
  // 5).
  birthDateWrongPart: 0.008,
  birthDateSwapped: 0.002,
  birthDateFirstJanuary: 0.004, // (chosen)
  birthDateMissing: 0.001, // (chosen)
  sexMiscoded: 0.003, // (chosen)
  postcodeMoved: 0.1, // 7.5 % of 2015 matches agreed on all but the postcode (rank 2); people have moved more since
  postcodeMistyped: 0.005, // (chosen)
  postcodePseudo: 0.005, // (chosen)
  gpFactor: 0.1, // (chosen)
  type1: 0.03, // (chosen) after the order of published counts: millions of 60 million
  type2: 0.025, // (chosen) likewise
  withdrawnShare: 0.1, // (chosen)
  codedOptOutShare: 0.25, // (chosen)
  undatedOptOutShare: 0,
};

/** Throws a RangeError that names the first rate outside 0 .. 1. */
export function checkErrorModel(errors: ErrorModel): void {
  for (const [name, rate] of Object.entries(errors) as [string, number | RateBySource][]) {
    const rates = typeof rate === 'number' ? [rate] : Object.values(rate);
    if (!rates.every((value) => value >= 0 && value <= 1))
      throw new RangeError(`errors.${name} must lie in 0 .. 1`);
  }
}
