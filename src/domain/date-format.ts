/**
 * Dates as declared in a pipeline file: a strict, fixed-width subset of strptime.
 *
 * `%Y` four digits, `%m` `%d` `%H` `%M` `%S` two digits each; any other character is literal. Nothing is
 * Nothing is optional, so every format has one width, and a text of that width can be read in one way or not at all. A
 * lenient reader would turn 1/2/80 into a birth date by guessing.
 */
import { bug } from './problem.ts';
import { trimBlanks } from './standardised-text.ts';

export type Directive = 'Y' | 'm' | 'd' | 'H' | 'M' | 'S';

/** Digits of each directive. */
export const DIRECTIVE_WIDTHS: Readonly<Record<Directive, number>> = { Y: 4, m: 2, d: 2, H: 2, M: 2, S: 2 };

/** One piece of a format: a directive, or one literal character. */
export type FormatPart = { readonly directive: Directive } | { readonly literal: string };

export interface CalendarDate {
  readonly year: number;
  /** 1-12 */
  readonly month: number;
  /** 1-31 */
  readonly day: number;
}

export interface Timestamp extends CalendarDate {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
}

/**
 * What is wrong with a format, in words for the author of the pipeline file; null where nothing is. Literals are
 * printable ASCII, and there is no blank at either end, because blanks around a cell are trimmed.
 */
export function dateFormatProblem(format: string): string | null {
  const directives = Array.from(format.matchAll(/%(.?)/gs), (match) => match[1] ?? '');
  const unknown = directives.find((name) => !Object.hasOwn(DIRECTIVE_WIDTHS, name));
  if (unknown !== undefined) return 'a date format knows %Y %m %d %H %M %S only';
  if (new Set(directives).size < directives.length) return 'a date format names each part once';
  if (!['Y', 'm', 'd'].every((name) => directives.includes(name))) return 'a date format needs %Y, %m and %d';
  if (!/^[ -~]*$/.test(format)) return 'a date format is plain ASCII text';
  return format.trim() === format ? null : 'a date format has no blank at either end';
}

/** Cached: formats are few, and needed for every cell. */
const PARTS = new Map<string, readonly FormatPart[]>();

/**
 * The parts of a format, in order. The caller must not pass a format for which {@link dateFormatProblem} reports a
 * problem.
 */
export function dateFormatParts(format: string): readonly FormatPart[] {
  const known = PARTS.get(format);
  if (known !== undefined) return known;
  const problem = dateFormatProblem(format);
  if (problem !== null) throw bug(`a faulty date format came through: ${problem}`);
  const parts = Array.from(format.matchAll(/%(.)|./g), ([literal, directive]) =>
    directive === undefined ? { literal } : { directive: directive as Directive },
  );
  PARTS.set(format, parts);
  return parts;
}

/** Characters, and bytes, of every text in this format. */
export function dateFormatWidth(format: string): number {
  return dateFormatParts(format).reduce(
    (width, part) => width + ('literal' in part ? 1 : DIRECTIVE_WIDTHS[part.directive]),
    0,
  );
}

/** The date in a text, blanks around it trimmed; null where it is not in the format or not a real date. */
export function parseDate(text: string | null, format: string): CalendarDate | null {
  const time = parseTimestamp(text, format);
  return time === null ? null : { year: time.year, month: time.month, day: time.day };
}

/**
 * The date and time in a text; parts of the time that the format does not name are 0. Null where the text is
 * not in the format, the date is not a real one (Gregorian, year 1 to 9999), or the time is not 00:00:00 to
 * 23:59:59.
 */
export function parseTimestamp(text: string | null, format: string): Timestamp | null {
  const trimmed = trimBlanks(text);
  const fields: Record<Directive, number> = { Y: 0, m: 0, d: 0, H: 0, M: 0, S: 0 };
  let position = 0;
  for (const part of dateFormatParts(format)) {
    const width = 'literal' in part ? 1 : DIRECTIVE_WIDTHS[part.directive];
    const piece = trimmed.slice(position, position + width);
    position += width;
    if ('literal' in part) {
      if (piece !== part.literal) return null;
    } else {
      if (piece.length < width || !/^[0-9]+$/.test(piece)) return null;
      fields[part.directive] = Number(piece);
    }
  }
  const { Y: year, m: month, d: day, H: hour, M: minute, S: second } = fields;
  const isTime = hour <= 23 && minute <= 59 && second <= 59;
  if (position !== trimmed.length || !isTime || !isRealDate({ year, month, day })) return null;
  return { year, month, day, hour, minute, second };
}

/** Whether a text is a date of the calendar, YYYY-MM-DD. */
export function isIsoDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  return year !== undefined && isRealDate({ year: Number(year), month: Number(month), day: Number(day) });
}

/** Whether the calendar has this date: Gregorian throughout, as in DuckDB and Spark, from year 1. */
export function isRealDate({ year, month, day }: CalendarDate): boolean {
  if (year < 1 || month < 1 || month > 12 || day < 1) return false;
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  return day <= days;
}

/** `YYYY-MM-DD`. */
export function isoDate({ year, month, day }: CalendarDate): string {
  const two = (part: number) => String(part).padStart(2, '0');
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}
