/** A number as its parts are written. */
export interface ScientificNumber {
  /** the digits before the point */
  readonly whole: string;
  /** those behind it; '' where there are none */
  readonly fraction: string;
  /** by how many places the exponent moves the point; 0 without one */
  readonly moved: number;
  /** true where a sign or a fraction shows that this is a number: `8E14` alone is a Read code too */
  readonly isNumber: boolean;
}

/**
 * The mark before an exponent: E, Fortran's D, or a multiplication by ten. For patterns of both engines: a text in ASCII.
 */
export const EXPONENT_MARK = ' ?(?:[eEdD]|[xX*] ?10 ?\\^?) ?';

const SCIENTIFIC = new RegExp(`^([0-9]+)(?:[.,]([0-9]*))?(?:${EXPONENT_MARK}([+]?)0*([0-9]{1,2}))?$`);

/**
 * Reads a whole or decimal number, with an exponent or without: `827241`, `8.27241E+14`, `8,27241e014`. Programs write two or
 * three digits of an exponent, and more.
 *
 * @param written in ASCII
 * @returns null for a text that is no such number
 */
export function readScientific(written: string): ScientificNumber | null {
  const match = SCIENTIFIC.exec(written.replace('\u00d7', 'x'));
  if (match === null) return null;
  const [, whole = '', fraction, sign, exponent = '0'] = match;
  return {
    whole,
    fraction: fraction ?? '',
    moved: Number(exponent),
    isNumber: fraction !== undefined || sign !== '',
  };
}
