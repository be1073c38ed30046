/**
 * The usual date layouts read as one number of eight digits: day, month and year, the year first or last,
 * with one separator or none (dd/mm/yyyy, yyyy-mm-dd, yyyymmdd).
 *
 * Strict without a pattern, which would cost 45 ns a cell. The separators' places are tested; then DuckDB's
 * cast, which also takes signs, blanks, points, underscores, exponents and 0x, is held to strictness by
 * arithmetic. Every one of those takes the place of a digit, so a number of eight digits has none of them.
 * Only an exponent makes up for its place, and leaves two zeros at the end: day or month 00, or a year
 * ending in 00, which goes the slow way. A leading 0 is one digit lost to the number: then seven digits are
 * asked for, and a digit beside the 0, for 0x and 0b begin numbers too.
 */
import { dateFormatParts } from '../../domain/date-format.ts';
import type { NamedSql } from '../../sql/named-sql.ts';
import { textLiteral } from './standardised-sql.ts';

export interface EightDigitDate {
  readonly layers: readonly (readonly NamedSql[])[];
  /** condition: this reading is certain. Where it fails, the cell may still hold a date. */
  readonly isPlain: string;
  /** yyyymmdd, where it is plain */
  readonly date: string;
}

/**
 * Days of each month; none for a month that is not 1 to 12 (NULL, so not plain). 29 February goes the slow
 * way.
 */
const DAYS_OF_MONTH = '[31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]';

/** The reading of a column under four names of one's own; null where the format is not of this kind. */
export function eightDigitDate(
  column: string,
  format: string,
  name: Readonly<Record<'digits' | 'year' | 'month' | 'day', string>>,
): EightDigitDate | null {
  const layout = layoutOf(format);
  if (layout === null) return null;
  const { separator, order } = layout;
  const yearFirst = order.startsWith('Y');
  const places = yearFirst ? ['____', '__', '__'] : ['__', '__', '____'];
  const bare = separator === '' ? column : `replace(${column}, ${textLiteral(separator)}, '')`;
  const isWide =
    separator === '' ? `strlen(${column}) = 8` : `${column} LIKE ${textLiteral(places.join(separator))}`;
  const digits = name.digits;
  const pieces = yearFirst
    ? [`${digits} // 10000`, `${digits} // 100 % 100`, `${digits} % 100`]
    : [`${digits} // 1000000`, `${digits} // 10000 % 100`, `${digits} % 10000`];
  const piece = (directive: string) => pieces[order.indexOf(directive)] ?? '';
  const { year, month, day } = name;
  const isLongEnough = `CASE WHEN ${digits} >= 10000000 THEN ${column} >= '1'
    ELSE ${digits} >= 1000000 AND ${column} < '0:' END`;
  const isExact = yearFirst
    ? `${digits} >= 10000000 AND ${column} >= '1' AND ${day} >= 1`
    : `${isLongEnough} AND ${digits} % 100 <> 0${order === 'mdY' ? ` AND ${day} >= 1` : ''}`;
  return {
    layers: [
      [
        {
          name: digits,
          sql: `CASE WHEN ${isWide} AND ${column} >= '0' THEN TRY_CAST(${bare} AS INTEGER) END`,
        },
      ],
      [
        { name: year, sql: piece('Y') },
        { name: month, sql: piece('m') },
        { name: day, sql: piece('d') },
      ],
    ],
    isPlain: `${isExact} AND ${day} <= list_extract(${DAYS_OF_MONTH}, ${month})`,
    date: order === 'Ymd' ? digits : `${year} * 10000 + ${month} * 100 + ${day}`,
  };
}

/** The order of the parts and their separator; null for any other format. */
function layoutOf(format: string): { readonly separator: string; readonly order: string } | null {
  const parts = dateFormatParts(format);
  const order = parts.flatMap((part) => ('directive' in part ? [part.directive] : [])).join('');
  const separator = parts.map((part) => ('literal' in part ? part.literal : '')).join('');
  const isUsual = /^(?:Y(?:md|dm)|(?:md|dm)Y)$/.test(order) && /^(?:|([-/. ])\1)$/.test(separator);
  const one = separator.slice(0, 1);
  return isUsual && format === Array.from(order, (directive) => `%${directive}`).join(one)
    ? { separator: one, order }
    : null;
}
