/** Declared dates in SQL: the strict reader of domain/date-format.ts, over text columns. */
import { DIRECTIVE_WIDTHS, dateFormatParts, dateFormatWidth } from '../../domain/date-format.ts';
import { textLiteral, trimmedSql } from './standardised-sql.ts';

/** DATE, or NULL where the cell is not in the format or the calendar does not have the date. */
export function dateSql(column: string, format: string): string {
  return `CAST(${timestampSql(column, format)} AS DATE)`;
}

/**
 * TIMESTAMP without a zone; parts of the time that the format does not name are 0. NULL as for {@link
 * dateSql}.
 */
export function timestampSql(column: string, format: string): string {
  return strictly(column, format, strictly(trimmedSql(column), format, 'NULL'));
}

/**
 * One reading of a text, strict although DuckDB's strptime is not.
 *
 * strptime skips blanks at both ends and takes 1 for %d. Between two bars, text and format alike, it has
 * nothing to skip; and it takes no more digits than a directive's width, so in a text of the format's width
 * none can be short. What is left is a blank in the format, for which strptime takes any run of blanks
 * (there a pattern decides), and the year 0000.
 */
function strictly(text: string, format: string, otherwise: string): string {
  const isWide = /\s/.test(format)
    ? `regexp_full_match(${text}, ${digitsPattern(format)})`
    : `strlen(${text}) = ${dateFormatWidth(format)}`;
  return `CASE WHEN ${isWide} AND ${text} NOT LIKE ${yearZero(format)}
    THEN try_strptime('|' || ${text} || '|', ${textLiteral(`|${format}|`)}) ELSE ${otherwise} END`;
}

/** A LIKE pattern for texts of this format in the year 0000. */
function yearZero(format: string): string {
  return textLiteral(
    dateFormatParts(format)
      .map((part) => ('literal' in part ? '_' : part.directive === 'Y' ? '0000' : '__'))
      .join(''),
  );
}

function digitsPattern(format: string): string {
  const piece = (part: ReturnType<typeof dateFormatParts>[number]) =>
    'literal' in part
      ? `\\x{${part.literal.charCodeAt(0).toString(16)}}`
      : `[0-9]{${DIRECTIVE_WIDTHS[part.directive]}}`;
  return textLiteral(dateFormatParts(format).map(piece).join(''));
}
