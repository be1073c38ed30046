import { POSITIONS_AT, POSITIONS_AT_ONCE, STEP_BYTES, TEXT_AT } from '../memory-layout';

const LF: i8 = 0x0a;
const CR: i8 = 0x0d;

/** The result for a text that the plain reader must parse. */
const IRREGULAR: i32 = -1;

let lineEndsOutside: i32 = 0;

/** Line ends outside quotes of the text that was scanned last. */
export function lineEndsFound(): i32 {
  return lineEndsOutside;
}

/** Line ends, within quotes or not, in the first `length` bytes of the text. */
export function countLineEnds(length: i32): i32 {
  const lineEnds = i8x16.splat(LF);
  let count = 0;
  for (let at = 0; at < length; at += STEP_BYTES) {
    const text: usize = TEXT_AT + at;
    const found = bitsOf(
      v128.load(text),
      v128.load(text, 16),
      v128.load(text, 32),
      v128.load(text, 48),
      lineEnds,
    );
    count += <i32>popcnt(found & validBits(length - at));
  }
  return count;
}

/** A bit for each byte of a step that belongs to the text, of which so many bytes are left. */
function validBits(left: i32): u64 {
  return left >= STEP_BYTES ? ~(<u64>0) : ((<u64>1) << (<u64>left)) - 1;
}

/** A bit for each of 64 bytes, the first in the lowest: whether it is this one. */
function bitsOf(a: v128, b: v128, c: v128, d: v128, byte: v128): u64 {
  return (
    <u64>(<u32>i8x16.bitmask(i8x16.eq(a, byte))) |
    ((<u64>(<u32>i8x16.bitmask(i8x16.eq(b, byte)))) << 16) |
    ((<u64>(<u32>i8x16.bitmask(i8x16.eq(c, byte)))) << 32) |
    ((<u64>(<u32>i8x16.bitmask(i8x16.eq(d, byte)))) << 48)
  );
}

/** Bit i of the result is the parity of bits 0 to i. */
function prefixParity(bits: u64): u64 {
  let x = bits;
  x ^= x << 1;
  x ^= x << 2;
  x ^= x << 4;
  x ^= x << 8;
  x ^= x << 16;
  x ^= x << 32;
  return x;
}

/** Writes the positions of all bits, counted from `base`, eight at a time: surplus ones are overwritten by the next. */
function storePositions(bits: u64, base: u32, into: usize): void {
  let left = bits;
  for (let at = into; left !== 0; at += POSITIONS_AT_ONCE * 4) {
    store<u32>(at, base + <u32>ctz(left));
    left &= left - 1;
    store<u32>(at, base + <u32>ctz(left), 4);
    left &= left - 1;
    store<u32>(at, base + <u32>ctz(left), 8);
    left &= left - 1;
    store<u32>(at, base + <u32>ctz(left), 12);
    left &= left - 1;
    store<u32>(at, base + <u32>ctz(left), 16);
    left &= left - 1;
    store<u32>(at, base + <u32>ctz(left), 20);
    left &= left - 1;
    store<u32>(at, base + <u32>ctz(left), 24);
    left &= left - 1;
    store<u32>(at, base + <u32>ctz(left), 28);
    left &= left - 1;
  }
}

/**
 * Finds delimiters and line ends outside quotes in a text that begins where a record begins.
 *
 * A text is regular if each opening quote is the first byte of a cell, and each closing one is followed by a delimiter, a line
 * end (LF or CR LF), a second quote (then both are one quote of the cell) or the end of the text. Any other text is not
 * interpreted: the plain reader parses it.
 *
 * @param length bytes of text at TEXT_AT, at most SCAN_BYTES
 * @param delimiter one byte, and none of LF, CR and the quote
 * @param quote one byte, and neither LF nor CR
 * @returns the number of positions written at POSITIONS_AT, in ascending order; IRREGULAR if the text is not regular
 */
export function scan(length: i32, delimiter: i32, quote: i32): i32 {
  const delimiters = i8x16.splat(<i8>delimiter);
  const quotes = i8x16.splat(<i8>quote);
  const lineEnds = i8x16.splat(LF);
  const returns = i8x16.splat(CR);
  let count = 0;
  let lines = 0;
  /** all ones if the byte before this step is within quotes */
  let within: u64 = 0;
  /** in the lowest bit: a cell begins at this step; the byte before it is a closing quote, or a CR behind one */
  let begins: u64 = 1;
  let closed: u64 = 0;
  let returned: u64 = 0;
  let faults: u64 = 0;
  for (let at = 0; at < length; at += STEP_BYTES) {
    const text: usize = TEXT_AT + at;
    const a = v128.load(text);
    const b = v128.load(text, 16);
    const c = v128.load(text, 32);
    const d = v128.load(text, 48);
    const valid = validBits(length - at);
    const lineEnd = bitsOf(a, b, c, d, lineEnds) & valid;
    let end = (bitsOf(a, b, c, d, delimiters) & valid) | lineEnd;
    const quoteBits = bitsOf(a, b, c, d, quotes) & valid;
    if ((quoteBits | within | closed | returned) === 0) {
      begins = end >>> 63;
    } else {
      // an opening quote and what follows it are within, a closing one is not
      const inside = prefixParity(quoteBits) ^ within;
      const opens = quoteBits & inside;
      const closes = quoteBits & ~inside;
      const carriageReturn = bitsOf(a, b, c, d, returns);
      const behindClosing = ((closes << 1) | closed) & valid;
      const behindReturn = (((behindClosing & carriageReturn) << 1) | returned) & valid;
      end &= ~inside;
      faults |= opens & ~(((end | closes) << 1) | begins);
      faults |= behindClosing & ~(end | quoteBits | carriageReturn);
      faults |= behindReturn & ~lineEnd;
      begins = (end | closes) >>> 63;
      closed = closes >>> 63;
      returned = (behindClosing & carriageReturn) >>> 63;
      within = <u64>(<i64>inside >> 63);
    }
    storePositions(end, at, POSITIONS_AT + (count << 2));
    count += <i32>popcnt(end);
    lines += <i32>popcnt(end & lineEnd);
  }
  lineEndsOutside = lines;
  return faults === 0 ? count : IRREGULAR;
}
