import { canonicalCode, fitsCodeShape } from './clinical-code.ts';
import {
  damagedNumbers,
  digitsOf,
  isDamagedIdentifier,
  latinLetters,
  longRuns,
  readDigitsOf,
  runsTogether,
} from './damaged-code.ts';
import { keysMentioned, mayRoundTo, numberIn, wordsIn } from './mentioned-code.ts';
import type { CodeSystem } from './role.ts';
import { isIssuedConcept } from './snomed-identifier.ts';
import { plainCharacters, unwrapCode } from './written-code.ts';

/** An entry of a code list: one code, or every code that begins with it. */
export interface ListedCode {
  readonly system: CodeSystem;
  /** the key that cells' keys are compared with; a prefix has no padding */
  readonly code: string;
  readonly match: 'exact' | 'prefix';
}

/** Prefixes of codes, without dots. */
const PREFIXES: Readonly<Record<CodeSystem, RegExp>> = {
  snomed: /^[1-9][0-9]{0,17}$/,
  'read-v2': /^[0-9A-Za-z]{1,5}$/,
  ctv3: /^[0-9A-Za-z]{1,5}$/,
  'icd-10': /^[A-Z](?:[0-9](?:[0-9](?:X?[0-9]|[0-9]{2})?)?)?$/,
  'opcs-4': /^[A-Z][0-9]{0,3}$/,
  local: /./s,
};

/** A code of a GP system supplier's own, written into columns of Read codes, such as `EMISNQ123`. */
const SUPPLIER_CODE = /^[A-Za-z^][0-9A-Za-z^_]{5,}$/;

/**
 * Reads an entry of a code list into the form that cells are compared with.
 *
 * @returns the entry; or, as `fault`, why it cannot match any code of its system
 */
export function readListedCode(
  system: CodeSystem,
  text: string,
  match: ListedCode['match'],
): ListedCode | { readonly fault: string } {
  const written = system === 'local' ? text.trim() : unwrapCode(text);
  if (written === '') return { fault: 'there is no code' };
  if (system === 'local') return { system, code: written, match };
  if (/[*%?]/.test(written)) return { fault: 'a wildcard matches no code: match prefix is what it means' };
  if (/-/.test(written)) {
    return { fault: 'a range or a hyphen matches no code: one code a line, or match prefix' };
  }
  const isRead = system === 'read-v2' || system === 'ctv3';
  const canonical = canonicalCode(system, written);
  if (match === 'prefix') {
    const code = prefixOf(system, written, canonical);
    if (PREFIXES[system].test(code) || (isRead && SUPPLIER_CODE.test(code))) return { system, code, match };
    return { fault: `no ${SYSTEM_WORDS[system]} code begins so` };
  }
  if (isRead && canonical === null && SUPPLIER_CODE.test(written)) return { system, code: written, match };
  if (canonical === null || !fitsCodeShape(system, written)) {
    const why =
      system === 'snomed' && canonical !== null ? ': its check digit or its partition is wrong' : '';
    return { fault: `this is no ${SYSTEM_WORDS[system]} code${why}` };
  }
  return { system, code: canonical, match };
}

/** A prefix of canonical codes: without the padding of a Read code, and without the dot of other codes. */
function prefixOf(system: CodeSystem, written: string, canonical: string | null): string {
  if (system === 'snomed') return written;
  if (system === 'read-v2' || system === 'ctv3') return (canonical ?? written).replace(/\.+$/, '');
  return canonical ?? written.toUpperCase().replaceAll('.', '');
}

/** The name of a code system in a message. */
export const SYSTEM_WORDS: Readonly<Record<CodeSystem, string>> = {
  snomed: 'SNOMED CT',
  'read-v2': 'Read v2',
  ctv3: 'CTV3',
  'icd-10': 'ICD-10',
  'opcs-4': 'OPCS-4',
  local: 'local',
};

/**
 * True of a cell that one of a list's entries matches: their keys are compared. Read codes match in any case, and with letters
 * for their digits: a database without case writes all of them in one. A cell that cannot be read as a code of its
 * system matches where it mentions a code, with letters for digits or run together with another one, and one that is no
 * identifier of SNOMED CT where it may be a damaged or rounded one.
 */
export function matchesListedCode(system: CodeSystem, text: string, listed: readonly ListedCode[]): boolean {
  const own = indexOf(listed).get(system);
  if (own === undefined) return false;
  const canonical = canonicalCode(system, text);
  const isListed = (key: string) => keysAlike(system, key).some((one) => isIn(own, one));
  if (isListed(canonical ?? text.trim())) return true;
  if (system === 'local' || (canonical !== null && (system !== 'snomed' || isIssuedConcept(canonical))))
    return false;
  const plain = latinLetters(plainCharacters(text));
  if (canonical === null && keysWritten(system, plain).some(isListed)) return true;
  if (system !== 'snomed') return false;
  const numbers = damagedNumbers(text);
  const rounded = numberIn(plain);
  const runs = longRuns(plain);
  return [...own.exact].some(
    (code) =>
      (rounded !== null && mayRoundTo(code, rounded)) ||
      runs.some((run) => runsTogether(run, code)) ||
      numbers.some((number) => isDamagedIdentifier(number, code)),
  );
}

/** A list's entries of one system, by the form of their keys in which cells' are looked up. */
interface ListIndex {
  readonly exact: Set<string>;
  readonly prefixes: Set<string>;
  /** of the prefixes */
  readonly lengths: Set<number>;
}

const indexes = new WeakMap<readonly ListedCode[], ReadonlyMap<CodeSystem, ListIndex>>();

/** Made once a list: each distinct code of a column is looked up in it. */
function indexOf(listed: readonly ListedCode[]): ReadonlyMap<CodeSystem, ListIndex> {
  const known = indexes.get(listed);
  if (known !== undefined) return known;
  const made = new Map<CodeSystem, ListIndex>();
  for (const { system, code, match } of listed) {
    const own = made.get(system) ?? { exact: new Set(), prefixes: new Set(), lengths: new Set() };
    made.set(system, own);
    const key = keysAlike(system, code)[0]!;
    if (match === 'exact') own.exact.add(key);
    else {
      own.prefixes.add(key);
      own.lengths.add(key.length);
    }
  }
  indexes.set(listed, made);
  return made;
}

function isIn({ exact, prefixes, lengths }: ListIndex, key: string): boolean {
  return exact.has(key) || [...lengths].some((length) => prefixes.has(key.slice(0, length)));
}

/** The forms in which a key is looked up; the first is that of a list's entry. */
function keysAlike(system: CodeSystem, key: string): readonly string[] {
  if (system !== 'read-v2' && system !== 'ctv3') return [key];
  return [key.toLowerCase(), readDigitsOf(key).toLowerCase()];
}

/** The keys of codes that a text which is no code may mention, and of those that it is like. */
function keysWritten(system: CodeSystem, plain: string): readonly string[] {
  const keys = keysMentioned(system, plain);
  if (system !== 'icd-10' && system !== 'opcs-4') return keys;
  const words = wordsIn(plain).flatMap((word) => [letterAndDigits(word), ...codesRunTogether(word)]);
  return [...keys, ...words.flatMap((word) => canonicalCode(system, word) ?? [])];
}

/** Codes of ICD-10 or OPCS-4 with nothing between them: `I10B24`. */
function codesRunTogether(word: string): readonly string[] {
  const code = /[A-Za-z][0-9]{2}(?:\.?[0-9Xx]{1,2})?/g;
  const codes = word.match(code) ?? [];
  return codes.join('') === word ? codes : [];
}

/** A word as a letter and digits, where letters were written for digits or the other way about: `B2O`, `0O4`. */
function letterAndDigits(word: string): string {
  if (!/[0-9]/.test(word)) return word;
  const letter = { '0': 'O', '1': 'I' }[word[0]!] ?? word[0]!;
  return letter + digitsOf(word.slice(1));
}
