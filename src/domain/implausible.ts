/**
 * Records that no one person can have, so that they reveal a wrong link (domain reference, section 5). Data, with a
 * version, that a pipeline file can correct.
 */

/** The rules, in the order in which they are reported. */
export const IMPLAUSIBLE_RULES = [
  'activity-after-death',
  'overlapping-stays',
  'two-births',
  'infant-giving-birth',
] as const;
export type ImplausibleRule = (typeof IMPLAUSIBLE_RULES)[number];

/** How a birth appears in hospital records: the mother's delivery, or the newborn's own record of being born. */
export type BirthEvent = 'delivery' | 'newborn';

/** A code that records a birth, or a prefix of such codes. */
export interface BirthCode {
  readonly event: BirthEvent;
  /** ICD-10, without the dot; every code that begins with it */
  readonly prefix: string;
  /** false where no public source was found to confirm it */
  readonly confirmed: boolean;
}

/** A number, and whether a public source confirms it. */
interface Figure {
  readonly value: number;
  readonly confirmed: boolean;
}

/** The parameters of the rules. The version is in the manifest, so that a reader knows which table was used. */
export const IMPLAUSIBLE_DEFAULTS = {
  version: 'implausible/1',
  /** days after a death on which a record may still be dated */
  graceDays: { value: 3, confirmed: true },
  /**
   * Stays longer than this many days are left out. A wrong year in a date is more frequent than such a stay, and a patient
   * who does stay that long is treated elsewhere in the meantime.
   */
  longestStayDays: { value: 366, confirmed: false },
  /** years: nobody younger gives birth */
  youngestMotherYears: { value: 10, confirmed: false },
  birthCodes: [
    { event: 'delivery', prefix: 'O80', confirmed: false }, // single spontaneous delivery
    { event: 'delivery', prefix: 'O81', confirmed: false }, // by forceps or vacuum
    { event: 'delivery', prefix: 'O82', confirmed: false }, // by caesarean section
    { event: 'delivery', prefix: 'O83', confirmed: false }, // otherwise assisted
    { event: 'delivery', prefix: 'O84', confirmed: false }, // multiple
    { event: 'delivery', prefix: 'Z37', confirmed: false }, // outcome of delivery, on the mother's record
    { event: 'newborn', prefix: 'Z38', confirmed: false }, // liveborn infants according to place of birth
  ],
} as const satisfies {
  readonly version: string;
  readonly graceDays: Figure;
  readonly longestStayDays: Figure;
  readonly youngestMotherYears: Figure;
  readonly birthCodes: readonly BirthCode[];
};

/** The shipped prefixes of one event. */
export function birthCodePrefixes(event: BirthEvent): readonly string[] {
  return IMPLAUSIBLE_DEFAULTS.birthCodes.filter((code) => code.event === event).map(({ prefix }) => prefix);
}

/** The rules in plain words, for a report. */
export const IMPLAUSIBLE_WORDS: Readonly<Record<ImplausibleRule, string>> = {
  'activity-after-death': 'activity after death',
  'overlapping-stays': 'overlapping stays',
  'two-births': 'two births',
  'infant-giving-birth': 'infant giving birth',
};
