import { isSnomedIdentifier } from '../domain/snomed-identifier.ts';
import { numberOf } from './distinct-sample.ts';
import { type Decoded, decodedTexts } from './encoded-text.ts';
import { type Finding, FORMS, stopsRun } from './form.ts';
import { findNhsNumbers, isNhsNumber, type Note, type Setting } from './nhs-number-forms.ts';
import { findPostcodes } from './postcode-forms.ts';
import { readableText } from './readable-text.ts';

/** Values that are well formed in their declared code system are codes, whatever other shape they have. */
const CODE_SHAPES: Readonly<Record<string, (value: string) => boolean>> = {
  snomed: isSnomedIdentifier,
  // letter, two digits, digit or X, digit or filler, and the mark of dagger or asterisk
  'icd-10': (value) => /^[A-Z][0-9]{2}(?:[.]?[0-9X-][0-9-]?)?[*†AD]?$/.test(value),
  'opcs-4': (value) => /^[A-Z][0-9]{2}(?:[.]?[0-9])?$/.test(value),
  // five characters, the dots at the end often left off, and in version 2 the two digits of a term
  'read-v2': (value) => /^[0-9A-Za-z.]{4,5}(?:[0-9]{2})?$/.test(value),
  ctv3: (value) => /^[0-9A-Za-z.]{4,5}$/.test(value),
};

/** The context of a text. */
export interface TextKind {
  readonly setting: Setting;
  /** the declared code system of the text, if any */
  readonly system: string | null;
}

/**
 * Words that have the form of a hash: a UUID, a run id, hexadecimal digits of the usual lengths with letters among them. One in
 * thirty has ten digits in a row by chance, and nearly every one has the shape of a postcode somewhere.
 */
const HASH =
  /(?<![0-9A-Za-z])(?:[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|20\d\d-\d\d-\d\d-[0-9a-f]{12}|(?=\d*[a-f])(?:[0-9a-f]{16}|[0-9a-f]{20}|[0-9a-f]{24}|[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{48}|[0-9a-f]{56}|[0-9a-f]{64}|[0-9a-f]{96}|[0-9a-f]{128}))(?![0-9A-Za-z])/gi;
/** The text that a number must decode to, to count as a postcode in hexadecimal: one in six numbers decodes to some text. */
const IN_TWO_PARTS = /^[A-Z0-9]{3,4} [0-9][A-Z]{2}$/i;
/** Base64 words that are long enough for 15 random bytes. */
const BASE64_WORD = /[0-9A-Za-z+/_-]{20,}/g;
const LEAST_HASH = 16;
const TEN_DIGITS = /(?<!\d)\d{10}(?!\d)/g;
/** The fewest characters of a postcode, and the fewest digits of an NHS number that lost its zero. */
const LEAST = 5;
const LEAST_DIGITS = 9;

/**
 * Looks for identifiers in a text, in every form of {@link FORMS}, and reports each location.
 *
 * @param canaries readable lower-case texts that must never appear
 */
export function lookFor(
  given: string,
  canaries: readonly string[],
  { setting, system }: TextKind,
  note: Note,
): void {
  const text = readableText(given);
  if (hasCanary(text, canaries)) note('canary', 0, () => true);
  if (text.length < LEAST) return;
  if (system !== null && CODE_SHAPES[system]?.(text) === true) {
    lookAtCode(text, system, note);
    return;
  }
  lookAtPlainText(text, setting, note);
  for (const decoded of decodedTexts(text)) lookAtDecoded(decoded, canaries, note);
}

/** The kind of identifier that a single text, such as a file name, may be; every form counts. */
export function findIdentifier(
  text: string,
  canaries: readonly string[],
  system: string | null,
  setting: Setting = 'cell',
): Finding | null {
  const found = new Set<Finding>();
  lookFor(text, canaries, { setting, system }, (form, _, passes) => {
    if (stopsRun(form, 1, 1) && passes()) found.add(FORMS[form].finding);
  });
  return (['canary', 'NHS number', 'postcode'] as const).find((one) => found.has(one)) ?? null;
}

function hasCanary(text: string, canaries: readonly string[]): boolean {
  if (canaries.length === 0) return false;
  const lower = text.toLowerCase();
  return canaries.some((canary) => lower.includes(canary));
}

/** A well-formed code that could also be an identifier: the column is judged by how many there are. */
function lookAtCode(code: string, system: string, note: Note): void {
  if (system === 'snomed') {
    if (code.length === 10) note('number-as-code', Number(code), () => isNhsNumber(code));
    return;
  }
  note('postcode-as-code', numberOf(code), () => isWholePostcode(code));
}

function isWholePostcode(code: string): boolean {
  let is = false;
  findPostcodes(code, 'cell', (form, _, passes) => {
    if (form === 'postcode-alone' && passes()) is = true;
  });
  return is;
}

function lookAtDecoded({ text, isNumber }: Decoded, canaries: readonly string[], note: Note): void {
  if (hasCanary(text, canaries)) note('canary', 0, () => true);
  let hasPostcode = false;
  lookAtPlainText(text, 'prose', (form, key, passes) => {
    if (!stopsRun(form, 1, 1) || !passes()) return;
    if (FORMS[form].finding === 'postcode') hasPostcode = true;
    else note('number-encoded', key, passes);
  });
  note('postcode-encoded', numberOf(text), () => hasPostcode && (!isNumber || IN_TWO_PARTS.test(text)));
}

function lookAtPlainText(given: string, setting: Setting, note: Note): void {
  if (countDigits(given) === 0) return;
  const text = given.length < LEAST_HASH ? given : withoutHashes(given, note);
  if (countDigits(text) >= LEAST_DIGITS) findNhsNumbers(text, setting, note);
  findPostcodes(text, setting, note);
}

function withoutHashes(text: string, note: Note): string {
  return text
    .replace(HASH, (hash) => lookAtHash(hash, note))
    .replace(BASE64_WORD, (word) => (isRandom(word) ? lookAtHash(word, note) : word));
}

/**
 * In base64 of random bytes, two characters in three differ in kind (capital, small letter, digit or sign) from the one before; in
 * words that people write, very few do.
 */
function isRandom(word: string): boolean {
  let changes = 0;
  for (let index = 1; index < word.length; index += 1) {
    if (kindOf(word.charCodeAt(index)) !== kindOf(word.charCodeAt(index - 1))) changes += 1;
  }
  return /[a-z]/.test(word) && /[A-Z]/.test(word) && changes > word.length * 0.35;
}

function kindOf(code: number): number {
  return code >= 97 ? 0 : code >= 65 ? 1 : 2;
}

/** Checks the digits inside a hash, and replaces the hash by blanks. */
function lookAtHash(hash: string, note: Note): string {
  for (const [digits] of hash.matchAll(TEN_DIGITS)) {
    note('number-in-hash', Number(digits), () => isNhsNumber(digits));
  }
  return ' '.repeat(hash.length);
}

function countDigits(text: string): number {
  let digits = 0;
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code >= 48 && code <= 57) digits += 1;
  }
  return digits;
}
