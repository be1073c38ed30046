import { TEN_POWERS_AT, VALUES_AT } from '../memory-layout';
import { addressOf, findCells, lengthOf, storeState } from './cells';
import { foursOf, joinFours, NINE, ZERO } from './digits';

const MINUS: u8 = 0x2d;
const POINT: i8 = 0x2e;

/** Bytes of a vector: fifteen digits and a point at most are looked at. */
const LANES: u32 = 16;
/** Of a number, with its minus. */
const MOST_BYTES: u32 = LANES + 1;

/** Of a swizzle: a zero. */
const NONE: i8 = -128;

/** Values of the last sixteen digits of a text as a number, of which the first one is 0. */
function fifteenDigits(digits: v128): u64 {
  const fours = foursOf(digits);
  return joinFours(i64x2.extract_lane(fours, 0)) * 100000000 + joinFours(i64x2.extract_lane(fours, 1));
}

/**
 * Whole numbers as int64. Plain are digits, with a minus before them or none.
 *
 * @param mostDigits at most 15
 * @returns how many cells are neither plain nor empty
 */
export function readIntegers(
  column: i32,
  width: i32,
  from: i32,
  count: i32,
  quote: i32,
  mostDigits: u32,
): i32 {
  findCells(column, width, from, count, quote);
  const lanes = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  let others = 0;
  for (let row = 0; row < count; row += 1) {
    const length = lengthOf(row);
    const text = addressOf(row);
    const bytes = length <= MOST_BYTES ? length : 0;
    const isNegative = bytes !== 0 && load<u8>(text) === MINUS;
    const written = isNegative ? bytes - 1 : bytes;
    const isWritten = i8x16.ge_s(lanes, i8x16.splat(<i8>(LANES - written)));
    // the sixteen bytes that end where the cell does: before the text there is a guard of as many
    const values = v128.xor(v128.load(text + bytes - LANES), i8x16.splat(ZERO));
    const digits = v128.and(values, isWritten);
    const isPlain = written - 1 < mostDigits && !v128.any_true(i8x16.sub_sat_u(digits, i8x16.splat(NINE)));
    const number = <i64>fifteenDigits(digits);
    store<i64>(VALUES_AT + (row << 3), isPlain ? (isNegative ? -number : number) : 0);
    others += storeState(row, length, isPlain);
  }
  return others;
}

/**
 * Decimal numbers as the nearest double. Plain are digits, with a point behind the first or a later one or with none, and with a minus before
 * them or none. Fifteen digits are an integer below 2^53, which a double holds exactly, as it does 10^15: their quotient is rounded once, so it
 * is the nearest. -0 is 0.
 *
 * @param mostDigits before and behind the point together, at most 15
 * @returns how many cells are neither plain nor empty
 */
export function readDecimals(
  column: i32,
  width: i32,
  from: i32,
  count: i32,
  quote: i32,
  mostDigits: u32,
): i32 {
  findCells(column, width, from, count, quote);
  const lanes = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
  const oneOn = i8x16(NONE, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14);
  let others = 0;
  for (let row = 0; row < count; row += 1) {
    const length = lengthOf(row);
    const text = addressOf(row);
    const bytes = length <= MOST_BYTES ? length : 0;
    const isNegative = bytes !== 0 && load<u8>(text) === MINUS;
    const written = isNegative ? bytes - 1 : bytes;
    const isWritten = i8x16.ge_s(lanes, i8x16.splat(<i8>(LANES - written)));
    const characters = v128.load(text + bytes - LANES);
    const points = i8x16.bitmask(v128.and(i8x16.eq(characters, i8x16.splat(POINT)), isWritten));
    const hasPoint = points !== 0;
    const point: i32 = hasPoint ? ctz(points) : -1;
    const behindPoint: u32 = hasPoint ? LANES - 1 - point : 0;
    // what is before the point moves one on, over it; a second one stays, and is no digit
    const joined = v128.bitselect(
      v128.swizzle(characters, oneOn),
      characters,
      i8x16.le_s(lanes, i8x16.splat(<i8>point)),
    );
    const allDigits = hasPoint ? written - 1 : written;
    const digits = v128.and(
      v128.xor(joined, i8x16.splat(ZERO)),
      i8x16.ge_s(lanes, i8x16.splat(<i8>(LANES - allDigits))),
    );
    const isPlain =
      allDigits - 1 < mostDigits &&
      behindPoint < allDigits &&
      !v128.any_true(i8x16.sub_sat_u(digits, i8x16.splat(NINE)));
    const number = <i64>fifteenDigits(digits);
    const power = load<f64>(TEN_POWERS_AT + (behindPoint << 3));
    store<f64>(VALUES_AT + (row << 3), isPlain ? <f64>(isNegative ? -number : number) / power : 0);
    others += storeState(row, length, isPlain);
  }
  return others;
}
