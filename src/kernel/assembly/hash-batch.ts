import {
  DIGEST_AT,
  FIRST_AT,
  INNER_BLOCK_AT,
  LANES,
  LENGTHS_AT,
  OUTER_BLOCK_AT,
  SECOND_AT,
  SLOT_BYTES,
  SLOTS_AT,
  STATE_BYTES,
  VECTOR_BYTES,
} from '../memory-layout';
import { compress } from './compress';

/** Bytes of a quarter of a message: four words, one vector. */
const QUARTER_BYTES = 16;

/**
 * Sixteen bytes of a message with the padding of SHA-256 after the message: one byte 0x80, then zeros. Other bytes of the
 * slot after the message are cleared.
 *
 * @param positions of the sixteen bytes in the message
 * @param length length of the message, in all sixteen lanes: at most 63, so a signed comparison is correct
 */
function paddedRow(at: usize, positions: v128, length: v128): v128 {
  const marker = v128.and(i8x16.eq(positions, length), i8x16.splat(<i8>0x80));
  return v128.bitselect(v128.load(at), marker, i8x16.lt_s(positions, length));
}

/**
 * Words 4q to 4q + 3 of four messages: four rows of a message each become four columns of a word each. The last shuffles turn
 * the bytes of each word as well: SHA-256 is big-endian, WebAssembly little-endian.
 */
function transposeQuarter(
  slot: usize,
  quarter: i32,
  length0: v128,
  length1: v128,
  length2: v128,
  length3: v128,
): void {
  const first = quarter * QUARTER_BYTES;
  const positions = i8x16.add(
    i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15),
    i8x16.splat(<i8>first),
  );
  const at = slot + first;
  const row0 = paddedRow(at, positions, length0);
  const row1 = paddedRow(at + SLOT_BYTES, positions, length1);
  const row2 = paddedRow(at + 2 * SLOT_BYTES, positions, length2);
  const row3 = paddedRow(at + 3 * SLOT_BYTES, positions, length3);
  const low01 = v128.shuffle<u32>(row0, row1, 0, 4, 1, 5);
  const low23 = v128.shuffle<u32>(row2, row3, 0, 4, 1, 5);
  const high01 = v128.shuffle<u32>(row0, row1, 2, 6, 3, 7);
  const high23 = v128.shuffle<u32>(row2, row3, 2, 6, 3, 7);
  const into: usize = INNER_BLOCK_AT + quarter * 4 * VECTOR_BYTES;
  v128.store(into, lowHalvesSwapped(low01, low23));
  v128.store(into, highHalvesSwapped(low01, low23), VECTOR_BYTES);
  v128.store(into, lowHalvesSwapped(high01, high23), 2 * VECTOR_BYTES);
  v128.store(into, highHalvesSwapped(high01, high23), 3 * VECTOR_BYTES);
}

/** Of words a b c d and e f g h: a b e f, the bytes of each reversed. */
function lowHalvesSwapped(x: v128, y: v128): v128 {
  return v128.shuffle<u8>(x, y, 3, 2, 1, 0, 7, 6, 5, 4, 19, 18, 17, 16, 23, 22, 21, 20);
}

/** Of words a b c d and e f g h: c d g h, the bytes of each reversed. */
function highHalvesSwapped(x: v128, y: v128): v128 {
  return v128.shuffle<u8>(x, y, 11, 10, 9, 8, 15, 14, 13, 12, 27, 26, 25, 24, 31, 30, 29, 28);
}

/** Two words of four digests, columns turned back into rows: the eight bytes of each message side by side. */
function storeHalfDigests(into: usize, firstWord: usize): void {
  const x = v128.load(firstWord);
  const y = v128.load(firstWord, VECTOR_BYTES);
  v128.store(into, v128.shuffle<u8>(x, y, 3, 2, 1, 0, 19, 18, 17, 16, 7, 6, 5, 4, 23, 22, 21, 20));
  v128.store(
    into,
    v128.shuffle<u8>(x, y, 11, 10, 9, 8, 27, 26, 25, 24, 15, 14, 13, 12, 31, 30, 29, 28),
    VECTOR_BYTES,
  );
}

/**
 * Hashes messages 0 to count - 1, four at a time. A last group of fewer than four is hashed as four: the caller must clear the
 * results after `count`.
 *
 * @param key address of the states after a key's two pad blocks
 * @param count 1 to BATCH; lengths are at most MAX_MESSAGE_BYTES. Neither is checked here
 */
export function hashBatch(key: usize, count: i32): void {
  const outerKey = key + STATE_BYTES;
  let slot: usize = SLOTS_AT;
  let length: usize = LENGTHS_AT;
  let output: usize = 0;
  for (let message = 0; message < count; message += LANES) {
    const length0 = v128.load8_splat(length);
    const length1 = v128.load8_splat(length, 4);
    const length2 = v128.load8_splat(length, 8);
    const length3 = v128.load8_splat(length, 12);
    for (let quarter = 0; quarter < 4; quarter += 1) {
      transposeQuarter(slot, quarter, length0, length1, length2, length3);
    }
    // The last word: the message's bits, and those of the pad block before it. (Word 14 is zero, because no message reaches it.)
    const bits = i32x4.shl(i32x4.add(v128.load(length), i32x4.splat(SLOT_BYTES)), 3);
    v128.store(INNER_BLOCK_AT + 15 * VECTOR_BYTES, bits);
    compress(key, INNER_BLOCK_AT, OUTER_BLOCK_AT);
    compress(outerKey, OUTER_BLOCK_AT, DIGEST_AT);
    storeHalfDigests(output + FIRST_AT, DIGEST_AT);
    storeHalfDigests(output + SECOND_AT, DIGEST_AT + 2 * VECTOR_BYTES);
    slot += LANES * SLOT_BYTES;
    length += LANES * 4;
    output += LANES * 8;
  }
}
