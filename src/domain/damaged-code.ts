/**
 * Damage to a code on its way: one character typed, scanned or moved wrongly. Only a text that is no code of its system is
 * examined for damage: of two well-formed codes neither is a damaged form of the other.
 */
import { canonicalCode } from './clinical-code.ts';
import { unwrapCode } from './written-code.ts';

/** Digits that an identifier may have lost at its end: one of 15 is then cut to 13. */
const MOST_CUT = 2;

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

const damagedBefore = new Map<string, ReadonlySet<string>>();

/**
 * Every text of digits that results from one damage to an identifier: a digit changed, lost, or written twice; two neighbours
 * swapped; one or two digits cut off its end. About twelve for each of its digits.
 */
export function damagedIdentifiers(code: string): ReadonlySet<string> {
  const known = damagedBefore.get(code);
  if (known !== undefined) return known;
  const damaged = new Set<string>();
  for (let at = 0; at < code.length; at += 1) {
    const [before, digit, next, after] = [code.slice(0, at), code[at]!, code[at + 1], code.slice(at + 1)];
    for (const other of '0123456789') damaged.add(before + other + after);
    damaged.add(before + after);
    damaged.add(before + digit + digit + after);
    if (next !== undefined) damaged.add(before + next + digit + code.slice(at + 2));
  }
  for (let cut = 1; cut <= MOST_CUT; cut += 1) damaged.add(code.slice(0, -cut));
  damaged.delete(code);
  damagedBefore.set(code, damaged);
  return damaged;
}

/**
 * True of a cell that becomes a SNOMED CT identifier when one damage is undone, with any wrapping. Letters for
 * digits are one damage, however many: a typist who uses O for 0 does so throughout.
 *
 * @param text a cell that is no well-formed identifier
 */
export function isDamagedIdentifier(text: string, code: string): boolean {
  const written = latinLetters(unwrapCode(text));
  const digits = canonicalCode('snomed', written) ?? written;
  if (damagedIdentifiers(code).has(digits)) return true;
  if (canonicalCode('snomed', digitsOf(written)) === code) return true;
  const [, start, end] = /^([0-9]*)[^0-9]([0-9]*)$/.exec(written) ?? [];
  if (start === undefined || end === undefined) return false;
  return start.length + 1 + end.length === code.length && code.startsWith(start) && code.endsWith(end);
}

/** Letters as the digits that they look like; an E stays, which may be that of an exponent. */
function digitsOf(written: string): string {
  const digitOf = (letter: string) =>
    Object.entries(LETTERS_IN_NUMBERS).find(([, letters]) => letters.includes(letter))?.[0] ?? letter;
  return written.replaceAll(/[A-DF-Za-z]/g, digitOf);
}

/**
 * True of a word that is a Read code, or a supplier's, in any case, and with letters for its digits. A Read code has no check
 * digit: with any other character changed it is another code.
 */
export function isReadLike(word: string, code: string): boolean {
  return (
    word.length === code.length && [...code].every((sought, at) => writtenFor(sought).includes(word[at]!))
  );
}

/** The characters that may be written for one of a Read code: a letter in either case, a digit or letters like it. */
export function writtenFor(character: string): string {
  const letters = LETTERS_FOR_DIGITS[character] ?? '';
  return [...new Set([character, character.toLowerCase(), character.toUpperCase()])].join('') + letters;
}
