import { POSTCODE_CHARACTERS_AT_MOST, POSTCODE_SHAPES_AT, VALUES_AT } from '../memory-layout';
import { addressOf, findCells, lengthOf, storeState } from './cells';

const SPACE: u64 = 0x20;
/** Characters of the inward part, which is behind the space. */
const INWARD: u32 = 3;
/** From A9 9AA without its space to AA99 9AA with one, or A9 9AA with three: hospitals write eight characters, whatever the postcode. */
const LEAST: u32 = 5;
const MOST: u32 = 8;
/** Spaces that may be between the parts (domain/postcode.ts). */
const MOST_SPACES: u32 = 3;

/** GX111AA as a word: Gibraltar, the one postcode of a whole territory that has a shape (domain/postcode-pseudo.ts). */
const GIBRALTAR: u64 = ((<u64>0x00414131) << 32) | 0x31315847;

/** The lowest bytes of a word, at most seven of them. */
function lowest(word: u64, bytes: u32): u64 {
  return word & (((<u64>1) << ((<u64>bytes) << 3)) - 1);
}

/** A bit for each shape of which this character may be in this position. */
function shapesWith(word: u64, position: i32): u32 {
  const character = <i32>(word >>> ((<u64>position) << 3)) & 0xff;
  return load<u8>(POSTCODE_SHAPES_AT + (position << 8) + character);
}

/** How many spaces, MOST_SPACES at most, end the first `length` bytes of a word. */
function spacesBefore(word: u64, length: u32): u32 {
  let spaces: u32 = 0;
  while (spaces < MOST_SPACES && ((word >>> ((<u64>(length - 1 - spaces)) << 3)) & 0xff) === SPACE)
    spaces += 1;
  return spaces;
}

/** Whether a word is a postcode of some shape, which is of so many characters. */
function hasShape(word: u64, characters: u32): bool {
  const ofLength = load<u8>(POSTCODE_SHAPES_AT + (POSTCODE_CHARACTERS_AT_MOST << 8) + characters);
  return (
    (ofLength &
      shapesWith(word, 0) &
      shapesWith(word, 1) &
      shapesWith(word, 2) &
      shapesWith(word, 3) &
      shapesWith(word, 4) &
      shapesWith(word, 5) &
      shapesWith(word, 6)) !==
    0
  );
}

/**
 * Postcodes: of each how many characters, and these without the space, zeros behind them, in sixteen bytes. Plain are those in
 * upper case, with three spaces at most, of a shape in ../postcode-shapes.ts, except that of Gibraltar.
 *
 * @returns how many cells are neither plain nor empty
 */
export function readPostcodes(column: i32, width: i32, from: i32, count: i32, quote: i32): i32 {
  findCells(column, width, from, count, quote);
  let others = 0;
  for (let row = 0; row < count; row += 1) {
    const length = lengthOf(row);
    const isShort = length - LEAST <= MOST - LEAST;
    const bytes = isShort ? length : MOST;
    const word = load<u64>(addressOf(row));
    const outward = bytes - INWARD;
    const characters = bytes - spacesBefore(word, outward);
    const shift = (<u64>(characters - INWARD)) << 3;
    const inward = lowest(word >>> ((<u64>outward) << 3), INWARD);
    const postcode = lowest(word, characters - INWARD) | (inward << shift);
    const isPlain = isShort && hasShape(postcode, characters) && postcode !== GIBRALTAR;
    const value: usize = VALUES_AT + (row << 4);
    v128.store(
      value,
      isPlain ? i64x2(<i64>(<u64>characters | (postcode << 32)), <i64>(postcode >>> 32)) : i64x2(0, 0),
    );
    others += storeState(row, length, isPlain);
  }
  return others;
}
