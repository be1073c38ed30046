import { hasCheckDigit, NHS_NUMBER_PLACEHOLDERS } from '../domain/nhs-number.ts';

/** What a text was taken for. Which text it was is never said. */
export type Finding = 'NHS number' | 'postcode' | 'canary';

/** Ten digits standing alone, as one run or 3-3-4. */
const TEN_DIGITS = /(?<![0-9A-Za-z])(\d{10}|\d{3}[ -]\d{3}[ -]\d{4})(?![0-9A-Za-z])/g;
/** A whole postcode standing alone, with or without its space (domain reference, section 2). */
const POSTCODE =
  /(?<![0-9A-Za-z])(?:[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9][ABEHMNPRVWXY])[ _]{0,3}[0-9][ABD-HJLNP-UW-Z]{2}|GIR ?0AA)(?![0-9A-Za-z])/gi;
/** In running text "B12 1st" is a vitamin and its first dose, although B12 1ST could be a postcode. */
const ENDS_IN_ORDINAL = /[a-z][0-9]{1,2} (?:1st|2nd|3rd|[04-9]th)$/i;
/**
 * Year, month, day and hour run together, as in the names of delivered files. From 2013 on: read as a Scottish number,
 * whose first six digits are a birth date, these would be months 13 to 99.
 */
const DATE_HOUR = /^20(?:1[3-9]|[2-9][0-9])(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])(?:[01][0-9]|2[0-3])$/;

/** Values that are well formed in their declared code system are codes, whatever else they look like. */
const CODE_SHAPES: Readonly<Record<string, (value: string) => boolean>> = {
  snomed: isSnomedId,
  // letter, two digits, digit or X, digit or filler, and the mark of dagger or asterisk
  'icd-10': (value) => /^[A-Z][0-9]{2}(?:[.]?[0-9X-][0-9-]?)?[*†AD]?$/.test(value),
  'opcs-4': (value) => /^[A-Z][0-9]{2}(?:[.]?[0-9])?$/.test(value),
  // five characters, the dots at the end often left off, and in version 2 the two digits of a term
  'read-v2': (value) => /^[0-9A-Za-z.]{4,5}(?:[0-9]{2})?$/.test(value),
  ctv3: (value) => /^[0-9A-Za-z.]{4,5}$/.test(value),
};

/**
 * Looks for identifiers in a text.
 *
 * @param canaries lower-case texts that must never appear
 * @param system the code system the text is declared to be a code of, if any
 */
export function findIdentifier(
  text: string,
  canaries: readonly string[],
  system: string | null,
): Finding | null {
  const lower = text.toLowerCase();
  if (canaries.some((canary) => lower.includes(canary))) return 'canary';
  if (system !== null && CODE_SHAPES[system]?.(text) === true) return null;
  for (const [match] of text.matchAll(TEN_DIGITS))
    if (isNhsNumber(match.replaceAll(/[ -]/g, '')) && !DATE_HOUR.test(match)) return 'NHS number';
  for (const [match] of text.matchAll(POSTCODE))
    if (match === text || !ENDS_IN_ORDINAL.test(match)) return 'postcode';
  return null;
}

/** True for ten digits that a person could have: the check digit is right and it is no placeholder. */
export function isNhsNumber(digits: string): boolean {
  return hasCheckDigit(digits) && !NHS_NUMBER_PLACEHOLDERS.includes(digits);
}

/**
 * SNOMED CT identifiers: 6 to 18 digits, the two before the last naming the kind (00, 01, 02 short; 10, 11, 12 with a
 * namespace), the last a Verhoeff check digit. An NHS number passes by chance about once in 160.
 */
export function isSnomedId(value: string): boolean {
  return /^[1-9][0-9]{5,17}$/.test(value) && /[01][012].$/.test(value) && verhoeff(value) === 0;
}

/** Verhoeff's check: multiplication in the dihedral group of order ten, after permuting by place; 0 for a valid text. */
function verhoeff(digits: string): number {
  let check = 0;
  for (let place = 0; place < digits.length; place += 1) {
    let digit = digits.charCodeAt(digits.length - 1 - place) - 48;
    for (let times = place % 8; times > 0; times -= 1) digit = PERMUTATION[digit]!;
    check = multiply(check, digit);
  }
  return check;
}

const PERMUTATION = [1, 5, 7, 6, 2, 8, 3, 0, 9, 4];

/** The dihedral group of a pentagon: 0-4 are rotations, 5-9 reflections. */
function multiply(a: number, b: number): number {
  if (a < 5) return b < 5 ? (a + b) % 5 : 5 + ((a + b) % 5);
  return b < 5 ? 5 + ((((a - b) % 5) + 5) % 5) : (((a - b) % 5) + 5) % 5;
}
