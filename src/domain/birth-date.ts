/** Dates of birth. Rules: domain reference, section 3, after the HES data dictionary. */
import type { Branded } from './branded.ts';
import { isoDate, parseDate } from './date-format.ts';
import { found, missing, type Standardised } from './standardised.ts';
import { trimBlanks } from './standardised-text.ts';

/** A birth date in its canonical form: YYYY-MM-DD. */
export type BirthDate = Branded<string, 'birth date'>;

/**
 * Real dates that mean "missing": HES null (1800) and invalid (1801), and the two that systems enter when a date
 * is mandatory. A person who was born on 1 January 1900 loses the date too, which is the smaller error.
 */
export const BIRTH_DATE_PLACEHOLDERS: readonly string[] = [
  '1800-01-01',
  '1801-01-01',
  '1811-11-11',
  '1900-01-01',
];

/** The earliest birth date that is accepted; the bound is the domain reference's. */
export const EARLIEST_BIRTH_DATE = '1895-01-01';

/**
 * The canonical form of a birth date: YYYY-MM-DD, as text.
 *
 * `format` is the format of the column (see date-format.ts) and `runDate` the date of the run, YYYY-MM-DD. The outcome
 * is absent; invalid, for a text that is not in the format or no real date; placeholder; implausible, for a date before
 * 1895 or after the run date; else valid. A date is never repaired.
 */
export function standardiseBirthDate(
  text: string | null,
  format: string,
  runDate: string,
): Standardised<BirthDate> {
  if (trimBlanks(text) === '') return missing('absent');
  const date = parseDate(text, format);
  if (date === null) return missing('invalid');
  const iso = isoDate(date);
  if (BIRTH_DATE_PLACEHOLDERS.includes(iso)) return missing('placeholder');
  return iso < EARLIEST_BIRTH_DATE || iso > runDate ? missing('implausible') : found(iso as BirthDate);
}

/** The birth date of the number yyyymmdd, as which readers of columns keep a valid one. */
export function birthDateOf(yyyymmdd: number): BirthDate {
  const digits = String(yyyymmdd);
  return `${digits.slice(0, 4)}-${digits.slice(4, 6)}-${digits.slice(6)}` as BirthDate;
}

/** Whether a canonical birth date is a 1 January, which many systems enter for an unknown day and month. */
export function isFirstOfJanuary(isoDate: string): boolean {
  return isoDate.endsWith('-01-01');
}
