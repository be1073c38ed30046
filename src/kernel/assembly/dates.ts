import { PATTERN_AT, VALUES_AT, VECTOR_BYTES } from '../memory-layout';
import { addressOf, findCells, lengthOf, storeState } from './cells';
import { pairsOf } from './digits';

/** What is written of a date: an int32 yyyymmdd, an int32 of days since 1970-01-01, or an int64 of microseconds since then. */
const AS_YYYYMMDD: i32 = 0;
const AS_DAYS: i32 = 1;

/** Days that every month has. */
const LEAST_DAYS: u32 = 28;

/** Microseconds of a day and of a second. */
const DAY: i64 = 86400000000;
const SECOND: i64 = 1000000;

function daysOfMonth(year: u32, month: u32): u32 {
  const isLeap = u32((year & 3) === 0) & (u32(year % 100 !== 0) | u32(year % 400 === 0));
  // 31 30 31 30 31 30 31, and again from August on
  return 30 + ((month + (month >>> 3)) & 1) - u32(month === 2) * (2 - isLeap);
}

/**
 * Days from 1970-01-01 to a date of the Gregorian calendar. Years begin in March here, so that a leap day is the last day of its year:
 * (153 m + 2) / 5 are the days of the first m months from March on. 719468 are the days from 0000-03-01 to 1970-01-01.
 */
function daysSinceEpoch(year: u32, month: u32, day: u32): i32 {
  const isEarly = u32(month < 3);
  const y = year - isEarly;
  const m = month - 3 + 12 * isEarly;
  const dayOfYear = (153 * m + 2) / 5 + day - 1;
  return <i32>(y * 365 + (y >>> 2) - y / 100 + y / 400 + dayOfYear) - 719468;
}

/**
 * Dates, and times of a day, of one fixed pattern. Plain are those of exactly its width and literals, with a date of the calendar from 1800 to
 * 2199 and a time from 00:00:00 to 23:59:59. A part of the time that the pattern does not have is 0.
 *
 * @param bytes of the pattern at PATTERN_AT (see ../date-pattern.ts), at most MAX_PATTERN_BYTES
 * @param form AS_YYYYMMDD, AS_DAYS, or else microseconds
 * @returns how many cells are neither plain nor empty
 */
export function readDates(
  column: i32,
  width: i32,
  from: i32,
  count: i32,
  quote: i32,
  bytes: u32,
  form: i32,
): i32 {
  findCells(column, width, from, count, quote);
  const expectedLow = v128.load(PATTERN_AT);
  const expectedHigh = v128.load(PATTERN_AT, VECTOR_BYTES);
  const mostLow = v128.load(PATTERN_AT, 2 * VECTOR_BYTES);
  const mostHigh = v128.load(PATTERN_AT, 3 * VECTOR_BYTES);
  const orderLow = v128.load(PATTERN_AT, 4 * VECTOR_BYTES);
  const orderHigh = v128.load(PATTERN_AT, 5 * VECTOR_BYTES);
  // century, year of it, month, day, hour, minute, second, and nothing
  const least = i16x8(18, 0, 1, 1, 0, 0, 0, 0);
  const most = i16x8(21, 99, 12, 31, 23, 59, 59, 0);
  const joinDate = i16x8(100, 1, 100, 1, 3600, 60, 1, 0);
  let others = 0;
  for (let row = 0; row < count; row += 1) {
    const length = lengthOf(row);
    const text = addressOf(row);
    const low = v128.xor(v128.load(text), expectedLow);
    const high = v128.xor(v128.load(text, VECTOR_BYTES), expectedHigh);
    const unexpected = v128.or(i8x16.sub_sat_u(low, mostLow), i8x16.sub_sat_u(high, mostHigh));
    const parts = pairsOf(v128.or(v128.swizzle(low, orderLow), v128.swizzle(high, orderHigh)));
    const outside = v128.or(i16x8.lt_s(parts, least), i16x8.gt_s(parts, most));
    // a year, month and day as mmdd, seconds of hours and minutes, and seconds
    const joined = i32x4.dot_i16x8_s(parts, joinDate);
    const year = <u32>i32x4.extract_lane(joined, 0);
    const month = <u32>i16x8.extract_lane_u(parts, 2);
    const day = <u32>i16x8.extract_lane_u(parts, 3);
    const isPlain =
      length === bytes &&
      !v128.any_true(v128.or(unexpected, outside)) &&
      (day <= LEAST_DAYS || day <= daysOfMonth(year, month));
    if (form === AS_YYYYMMDD) {
      store<u32>(VALUES_AT + (row << 2), isPlain ? year * 10000 + <u32>i32x4.extract_lane(joined, 1) : 0);
    } else {
      const days = isPlain ? daysSinceEpoch(year, month, day) : 0;
      if (form === AS_DAYS) {
        store<i32>(VALUES_AT + (row << 2), days);
      } else {
        const seconds = isPlain ? i32x4.extract_lane(joined, 2) + i32x4.extract_lane(joined, 3) : 0;
        store<i64>(VALUES_AT + (row << 3), <i64>days * DAY + <i64>seconds * SECOND);
      }
    }
    others += storeState(row, length, isPlain);
  }
  return others;
}
