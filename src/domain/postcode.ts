/**
 * Postcodes: shapes, forms in which they arrive, and repairs. Rules: domain reference, section 2. Those that
 * are no address are in postcode-pseudo.ts, and the kinds of address in postcode-class.ts.
 */
import type { Branded } from './branded.ts';
import { pseudoPostcodeClass } from './postcode-pseudo.ts';
import { found, missing, type Standardised } from './standardised.ts';
import { trimBlanks } from './standardised-text.ts';

/**
 * The characters of each position. The domain reference bars Q V X from the first position, I J Z from the second and
 * C I K M O V from the inward part. The letter that may end an outward code (W1A, SW1A) is never I or O here, which the
 * published rules exclude there too: so S1O can only be S10. The published rules exclude more letters there; they are accepted,
 * because old records hold codes such as W1M and W1N, since withdrawn. No district of two digits begins with 0, so S01 can only
 * be SO1; districts of one digit may be 0, such as CR0.
 */
export const POSTCODE_CHARACTERS = {
  digit: '0123456789',
  tens: '123456789',
  firstLetter: 'ABCDEFGHIJKLMNOPRSTUWYZ',
  secondLetter: 'ABCDEFGHKLMNOPQRSTUVWXY',
  outwardEnd: 'ABCDEFGHJKLMNPQRSTUVWXYZ',
  inwardLetter: 'ABDEFGHJLNPQRSTUWXYZ',
} as const;

export type PostcodePosition = keyof typeof POSTCODE_CHARACTERS;

const INWARD: readonly PostcodePosition[] = ['digit', 'inwardLetter', 'inwardLetter'];

/** A9, A99, AA9, AA99, A9A, AA9A; each then 9AA. */
export const POSTCODE_SHAPES: readonly (readonly PostcodePosition[])[] = [
  ['firstLetter', 'digit', ...INWARD],
  ['firstLetter', 'tens', 'digit', ...INWARD],
  ['firstLetter', 'secondLetter', 'digit', ...INWARD],
  ['firstLetter', 'secondLetter', 'tens', 'digit', ...INWARD],
  ['firstLetter', 'digit', 'outwardEnd', ...INWARD],
  ['firstLetter', 'secondLetter', 'digit', 'outwardEnd', ...INWARD],
];

/** The one postcode of no shape: Girobank, still found in old records. */
/** A postcode in its canonical form: upper case, no space, 5 to 7 characters. */
export type Postcode = Branded<string, 'postcode'>;

export const GIROBANK = 'GIR0AA';

/**
 * Outward part, up to three spaces or underscores, inward part. That takes in the single-space form, the
 * 7-wide and 8-wide forms (outward part padded to 4 or 5) and the form with no space at all.
 */
const PARTS = /^([A-Za-z0-9]{2,4})[ _]{0,3}([A-Za-z0-9]{3})$/;

/**
 * The canonical form of a postcode: upper case, no space, 5 to 7 characters.
 *
 * The outcome is absent; invalid, for a text that is not in two parts; pseudo (no value, so it is never linked on); valid, for a
 * text that has a shape unchanged; repaired, for a text that has a shape in exactly one way once 0/O and 1/I are exchanged by
 * position; else invalid. The inward part starts with a digit in every shape, so it is settled first: PO1 OAA is PO1 0AA.
 */
export function standardisePostcode(text: string | null): Standardised<Postcode> {
  const trimmed = trimBlanks(text);
  if (trimmed === '') return missing('absent');
  const written = compactPostcode(trimmed);
  if (written === null) return missing('invalid');
  const compact = settleInward(written);
  if (pseudoPostcodeClass(compact) !== null) return missing('pseudo');
  const readings = new Set(
    POSTCODE_SHAPES.map((shape) => readAs(shape, compact)).filter((reading) => reading !== null),
  );
  if (asGirobank(compact) === GIROBANK) readings.add(GIROBANK);
  if (readings.has(compact)) return found(compact as Postcode, compact === written ? 'valid' : 'repaired');
  const [only, another] = readings;
  if (only === undefined || another !== undefined) return missing('invalid');
  return pseudoPostcodeClass(only) !== null ? missing('pseudo') : found(only as Postcode, 'repaired');
}

/**
 * Trimmed text in upper case without its separator; null where it is not two parts of ASCII letters and
 * digits.
 */
export function compactPostcode(trimmed: string): string | null {
  const parts = PARTS.exec(trimmed);
  return parts === null ? null : `${parts[1]}${parts[2]}`.toUpperCase();
}

/** The compact text with an O or I at the start of the inward part replaced by the digit that it must be. */
export function settleInward(compact: string): string {
  const [start = '', ...rest] = compact.slice(-3);
  return compact.slice(0, -3) + (readCharacter('digit', start) ?? start) + rest.join('');
}

/**
 * The compact text read as one shape, with 0/O and 1/I exchanged where the position requires it; null if it does
 * not fit.
 */
function readAs(shape: readonly PostcodePosition[], compact: string): string | null {
  if (shape.length !== compact.length) return null;
  const read = shape.map((position, index) => readCharacter(position, compact[index] ?? ''));
  return read.every((character) => character !== null) ? read.join('') : null;
}

function readCharacter(position: PostcodePosition, character: string): string | null {
  const allowed: string = POSTCODE_CHARACTERS[position];
  if (allowed.includes(character)) return character;
  const lookalike = LOOKALIKES.get(character);
  return lookalike !== undefined && allowed.includes(lookalike) ? lookalike : null;
}

const LOOKALIKES: ReadonlyMap<string, string> = new Map([
  ['0', 'O'],
  ['O', '0'],
  ['1', 'I'],
  ['I', '1'],
]);

/** GIR 0AA by position: its second position is a letter. */
function asGirobank(compact: string): string {
  return compact.startsWith('G1R') ? `GIR${compact.slice(3)}` : compact;
}
