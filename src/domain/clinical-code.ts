/**
 * One canonical form for each code. Codes are always compared by their canonical form (opt-outs, the list of sensitive
 * codes, overrides, births). The released code is the code as delivered.
 */
import type { CodeSystem } from './role.ts';
import { readScientific } from './scientific-number.ts';
import { isConceptIdentifier } from './snomed-identifier.ts';
import { unwrapCode } from './written-code.ts';

/** Reads a code of each system from a text without its wrapping (quotes, terms, formulas). */
const READERS: Readonly<Record<CodeSystem, (written: string) => string | null>> = {
  snomed: readSnomed,
  'read-v2': readRead,
  ctv3: readRead,
  'icd-10': readIcd10,
  'opcs-4': readOpcs4,
  local: (written) => (written === '' ? null : written),
};

/** What a code of each system looks like, beyond being readable. */
const SHAPES: Readonly<Record<CodeSystem, (canonical: string) => boolean>> = {
  snomed: isConceptIdentifier,
  // Read v2 has no chapter X, and most CTV3 codes begin with X: so a CTV3 column does not pass as Read v2
  'read-v2': (canonical) => !canonical.startsWith('X'),
  ctv3: () => true,
  'icd-10': () => true,
  'opcs-4': () => true,
  local: () => true,
};

/**
 * The canonical form of a code, which all its spellings share; null for a text that cannot be read as a code of the system.
 *
 * - SNOMED CT: its digits, without leading zeros. Spellings: `.0`, an exponent that has lost no digit, thousands separators.
 * - Read v2, CTV3: five characters, padded with dots, case kept. Spellings: without the dots, with the two characters that
 *   name the chosen term (`9Nu0.00`, `43C300`), and a code of digits as a decimal (`1371.0`).
 * - ICD-10: no dot, no filler (`X`, `-`), no dagger or asterisk, upper case. A fifth character after an X keeps the X.
 * - OPCS-4: no dot, no filler, upper case.
 * - local: the text unchanged.
 */
export function canonicalCode(system: CodeSystem, text: string): string | null {
  if (system === 'local') return READERS.local(text.trim());
  return READERS[system](unwrapCode(text));
}

/** True of a text whose canonical form looks like a code of the system. Any text is a local code. */
export function fitsCodeShape(system: CodeSystem, text: string): boolean {
  const canonical = canonicalCode(system, text);
  return canonical !== null && SHAPES[system](canonical);
}

/** The key by which codes are compared: the canonical form, or the text itself where there is none, as for a supplier's own code. */
export function codeKey(system: CodeSystem, text: string): string {
  return canonicalCode(system, text) ?? text.trim();
}

function readSnomed(written: string): string | null {
  const whole = wholeNumber(withoutThousands(written.replace(/^\+/, '')));
  const digits = whole?.replace(/^0+/, '') ?? '';
  return /^[0-9]{6,18}$/.test(digits) ? digits : null;
}

/** Groups of three digits. A point is a separator only where there are two groups or more; a single one may be a decimal point. */
function withoutThousands(written: string): string {
  const grouped =
    /^([0-9]{1,3})(?:([, '\u2019_])[0-9]{3}(?:\2[0-9]{3})*|(\.)[0-9]{3}(?:\3[0-9]{3})+)(?=[.,]0{1,2}$|$)/;
  const match = grouped.exec(written);
  if (match === null) return written;
  return match[0].replaceAll(/[^0-9]/g, '') + written.slice(match[0].length);
}

/**
 * The digits of a whole number that was written as a decimal or with an exponent; null where it has a fraction, or where
 * fewer digits are written than it has: `8.27241E+14` is any of a thousand million numbers.
 */
function wholeNumber(written: string): string | null {
  const number = readScientific(written);
  if (number === null) return null;
  const { whole, fraction, moved } = number;
  if (fraction.length < moved) return null;
  return /^0*$/.test(fraction.slice(moved)) ? whole + fraction.slice(0, moved) : null;
}

function readRead(written: string): string | null {
  const decimal = /^([0-9]{1,5})\.0$/.exec(written)?.[1];
  if (decimal !== undefined) return decimal.padEnd(5, '.');
  const code =
    /^([0-9A-Za-z.]{5})[0-9][0-9A-Za-z]$/.exec(written)?.[1] ??
    /^([0-9A-Za-z]{4})[0-9]{2}$/.exec(written)?.[1] ??
    written;
  return /^[0-9A-Za-z]{1,5}\.*$/.test(code) ? code.slice(0, 5).padEnd(5, '.') : null;
}

/** Dagger and asterisk, as signs or as the D or A that HES writes after the code. */
const ICD_10 = /^([A-Z][0-9]{2})\.?(?:([0-9])\.?([0-9])?|(X[0-9]))?[X-]*\.?[X-]*[DA]?[\u2020\u2021*+]*$/;

function readIcd10(written: string): string | null {
  const match = ICD_10.exec(written.toUpperCase().replaceAll(' ', ''));
  return match === null ? null : match.slice(1).join('');
}

function readOpcs4(written: string): string | null {
  const match = /^([A-Z][0-9]{2})\.?([0-9])?[X-]*$/.exec(written.toUpperCase().replaceAll(' ', ''));
  return match === null ? null : match.slice(1).join('');
}
