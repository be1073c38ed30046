import { canonicalCode } from './clinical-code.ts';
import type { CodeSystem } from './role.ts';
import { readScientific, type ScientificNumber } from './scientific-number.ts';

/**
 * The keys of the codes of a system that a text may mention, itself among them. Only for texts that cannot be read as a code
 * themselves: a longer code does not mention a shorter one.
 */
export function keysMentioned(system: CodeSystem, plain: string): readonly string[] {
  const whole = canonicalCode(system, plain);
  const found =
    system === 'snomed'
      ? [...numbersIn(plain), plain.replaceAll(/[^0-9]/g, '')].map((digits) => digits.replace(/^0+/, ''))
      : wordsIn(plain).map((word) => canonicalCode(system, word));
  return [whole, ...found].filter((key) => key !== null);
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
  const number = numberIn(plain);
  return number !== null && mayRoundTo(code, number);
}

/** The number that a text is, with no digit around it; null where it is none. */
export function numberIn(plain: string): ScientificNumber | null {
  const number = readScientific(plain.replaceAll(/^[^0-9]+|[^0-9]+$/g, ''));
  return number?.isNumber === true ? number : null;
}

/** True of a number that an identifier may have been rounded or cut to (`mayBeRounded`). */
export function mayRoundTo(code: string, { whole, fraction, moved }: ScientificNumber): boolean {
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
