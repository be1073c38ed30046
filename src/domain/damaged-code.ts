/**
 * Damage to a code on its way: one character typed, scanned or moved wrongly. Only a text that is no code of its system is
 * examined for damage: of two well-formed codes neither is a damaged form of the other.
 */
import { canonicalCode } from './clinical-code.ts';
import { isIssuedConcept } from './snomed-identifier.ts';
import { unwrapCode } from './written-code.ts';

/** Digits that an identifier may have lost at its end: one of 15 is then cut to 13. */
export const MOST_CUT = 2;

/** Letters that look like a digit. No Read code has an I or an O, so reading them as 1 and 0 is safe. */
const LETTERS_FOR_DIGITS: Readonly<Record<string, string>> = { '0': 'oO', '1': 'iIl' };
/** Further letters that are read as digits where the whole identifier consists of digits. */
const LETTERS_IN_NUMBERS: Readonly<Record<string, string>> = {
  ...LETTERS_FOR_DIGITS,
  '2': 'zZ',
  '5': 'sS',
  '6': 'G',
  '8': 'B',
};

/** Cyrillic and Greek letters, each with the Latin letter that it looks like. */
const FOREIGN: Readonly<Record<string, string>> = {
  A: '\u0410\u0391',
  B: '\u0412\u0392',
  C: '\u0421',
  E: '\u0415\u0395',
  H: '\u041d\u0397',
  I: '\u0406\u04c0\u0399',
  J: '\u0408',
  K: '\u041a\u039a',
  M: '\u041c\u039c',
  N: '\u039d',
  O: '\u041e\u039f',
  P: '\u0420\u03a1',
  S: '\u0405',
  T: '\u0422\u03a4',
  V: '\u0474',
  X: '\u0425\u03a7',
  Y: '\u0423\u03a5',
  Z: '\u0396',
  a: '\u0430\u03b1',
  c: '\u0441',
  e: '\u0435',
  i: '\u0456\u03b9',
  j: '\u0458',
  l: '\u04cf',
  o: '\u043e\u03bf',
  p: '\u0440\u03c1',
  s: '\u0455',
  u: '\u03c5',
  v: '\u0475\u03bd',
  x: '\u0445\u03c7',
  y: '\u0443',
};
const LATIN_OF = new Map(
  Object.entries(FOREIGN).flatMap(([latin, foreign]) => [...foreign].map((one) => [one, latin] as const)),
);

/** The text with letters of other scripts replaced by the Latin letters that they look like. */
export function latinLetters(text: string): string {
  return /^[ -~]*$/.test(text) ? text : [...text].map((one) => LATIN_OF.get(one) ?? one).join('');
}

/**
 * True of a text of digits that one damage makes of an identifier: a digit changed, lost, or put in; two neighbours swapped;
 * one or two digits cut off its end.
 */
export function isOneDamageFrom(code: string, digits: string): boolean {
  const longer = digits.length - code.length;
  if (longer < 0 && -longer <= MOST_CUT && code.startsWith(digits)) return true;
  if (Math.abs(longer) > 1) return false;
  let position = 0;
  while (position < code.length && digits[position] === code[position]) position += 1;
  if (longer === 1) return digits.slice(position + 1) === code.slice(position);
  if (longer === -1) return digits.slice(position) === code.slice(position + 1);
  if (position === code.length) return false;
  if (digits.slice(position + 1) === code.slice(position + 1)) return true;
  const isSwapped = digits[position] === code[position + 1] && digits[position + 1] === code[position];
  return isSwapped && digits.slice(position + 2) === code.slice(position + 2);
}

/**
 * The numbers that a text may hold of which one character or more went wrong, whatever they are wrapped in: a prefix, a term,
 * separators. Well-formed identifiers of concepts that may have been issued are none.
 *
 * @returns digits with at most one other character in each, besides letters for digits
 */
export function damagedNumbers(text: string): readonly string[] {
  const written = latinLetters(unwrapCode(text));
  if (written.length < SHORTEST_DAMAGED) return [];
  const parts = written.split(/[^0-9A-Za-z]+/);
  const words = [...parts, parts.join('')].flatMap((word) => {
    const [, bare = ''] = /^[A-Za-z]*(.*?)[A-Za-z]*$/.exec(word) ?? [];
    const [, start = ''] = /^[A-Za-z]*(.*)$/.exec(word) ?? [];
    const [, end = ''] = /^(.*?)[A-Za-z]*$/.exec(word) ?? [];
    return [word, start, end, bare];
  });
  const canonical = canonicalCode('snomed', written);
  const numbers = new Set(
    [written, ...words, ...(canonical === null ? [] : [canonical])].map((one) => one.replace(/^0+/, '')),
  );
  return [...numbers].filter(
    (one) => one.length >= SHORTEST_DAMAGED && IS_NEARLY_DIGITS.test(digitsOf(one)) && !isIssuedConcept(one),
  );
}

/** An identifier of six digits, the shortest, that has lost two. */
const SHORTEST_DAMAGED = 4;
const IS_NEARLY_DIGITS = /^[0-9]*[^0-9]?[0-9]*$/;

/**
 * True of a number (`damagedNumbers`) that becomes a SNOMED CT identifier by undoing one damage. Letters for digits are one
 * damage, however many: whoever types O for 0 does so throughout.
 */
export function isDamagedIdentifier(number: string, code: string): boolean {
  if (number.length > code.length + 1 || number.length < code.length - MOST_CUT) return false;
  if (/^[0-9]+$/.test(number)) return isOneDamageFrom(code, number);
  if (digitsOf(number) === code) return true;
  const [, start, end] = /^([0-9]*)[^0-9]([0-9]*)$/.exec(number) ?? [];
  if (start === undefined || end === undefined) return false;
  return start.length + 1 + end.length === code.length && code.startsWith(start) && code.endsWith(end);
}

/** Runs of digits in which codes may have lost what was between them: those that are no code themselves. */
export function longRuns(plain: string): readonly string[] {
  return (plain.match(/[0-9]{7,}/g) ?? []).filter((run) => !isIssuedConcept(run));
}

/** True of a run of digits (`longRuns`) in which a code's are, among others. */
export function runsTogether(run: string, code: string): boolean {
  return run.length > code.length && run.includes(code);
}

const digitOf = (lettersByDigit: Readonly<Record<string, string>>) =>
  new Map(
    Object.entries(lettersByDigit).flatMap(([digit, letters]) =>
      [...letters].map((letter) => [letter, digit] as const),
    ),
  );
const DIGIT_IN_NUMBERS = digitOf(LETTERS_IN_NUMBERS);
const DIGIT_IN_READ_CODES = digitOf(LETTERS_FOR_DIGITS);

/** Letters as the digits that they look like, where a text is digits but for them. */
export function digitsOf(written: string): string {
  return written.replaceAll(/[A-Za-z]/g, (letter) => DIGIT_IN_NUMBERS.get(letter) ?? letter);
}

/** Letters of a Read code as the digits that they are taken for. */
export function readDigitsOf(written: string): string {
  return written.replaceAll(/[iIloO]/g, (letter) => DIGIT_IN_READ_CODES.get(letter) ?? letter);
}

/** The characters that may be written for a digit of an identifier. */
export function writtenForDigit(digit: string): string {
  return digit + (LETTERS_IN_NUMBERS[digit] ?? '');
}

/**
 * True of a word that is a Read code, or a supplier's, in any case, and with letters for its digits. A Read code has no check
 * digit: with any other character changed it is another code.
 */
export function isReadLike(word: string, code: string): boolean {
  return (
    word.length === code.length &&
    [...code].every((sought, index) => writtenFor(sought).includes(word[index]!))
  );
}

/** The characters that may be written for one of a Read code: a letter in either case, a digit or letters like it. */
export function writtenFor(character: string): string {
  const letters = LETTERS_FOR_DIGITS[character] ?? '';
  return [...new Set([character, character.toLowerCase(), character.toUpperCase()])].join('') + letters;
}
