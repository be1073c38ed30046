/**
 * Dates as day numbers: whole days since 1 January 1895, the earliest birth date the domain accepts
 * (domain.md, 3). Plain integers compare, add and index tables; no Date object, time zone or locale is
 * involved.
 */
const FIRST_YEAR = 1895;
const LAST_YEAR = 2100;
const MONTH_LENGTHS: readonly number[] = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

/** Day number of 1 January of every year from FIRST_YEAR to the year after LAST_YEAR. */
const YEAR_STARTS: readonly number[] = (() => {
  const starts = [0];
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
    starts.push(starts[starts.length - 1]! + (isLeapYear(year) ? 366 : 365));
  }
  return starts;
})();

export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Days in a month (month 1 .. 12). */
export function daysInMonth(year: number, month: number): number {
  return month === 2 && isLeapYear(year) ? 29 : MONTH_LENGTHS[month - 1]!;
}

/** Day number of a real date from 1895 to 2100; another date is a RangeError. */
export function dayNumber({ year, month, day }: CivilDate): number {
  if (
    year < FIRST_YEAR ||
    year > LAST_YEAR ||
    month < 1 ||
    month > 12 ||
    day < 1 ||
    day > daysInMonth(year, month)
  ) {
    throw new RangeError(`not a real date between ${FIRST_YEAR} and ${LAST_YEAR}`);
  }
  let number = YEAR_STARTS[year - FIRST_YEAR]! + day - 1;
  for (let earlier = 1; earlier < month; earlier++) number += daysInMonth(year, earlier);
  return number;
}

/** Year, month and day of a day number. */
export function civilDate(number: number): CivilDate {
  let year = FIRST_YEAR + Math.floor(number / 365.2425);
  if (YEAR_STARTS[year - FIRST_YEAR]! > number) year--;
  else if (YEAR_STARTS[year - FIRST_YEAR + 1]! <= number) year++;
  let day = number - YEAR_STARTS[year - FIRST_YEAR]! + 1;
  let month = 1;
  while (day > daysInMonth(year, month)) day -= daysInMonth(year, month++);
  return { year, month, day };
}

/** Day number of a date written YYYY-MM-DD; anything else is a RangeError. */
export function parseDay(text: string): number {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (parts === null) throw new RangeError('a date must be written YYYY-MM-DD');
  return dayNumber({ year: Number(parts[1]), month: Number(parts[2]), day: Number(parts[3]) });
}

/** Completed years from one day to a later one, as ages are counted; negative when it is not later. */
export function yearsBetween(earlierDay: number, laterDay: number): number {
  const earlier = civilDate(earlierDay);
  const later = civilDate(laterDay);
  const hasAnniversaryPassed =
    later.month > earlier.month || (later.month === earlier.month && later.day >= earlier.day);
  return later.year - earlier.year - (hasAnniversaryPassed ? 0 : 1);
}

/** Every day from 1895 to 2100 already written, ten ASCII bytes each, so that writing a date is a copy. */
export type DateTable = Uint8Array & { readonly isDateTable?: true };

/**
 * Builds the table for one way of writing dates: `british` dd/mm/yyyy (GP, HES), `iso` YYYY-MM-DD
 * (community).
 */
export function renderDates(style: 'british' | 'iso'): DateTable {
  const table = new Uint8Array(YEAR_STARTS[YEAR_STARTS.length - 1]! * 10);
  let offset = 0;
  const put = (value: number, width: number): void => {
    for (let index = width - 1, rest = value; index >= 0; index--, rest = Math.floor(rest / 10)) {
      table[offset + index] = 48 + (rest % 10); // 48: '0'
    }
    offset += width;
  };
  for (let year = FIRST_YEAR; year <= LAST_YEAR; year++) {
    for (let month = 1; month <= 12; month++) {
      for (let day = 1; day <= daysInMonth(year, month); day++) {
        put(style === 'iso' ? year : day, style === 'iso' ? 4 : 2);
        table[offset++] = style === 'iso' ? 45 : 47; // 45: '-'  47: '/'
        put(month, 2);
        table[offset++] = style === 'iso' ? 45 : 47;
        put(style === 'iso' ? day : year, style === 'iso' ? 2 : 4);
      }
    }
  }
  return table;
}

function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}
