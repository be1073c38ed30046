import { type CalendarDate, isoDate } from './date-format.ts';

/*
 * Days are counted from 1970-01-01, in the Gregorian calendar, as in Arrow's Date32. The arithmetic is that of Howard Hinnant,
 * "chrono-compatible low-level date algorithms": years are counted from 1 March, so that a leap day is the last day of its year.
 */

const DAYS_FROM_MARCH_0000 = 719_468;
/** Days of 400 years, of 100, of 4 and of one. */
const DAYS = { era: 146_097, century: 36_524, fourYears: 1_460, year: 365 } as const;

/** Microseconds of a day are 2^13 times this. */
const MICROSECONDS_8192 = 10_546_875;

/** The first day of the month of a day. */
export function monthOfDay(day: number): number {
  const ofYear = dayOfYear(day);
  const month = Math.floor((5 * ofYear + 2) / 153);
  return day - (ofYear - Math.floor((153 * month + 2) / 5));
}

/** The calendar year of a day. */
export function yearOfDay(day: number): number {
  const era = Math.floor((day + DAYS_FROM_MARCH_0000) / DAYS.era);
  const year = era * 400 + yearOfEra(day);
  return dayOfYear(day) >= 306 ? year + 1 : year; // January is the eleventh month from March, and begins 306 days after it
}

/**
 * The day of a moment in microseconds since 1970-01-01T00:00, which is a whole number of 64 bits.
 *
 * @param low its lower 32 bits, without a sign
 * @param high its upper 32 bits, with the sign
 */
export function dayOfMicroseconds(low: number, high: number): number {
  // a double holds the number without its last 13 bits
  return Math.floor((high * 2 ** 19 + (low >>> 13)) / MICROSECONDS_8192);
}

/** The day of a date of the calendar. */
export function dayOfDate({ year, month, day }: CalendarDate): number {
  const fromMarch = month > 2 ? month - 3 : month + 9;
  const years = month > 2 ? year : year - 1;
  const era = Math.floor(years / 400);
  const ofEra = years - era * 400;
  const leapDays = Math.floor(ofEra / 4) - Math.floor(ofEra / 100);
  const ofYear = Math.floor((153 * fromMarch + 2) / 5) + day - 1;
  return era * DAYS.era + ofEra * DAYS.year + leapDays + ofYear - DAYS_FROM_MARCH_0000;
}

/** The date of a day, YYYY-MM-DD. */
export function dateOfDay(day: number): string {
  const ofYear = dayOfYear(day);
  const fromMarch = Math.floor((5 * ofYear + 2) / 153);
  const month = fromMarch < 10 ? fromMarch + 3 : fromMarch - 9;
  return isoDate({ year: yearOfDay(day), month, day: day - monthOfDay(day) + 1 });
}

function dayOfEra(day: number): number {
  const from = day + DAYS_FROM_MARCH_0000;
  return from - Math.floor(from / DAYS.era) * DAYS.era;
}

function yearOfEra(day: number): number {
  const of = dayOfEra(day);
  const leapDays =
    Math.floor(of / DAYS.fourYears) - Math.floor(of / DAYS.century) + Math.floor(of / (DAYS.era - 1));
  return Math.floor((of - leapDays) / DAYS.year);
}

/** The day of its year, from 0 on 1 March. */
function dayOfYear(day: number): number {
  const year = yearOfEra(day);
  return dayOfEra(day) - (DAYS.year * year + Math.floor(year / 4) - Math.floor(year / 100));
}
