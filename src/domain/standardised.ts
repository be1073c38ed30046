/**
 * The result of standardising one cell: a canonical value, or none and the reason.
 *
 * The outcome is kept below the identity boundary, where the value is not: match ranks depend on whether a field was valid,
 * and the report counts outcomes by source. In Parquet it is a TINYINT, so every outcome has a number.
 */

/**
 * Every outcome, its number and its meaning for a reader of the report. The list is closed.
 *
 * The numbers are stored in token stores: they never change and are never used again for something else. 0
 * is left unused, so that a buffer of zeros cannot be read as valid.
 */
export const OUTCOMES = {
  valid: { code: 1, meaning: 'in an accepted form and within the rules' },
  repaired: { code: 2, meaning: 'valid after a repair that could be made in one way only' },
  absent: { code: 3, meaning: 'empty, or nothing but blanks' },
  placeholder: { code: 4, meaning: 'a value that means "missing"' },
  invalid: { code: 5, meaning: 'not in an accepted form, or against the rules' },
  'test-range': { code: 6, meaning: 'an NHS number of the test range, in a run that is not synthetic' },
  pseudo: { code: 7, meaning: 'a postcode that names a circumstance or a territory, not an address' },
  'not-known': { code: 8, meaning: 'recorded as not known' },
  'not-specified': { code: 9, meaning: 'recorded as not specified' },
  implausible: { code: 10, meaning: 'a real date, but before 1895 or after the run date' },
} as const;

export type Outcome = keyof typeof OUTCOMES;

export const OUTCOME_NAMES = Object.keys(OUTCOMES) as readonly Outcome[];

/** One standardised cell. `value` is non-null exactly where the outcome is valid or repaired. */
export interface Standardised<T> {
  readonly value: T | null;
  readonly outcome: Outcome;
}

/** A usable value. */
export function found<T>(value: T, outcome: 'valid' | 'repaired' = 'valid'): Standardised<T> {
  return { value, outcome };
}

/** No usable value, and why. */
export function missing(outcome: Exclude<Outcome, 'valid' | 'repaired'>): Standardised<never> {
  return { value: null, outcome };
}

/** The outcome with this number; undefined for a number that no outcome has. */
export function outcomeOf(code: number): Outcome | undefined {
  return OUTCOME_NAMES.find((name) => OUTCOMES[name].code === code);
}
