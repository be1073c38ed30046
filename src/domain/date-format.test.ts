import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  dateFormatProblem,
  dateFormatWidth,
  isoDate,
  isRealDate,
  parseDate,
  parseTimestamp,
} from './date-format.ts';
import { TallystickError } from './problem.ts';

test.each([
  ['31/01/1980', '%d/%m/%Y', '1980-01-31'],
  ['1980-01-31', '%Y-%m-%d', '1980-01-31'],
  ['19800131', '%Y%m%d', '1980-01-31'],
  ['01/31/1980', '%m/%d/%Y', '1980-01-31'],
  ['1980-01-31T23:59:59', '%Y-%m-%dT%H:%M:%S', '1980-01-31'],
  [' 19800131\u00a0', '%Y%m%d', '1980-01-31'],
  ['29/02/2000', '%d/%m/%Y', '2000-02-29'],
])('%j in %s is %s', (text, format, iso) => {
  const date = parseDate(text, format);
  expect(date && isoDate(date)).toBe(iso);
});

test.each([
  ['29/02/1900', '%d/%m/%Y'],
  ['31/04/1980', '%d/%m/%Y'],
  ['00/01/1980', '%d/%m/%Y'],
  ['01/00/1980', '%d/%m/%Y'],
  ['01/13/1980', '%d/%m/%Y'],
  ['01/01/0000', '%d/%m/%Y'],
  ['1/1/1980', '%d/%m/%Y'],
  ['01/01/80', '%d/%m/%Y'],
  ['01-01-1980', '%d/%m/%Y'],
  ['01/01/1980x', '%d/%m/%Y'],
  ['01/01/1980 00:00', '%d/%m/%Y'],
  ['+1/01/1980', '%d/%m/%Y'],
  ['٠١/01/1980', '%d/%m/%Y'],
  ['1980-01-01 24:00', '%Y-%m-%d %H:%M'],
  ['1980-01-01 23:60', '%Y-%m-%d %H:%M'],
  ['1980-01-01  1:00', '%Y-%m-%d %H:%M'],
  ['', '%Y%m%d'],
  [null, '%Y%m%d'],
])('%j in %s is no date', (text, format) => {
  expect(parseDate(text, format)).toBeNull();
});

test('a timestamp keeps its time, and parts that the format does not name are 0', () => {
  const date = { year: 1980, month: 1, day: 31 };
  expect(parseTimestamp('1980-01-31 23:59', '%Y-%m-%d %H:%M')).toEqual({
    ...date,
    hour: 23,
    minute: 59,
    second: 0,
  });
  expect(parseTimestamp('19800131', '%Y%m%d')).toEqual({ ...date, hour: 0, minute: 0, second: 0 });
});

test('the calendar agrees with that of Date on every day', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9999 }), fc.nat(14), fc.nat(33), (year, month, day) => {
      const date = new Date(0);
      date.setUTCFullYear(year, month - 1, day);
      const isSame = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
      expect(isRealDate({ year, month, day })).toBe(isSame);
    }),
  );
});

test('the width of a format is the width of every text in it', () => {
  expect(dateFormatWidth('%d/%m/%Y')).toBe(10);
  expect(dateFormatWidth('%Y-%m-%d %H:%M:%S')).toBe(19);
});

test.each([
  ['%d/%m/%y', /knows %Y/],
  ['%d/%m/%Y%', /knows %Y/],
  ['%d/%m/%Y %d', /once/],
  ['%m/%Y', /needs/],
  ['%d/%m/%Y ', /blank/],
  ['%d\u00a0%m %Y', /ASCII/],
])('the format %j is refused', (format, problem) => {
  expect(dateFormatProblem(format)).toMatch(problem);
  expect(() => parseDate('x', format)).toThrow(TallystickError);
});

test('a valid format is accepted', () => {
  expect(dateFormatProblem('%d/%m/%Y')).toBeNull();
});
