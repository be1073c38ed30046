/*
 * Writing canonical texts (design.md, Tokens) straight into the kernel's slots, without a string, a BigInt or
 * any other object per row. Each function writes at a byte offset `at` of the view; the caller adds up
 * offsets and sets the length.
 */

/** A view of `kernel.slots` for the functions of this file. */
export const viewSlots = (slots: Uint8Array<ArrayBuffer>): DataView<ArrayBuffer> =>
  new DataView(slots.buffer, slots.byteOffset, slots.byteLength);

/** `|`, which joins the parts of a composite. */
const BAR = 0x7c;
const HYPHEN = 0x2d;
const DIGIT_ZERO = 0x30;

/** The two ASCII digits of 0 to 99, the first in the low byte: one 16-bit little-endian store writes both. */
const PAIRS = Uint16Array.from({ length: 100 }, (_, n) => {
  const tens = DIGIT_ZERO + Math.floor(n / 10);
  const ones = DIGIT_ZERO + (n % 10);
  return tens | (ones << 8);
});
const LITTLE_ENDIAN = true;

/** Four digits, 0 to 9999, as the 32 bits of one little-endian store. */
function fourDigits(n: number): number {
  const hundreds = (n / 100) | 0;
  return PAIRS[hundreds]! | (PAIRS[n - hundreds * 100]! << 16);
}

/**
 * Item `index` of a vector of non-negative int64 below 2^53, seen as 32-bit words (little-endian: low word
 * first), as a number. Reading a BigInt64Array would make an object of every value.
 */
export const readInt64 = (words: Uint32Array, index: number): number =>
  words[index * 2 + 1]! * 0x1_0000_0000 + words[index * 2]!;

/**
 * A number from 0 to 9 999 999 999 as ten digits with leading zeros. Throws RangeError, without the number,
 * outside that.
 */
export function writeDigits10(view: DataView, at: number, value: number): void {
  if (!(value >= 0 && value <= 9_999_999_999)) throw new RangeError('A value does not have ten digits.');
  const millions = Math.floor(value / 1_000_000); // the first four digits; both halves now fit 32 bits
  const rest = (value - millions * 1_000_000) | 0; // the last six
  const middle = (rest / 100) | 0;
  view.setUint32(at, fourDigits(millions), LITTLE_ENDIAN);
  view.setUint32(at + 4, fourDigits(middle), LITTLE_ENDIAN);
  view.setUint16(at + 8, PAIRS[rest - middle * 100]!, LITTLE_ENDIAN);
}

/**
 * A date given as the number yyyymmdd, as the ten bytes YYYY-MM-DD. Throws RangeError for what has not eight
 * digits.
 */
export function writeIsoDate(view: DataView, at: number, yyyymmdd: number): void {
  if (!(yyyymmdd >= 0 && yyyymmdd <= 99_999_999)) throw new RangeError('A date does not have eight digits.');
  const year = (yyyymmdd / 10_000) | 0;
  const monthAndDay = yyyymmdd - year * 10_000;
  const month = (monthAndDay / 100) | 0;
  view.setUint32(at, fourDigits(year), LITTLE_ENDIAN);
  view.setUint32(at + 4, HYPHEN | (PAIRS[month]! << 8) | (HYPHEN << 24), LITTLE_ENDIAN);
  view.setUint16(at + 8, PAIRS[monthAndDay - month * 100]!, LITTLE_ENDIAN);
}

/** A number from 0 to 99 as two digits, without a check: the caller took it from a date. */
export const writeDigits2 = (view: DataView, at: number, value: number): void =>
  view.setUint16(at, PAIRS[value]!, LITTLE_ENDIAN);

/** A number from 0 to 9999 as four digits, without a check: the caller took it from a date. */
export const writeDigits4 = (view: DataView, at: number, value: number): void =>
  view.setUint32(at, fourDigits(value), LITTLE_ENDIAN);

/** One digit, 0 to 9. Throws RangeError outside that. */
export function writeDigit(view: DataView, at: number, digit: number): void {
  if (!(digit >= 0 && digit <= 9)) throw new RangeError('A value does not have one digit.');
  view.setUint8(at, DIGIT_ZERO + digit);
}

/** `|`. */
export const writeBar = (view: DataView, at: number): void => view.setUint8(at, BAR);

/** Bytes of text that fit into a DuckDB string_t; it points at longer text. */
export const INLINE_TEXT_BYTES = 12;

/**
 * Item `index` of a vector of DuckDB's string_t, seen as 32-bit words: its text, if it is short enough to
 * fit into the struct itself. Returns the text's length in bytes, or -1 (and nothing is written) if it is
 * longer than 12.
 *
 * All twelve bytes are written whatever the length, which needs no loop and is why `at` may be at most 52
 * bytes into a slot: the bytes after the text are overwritten by the next part, or are after the message,
 * where they are ignored.
 */
export function writeInlineText(view: DataView, at: number, strings: Uint32Array, index: number): number {
  const item = index * 4; // 0: length in bytes  1-3: the text, zeros behind it
  const length = strings[item]!;
  if (length > INLINE_TEXT_BYTES) return -1;
  view.setUint32(at, strings[item + 1]!, LITTLE_ENDIAN);
  view.setUint32(at + 4, strings[item + 2]!, LITTLE_ENDIAN);
  view.setUint32(at + 8, strings[item + 3]!, LITTLE_ENDIAN);
  return length;
}
