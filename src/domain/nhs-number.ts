/** NHS numbers: ten digits, the last of them a check digit. Rules: domain reference, section 1. */
import type { Branded } from './branded.ts';
import { found, missing, type Standardised } from './standardised.ts';
import { trimBlanks } from './standardised-text.ts';

/** A valid NHS number in its canonical form: ten digits. */
export type NhsNumber = Branded<string, 'NHS number'>;

/** Accepted as written: ten digits, or 3-3-4 with two spaces or two hyphens, not mixed. */
const TEN_DIGITS = /^(?:[0-9]{10}|[0-9]{3} [0-9]{3} [0-9]{4}|[0-9]{3}-[0-9]{3}-[0-9]{4})$/;

/**
 * An NHS number with a leading zero after a spreadsheet has removed it: nine digits that do not themselves start with 0.
 *
 * Fewer digits are not padded. Issued numbers start at 010, so a spreadsheet removes one zero and never two. One short
 * number in eleven passes the check digit, so padding a column of local numbers would invent NHS numbers and join
 * strangers.
 */
const LEADING_ZERO_LOST = /^[1-9][0-9]{8}$/;

/** The placeholder 0000000000, with any number of its zeros. */
const ONLY_ZEROS = /^0{1,9}$/;

/**
 * Numbers that pass the check digit and mean "missing": one digit ten times, and d00000000d; 19 in all,
 * because 0000000000 is both.
 */
export const NHS_NUMBER_PLACEHOLDERS: readonly string[] = [
  ...Array.from('0123456789', (digit) => digit.repeat(10)),
  ...Array.from('123456789', (digit) => `${digit}00000000${digit}`),
];

/** Character code of the digit 0. */
const ZERO = 48;

export interface NhsNumberSettings {
  /** Synthetic runs only: take numbers of the test range, 900-999. */
  readonly allowTestRange: boolean;
}

/**
 * The canonical form of an NHS number: ten digits, as text.
 *
 * The checks run in this order, and the first that applies decides: absent; not a form of an NHS number (invalid);
 * placeholder; wrong check digit (invalid); test range; else valid, or repaired where a leading zero was put back. The range
 * of the issuing country does not make a number invalid: see {@link nhsNumberRange}.
 */
export function standardiseNhsNumber(
  text: string | null,
  settings: NhsNumberSettings,
): Standardised<NhsNumber> {
  const trimmed = trimBlanks(text);
  if (trimmed === '') return missing('absent');
  if (ONLY_ZEROS.test(trimmed)) return missing('placeholder');
  const padded = LEADING_ZERO_LOST.test(trimmed);
  if (!padded && !TEN_DIGITS.test(trimmed)) return missing('invalid');
  const digits = padded ? `0${trimmed}` : trimmed.replaceAll(/[ -]/g, '');
  if (NHS_NUMBER_PLACEHOLDERS.includes(digits)) return missing('placeholder');
  if (!hasCheckDigit(digits)) return missing('invalid');
  if (nhsNumberRange(digits) === 'test' && !settings.allowTestRange) return missing('test-range');
  return found(digits as NhsNumber, padded ? 'repaired' : 'valid');
}

/**
 * Whether the tenth digit is the check digit of the first nine. Takes ten digits.
 * Weights 10 to 2; c = 11 - (sum mod 11); 11 becomes 0; 10 is never valid, and no digit equals it.
 */
export function hasCheckDigit(digits: string): boolean {
  let sum = 0;
  for (let index = 0; index < 9; index += 1) sum += (digits.charCodeAt(index) - ZERO) * (10 - index);
  const check = 11 - (sum % 11);
  return (check === 11 ? 0 : check) === digits.charCodeAt(9) - ZERO;
}

export type NhsNumberRange =
  | 'scotland-chi'
  | 'northern-ireland'
  | 'england-wales-iom'
  | 'not-issued'
  | 'ireland'
  | 'spare'
  | 'test';

/** First number, as its first three digits, of each range; a range ends where the next begins. */
const RANGES: readonly (readonly [from: number, range: NhsNumberRange])[] = [
  [0, 'not-issued'],
  [10, 'scotland-chi'],
  [320, 'northern-ireland'],
  [400, 'england-wales-iom'],
  [500, 'not-issued'],
  [600, 'england-wales-iom'],
  [800, 'ireland'],
  [860, 'spare'],
  [900, 'test'],
];

/**
 * The issuer of numbers in the range of this one. Takes the canonical ten digits.
 *
 * For reports and synthetic data. Only the test range decides anything: a range that was "not issued" when this table was
 * written may be issued later, and refusing its numbers would lose a patient's records.
 */
export function nhsNumberRange(digits: string): NhsNumberRange {
  const first = Number(digits.slice(0, 3));
  return RANGES.findLast(([from]) => first >= from)?.[1] ?? 'not-issued';
}
