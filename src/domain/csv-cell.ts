import { printableText } from './printable-text.ts';

/** The characters with which a spreadsheet formula begins, also in full width and after blanks. */
const FORMULA = /^[\s]*[=+\-@\t\r＝＋－＠]/;

/**
 * A text as a cell of a CSV file that people open: quoted where it must be, without invisible characters, and with an
 * apostrophe before anything that a spreadsheet would run as a formula.
 */
export function csvCell(text: string): string {
  const guarded = FORMULA.test(text) ? `'${text}` : text;
  const printable = printableText(guarded);
  return /[",\n]/.test(printable) ? `"${printable.replaceAll('"', '""')}"` : printable;
}
