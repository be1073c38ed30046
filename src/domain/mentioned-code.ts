import { canonicalCode } from './clinical-code.ts';
import type { CodeSystem } from './role.ts';
import { plainCharacters } from './written-code.ts';

/** A code of a list: its key, and whether codes that begin with it match too. */
export interface SoughtCode {
  readonly system: CodeSystem;
  readonly code: string;
  readonly match: 'exact' | 'prefix';
}

/**
 * True of a text that contains a code, with any text around it, or that may be a rounded form of the code.
 * Only for texts that cannot be read as a code themselves: a longer code does not mention a shorter one.
 */
export function mentionsCode(text: string, sought: SoughtCode): boolean {
  const plain = plainCharacters(text);
  const hits = (key: string | null) =>
    key !== null && (sought.match === 'prefix' ? key.startsWith(sought.code) : key === sought.code);
  if (hits(canonicalCode(sought.system, plain))) return true;
  if (sought.system === 'snomed') {
    if (sought.match === 'exact' && mayBeRounded(plain, sought.code)) return true;
    return [...numbersIn(plain), plain.replaceAll(/[^0-9]/g, '')].some((digits) =>
      hits(digits.replace(/^0+/, '')),
    );
  }
  return wordsIn(plain).some((word) => hits(canonicalCode(sought.system, word)));
}

/** Runs of digits. */
function numbersIn(plain: string): readonly string[] {
  return plain.match(/[0-9]+/g) ?? [];
}

/** Words of letters, digits and dots; those with dots also in their parts, and with their parts joined. */
export function wordsIn(plain: string): readonly string[] {
  const dotted = (plain.match(/[0-9A-Za-z.]+/g) ?? []).map((word) => word.replace(/^\.+/, ''));
  const parts = plain.match(/[0-9A-Za-z]+/g) ?? [];
  return [...dotted, ...dotted.map((word) => word.replace(/\.+$/, '')), ...parts, parts.join('')];
}

/**
 * True of a number that an identifier may have been rounded or cut to: `8.27241E+14`, or `827241000000000`, which a
 * spreadsheet saves after rounding. At least two digits must be lost: a number that differs in its last digit is another one.
 */
export function mayBeRounded(plain: string, code: string): boolean {
  const match = /^[^0-9]*([0-9]+)(?:[.,]([0-9]*))?(?:[eE](\+?)([0-9]{1,2}))?[^0-9]*$/.exec(plain);
  if (match === null) return false;
  const [, whole = '', fraction, sign, exponent = '0'] = match;
  if (fraction === undefined && sign === '') return false; // 8E14. is a Read code
  return mayRoundTo(code, whole, fraction ?? '', Number(exponent));
}

function mayRoundTo(code: string, whole: string, fraction: string, moved: number): boolean {
  const written = (whole + fraction.slice(0, moved)).replace(/^0+/, '');
  const length = written.length + Math.max(0, moved - fraction.length);
  if (length !== code.length) return false;
  const kept = written.replace(/0+$/, '');
  const digits = Math.max(1, kept.length);
  // with an exponent, one lost digit is enough
  if (code.length - digits < (moved > fraction.length ? 1 : 2)) return false;
  const cut = code.slice(0, digits);
  const rounded = String(BigInt(cut) + (code[digits]! >= '5' ? 1n : 0n));
  const isKept = (form: string) => form.replace(/0+$/, '') === kept;
  return isKept(cut) || isKept(rounded);
}
