import { TEXT_AT, VALUES_AT } from '../memory-layout';
import { addressOf, findCells, hasByte, isReadable, isVisible, lengthOf, storeState } from './cells';

/** The longest text that is written whole. */
const INLINE_BYTES: u32 = 12;
const VECTOR: u32 = 16;

/**
 * Texts as four words each: how many bytes; then the text, if it has at most twelve, and zeros behind it; of a longer one its first four
 * bytes, 0, and the offset in the scanned text at which it begins. Plain are those with no quote and no NUL in them that begin and end with a
 * visible character of ASCII, so that there are no blanks around them. Whether they are UTF-8 is not looked at.
 *
 * @returns how many cells are neither plain nor empty
 */
export function readTexts(column: i32, width: i32, from: i32, count: i32, quote: i32): i32 {
  findCells(column, width, from, count, quote);
  const lanes = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  let others = 0;
  for (let row = 0; row < count; row += 1) {
    const length = lengthOf(row);
    const text = addressOf(row);
    const characters = v128.load(text);
    const zeros = i8x16.bitmask(i8x16.eq(characters, i8x16.splat(0)));
    let isPlain =
      isReadable(length) &&
      isVisible(load<u8>(text)) &&
      isVisible(load<u8>(text + length - 1)) &&
      (zeros & ((1 << min(length, VECTOR)) - 1)) === 0;
    if (isPlain && length > VECTOR) isPlain = !hasByte(text + VECTOR, length - VECTOR, 0);
    const isInline = length <= INLINE_BYTES;
    const kept = v128.and(
      characters,
      isInline ? i8x16.lt_s(lanes, i8x16.splat(<i8>length)) : i32x4(-1, 0, 0, 0),
    );
    const offset = i32x4.replace_lane(i32x4.splat(0), 3, isInline ? 0 : <i32>(text - TEXT_AT));
    const words = i32x4.replace_lane(v128.shuffle<u32>(kept, kept, 0, 0, 1, 2), 0, length);
    v128.store(VALUES_AT + (row << 4), isPlain ? v128.or(words, offset) : i32x4.splat(0));
    others += storeState(row, length, isPlain);
  }
  return others;
}
