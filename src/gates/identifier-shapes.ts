import { hasCheckDigit, NHS_NUMBER_PLACEHOLDERS } from '../domain/nhs-number.ts';

/** What a text was taken for. Which text it was is never said. */
export type Finding = 'NHS number' | 'postcode' | 'canary';

/** Ten digits standing alone, as one run or 3-3-4. */
const TEN_DIGITS = /(?<![0-9A-Za-z])(\d{10}|\d{3}[ -]\d{3}[ -]\d{4})(?![0-9A-Za-z])/g;
/** A whole postcode standing alone, with or without its space (domain reference, section 2). */
const POSTCODE =
  /(?<![0-9A-Za-z])(?:[A-PR-UWYZ](?:[0-9]{1,2}|[A-HK-Y][0-9]{1,2}|[0-9][A-HJKPSTUW]|[A-HK-Y][0-9][ABEHMNPRVWXY])[ _]{0,3}[0-9][ABD-HJLNP-UW-Z]{2}|GIR ?0AA)(?![0-9A-Za-z])/i;

/** Values that are well formed in their declared code system are codes, whatever else they look like. */
const CODE_SHAPES: Readonly<Record<string, (value: string) => boolean>> = {
  snomed: isSnomedId,
  'icd-10': (value) => /^[A-Z][0-9]{2}[0-9A-Z]{0,3}[*†D]?$/.test(value),
  'opcs-4': (value) => /^[A-Z][0-9]{2,3}[0-9A-Z]?$/.test(value),
  'read-v2': (value) => /^[0-9A-Za-z.]{4,7}$/.test(value),
  ctv3: (value) => /^[0-9A-Za-z.]{4,7}$/.test(value),
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
    if (isNhsNumber(match.replaceAll(/[ -]/g, ''))) return 'NHS number';
  return POSTCODE.test(text) ? 'postcode' : null;
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
