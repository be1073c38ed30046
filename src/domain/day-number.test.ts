import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseDate } from './date-format.ts';
import { dateOfDay, dayOfDate, dayOfMicroseconds, monthOfDay, yearOfDay } from './day-number.ts';

const DAY_MS = 86_400_000;
const [FIRST, LAST] = [-719_162, 2_932_896]; // 0001-01-01 and 9999-12-31

test('the month and the year of each day from the year 1 to 9999 are those of the calendar', () => {
  let wrong = 0;
  for (let day = FIRST; day <= LAST; day += 1) {
    const date = new Date(day * DAY_MS);
    const firstOfMonth = day - (date.getUTCDate() - 1);
    if (monthOfDay(day) !== firstOfMonth || yearOfDay(day) !== date.getUTCFullYear()) wrong += 1;
  }
  expect(wrong).toBe(0);
});

test('a day and its date are one another’s, from the year 1 to 9999', () => {
  let wrong = 0;
  for (let day = FIRST; day <= LAST; day += 1) {
    const date = new Date(day * DAY_MS);
    const parts = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
    if (dayOfDate(parts) !== day) wrong += 1;
    if (day % 97 === 0 && dayOfDate(parseDate(dateOfDay(day), '%Y-%m-%d')!) !== day) wrong += 1;
  }
  expect(wrong).toBe(0);
  expect(dateOfDay(0)).toBe('1970-01-01');
});

test('a moment is on its day, to the microsecond', () => {
  const day = fc.integer({ min: FIRST, max: LAST });
  const moment = fc.bigInt({ min: 0n, max: 86_399_999_999n });
  fc.assert(
    fc.property(day, fc.oneof(moment, fc.constantFrom(0n, 86_399_999_999n)), (of, time) => {
      const words = new Int32Array(new BigInt64Array([BigInt(of) * 86_400_000_000n + time]).buffer);
      expect(dayOfMicroseconds(words[0]! >>> 0, words[1]!)).toBe(of);
    }),
    { numRuns: 2000 },
  );
});
