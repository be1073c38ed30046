import { standardisePostcode } from './postcode.ts';

/** The practice of patients whose cell is empty. */
const NO_PRACTICE = 'none';
/** The practice of patients whose cell has no code of an organisation: such a text may be anything, and is not repeated. */
const OTHER_PRACTICE = 'other';

/** Codes of the Organisation Data Service: letters and digits, such as A81001 (a practice) or RXH (a trust). */
const SHAPE = /^(?=.*[A-Z])[A-Z0-9]{3,9}$/;

/**
 * The name under which the patients of a practice are counted. A cell in the wrong column may be a postcode or an NHS number,
 * and a name is kept with the counts and printed: so only what has the shape of a code, and is no postcode, is one.
 *
 * @param text without blanks around it; null for an empty cell
 */
export function practiceName(text: string | null): string {
  if (text === null) return NO_PRACTICE;
  return SHAPE.test(text) && standardisePostcode(text).value === null ? text : OTHER_PRACTICE;
}
