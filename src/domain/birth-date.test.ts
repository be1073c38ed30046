import { expect, test } from 'vitest';
import { isFirstOfJanuary, standardiseBirthDate } from './birth-date.ts';

const RUN_DATE = '2024-03-01';

test.each([
  ['1980-01-31', '1980-01-31', 'valid'],
  [' 1980-01-31\t', '1980-01-31', 'valid'],
  ['1895-01-01', '1895-01-01', 'valid'],
  [RUN_DATE, RUN_DATE, 'valid'],
  ['1900-01-02', '1900-01-02', 'valid'],
  ['1894-12-31', null, 'implausible'],
  ['2024-03-02', null, 'implausible'],
  ['0001-01-01', null, 'implausible'],
  ['1800-01-01', null, 'placeholder'],
  ['1801-01-01', null, 'placeholder'],
  ['1811-11-11', null, 'placeholder'],
  ['1900-01-01', null, 'placeholder'],
  ['1981-02-29', null, 'invalid'],
  ['1980-1-31', null, 'invalid'],
  ['31/01/1980', null, 'invalid'],
  ['unknown', null, 'invalid'],
  ['', null, 'absent'],
  [' ', null, 'absent'],
  [null, null, 'absent'],
])('%j gives %j, %s', (text, value, outcome) => {
  expect(standardiseBirthDate(text, '%Y-%m-%d', RUN_DATE)).toEqual({ value, outcome });
});

test('a date is read in the format of its column', () => {
  expect(standardiseBirthDate('02/01/1980', '%d/%m/%Y', RUN_DATE).value).toBe('1980-01-02');
  expect(standardiseBirthDate('19800102', '%Y%m%d', RUN_DATE).value).toBe('1980-01-02');
});

test('1 January is recognised, and other days are not', () => {
  expect(['1980-01-01', '1980-01-11', '1980-11-01'].map(isFirstOfJanuary)).toEqual([true, false, false]);
});
