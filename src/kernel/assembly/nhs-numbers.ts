import { VALUES_AT } from '../memory-layout';
import { addressOf, findCells, lengthOf, storeState } from './cells';
import { evenOnes, foursOf, joinFours, NINE, oddOnes, ZERO } from './digits';

/** Ten digits, or three, three and four with a space between them. */
const TOGETHER: u32 = 10;
const SPACED: u32 = 12;
/** A space as xor with the character 0 leaves it, in the fourth and the eighth byte, and a mask of the two. */
const SPACES: u64 = 0x1000000010000000;
const SPACES_MASK: u64 = 0xff000000ff000000;

/** Numbers that pass the check digit and mean "missing": one digit ten times, and d00000000d. */
const TEN_TIMES: u64 = 1111111111;
const AT_BOTH_ENDS: u64 = 1000000001;

/** The first digit of the test range, 900-999. */
const TEST_RANGE: u64 = 9;

/** Of a swizzle: a zero. */
const NONE: i8 = -128;

/** Sum of ten digits by weights 10 to 2, and the check digit by 1: a multiple of eleven if it is the right one. */
function weightedSum(digits: v128): u32 {
  const sums = i32x4.add(
    i32x4.dot_i16x8_s(evenOnes(digits), i16x8(10, 8, 6, 4, 2, 0, 0, 0)),
    i32x4.dot_i16x8_s(oddOnes(digits), i16x8(9, 7, 5, 3, 1, 0, 0, 0)),
  );
  const halves = i64x2.extract_lane(sums, 0) + i64x2.extract_lane(sums, 1);
  return <u32>halves + <u32>(halves >>> 32);
}

/**
 * NHS numbers as int64, by domain/nhs-number.ts. Plain are ten digits, or 3 3 4 with single spaces, with the right check digit, which are no
 * placeholder.
 *
 * @param takesTestRange whether numbers that begin with 9 are plain too
 * @returns how many cells are neither plain nor empty
 */
export function readNhsNumbers(
  column: i32,
  width: i32,
  from: i32,
  count: i32,
  quote: i32,
  takesTestRange: bool,
): i32 {
  findCells(column, width, from, count, quote);
  const together = i8x16(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, NONE, NONE, NONE, NONE, NONE, NONE);
  const spaced = i8x16(0, 1, 2, 4, 5, 6, 8, 9, 10, 11, NONE, NONE, NONE, NONE, NONE, NONE);
  const firstRefused: u64 = takesTestRange ? TEST_RANGE + 1 : TEST_RANGE;
  let others = 0;
  for (let row = 0; row < count; row += 1) {
    const length = lengthOf(row);
    const text = v128.xor(v128.load(addressOf(row)), i8x16.splat(ZERO));
    const isSpaced = length === SPACED && (<u64>i64x2.extract_lane(text, 0) & SPACES_MASK) === SPACES;
    const digits = v128.swizzle(text, isSpaced ? spaced : together);
    // two zeros behind the tenth digit fill the third four up
    const fours = foursOf(digits);
    const value =
      joinFours(i64x2.extract_lane(fours, 0)) * 100 + <u64>(<u32>i32x4.extract_lane(fours, 2) / 100);
    const first = <u64>i8x16.extract_lane_u(digits, 0);
    const isPlain =
      (length === TOGETHER || isSpaced) &&
      !v128.any_true(i8x16.sub_sat_u(digits, i8x16.splat(NINE))) &&
      weightedSum(digits) % 11 === 0 &&
      first < firstRefused &&
      value !== first * TEN_TIMES &&
      value !== first * AT_BOTH_ENDS;
    store<u64>(VALUES_AT + (row << 3), isPlain ? value : 0);
    others += storeState(row, length, isPlain);
  }
  return others;
}
