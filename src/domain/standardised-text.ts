/**
 * The blanks around a cell, defined once for every field and both engines.
 *
 * JavaScript, RE2 and DuckDB each define white space differently, so the characters are listed: the six of ASCII (tab, line
 * feed, vertical tab, form feed, carriage return, space) and U+00A0, the no-break space that spreadsheets and web pages leave.
 * Any other character, such as U+2003 or a zero-width space, is part of the cell and makes it invalid, so that it is counted and
 * not silently dropped.
 */
const BLANKS = '\t\n\v\f\r \u00a0';

const AROUND = new RegExp(`^[${BLANKS}]+|[${BLANKS}]+$`, 'g');

/** The cell without the blanks at either end; '' for a cell that is null or blank. */
export function trimBlanks(text: string | null): string {
  return text === null ? '' : text.replace(AROUND, '');
}
