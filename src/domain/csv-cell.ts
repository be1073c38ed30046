import { printableText } from './printable-text.ts';

/** What a spreadsheet takes for the beginning of a formula, also in full width, and behind blanks. */
const FORMULA = /^[\s]*[=+\-@\t\r＝＋－＠]/;

/**
 * A text as a cell of a CSV file that people open: quoted where it must be, without unseen characters, and with an apostrophe
 * before what a spreadsheet would carry out as a formula.
 */
export function csvCell(text: string): string {
  const guarded = FORMULA.test(text) ? `'${text}` : text;
  const printable = printableText(guarded);
  return /[",\n]/.test(printable) ? `"${printable.replaceAll('"', '""')}"` : printable;
}
