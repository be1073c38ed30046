import { expect, test } from 'vitest';
import { TallystickError } from './problem.ts';
import { standardiseSex } from './sex.ts';

const map = { M: 1, F: 2, I: 9, X: 9, U: 0 };

test.each([
  ['1', '1', 'valid'],
  ['2', '2', 'valid'],
  ['M', '1', 'valid'],
  [' F ', '2', 'valid'],
  ['0', null, 'not-known'],
  ['U', null, 'not-known'],
  ['9', null, 'not-specified'],
  ['I', null, 'not-specified'],
  ['X', null, 'not-specified'],
  ['m', null, 'invalid'],
  ['01', null, 'invalid'],
  ['3', null, 'invalid'],
  ['constructor', null, 'invalid'],
  ['', null, 'absent'],
  [null, null, 'absent'],
])('%j gives %j, %s', (text, value, outcome) => {
  expect(standardiseSex(text, map)).toEqual({ value, outcome });
});

test('the map of a column takes precedence over the codes', () => {
  const swapped = { '1': 2, '2': 1, '': 1 };
  expect(standardiseSex('1', swapped).value).toBe('2');
  expect(standardiseSex('2', swapped).value).toBe('1');
  expect(standardiseSex('', swapped).outcome).toBe('absent');
});

test('a map with an unknown code is refused', () => {
  expect(() => standardiseSex('M', { M: 3 })).toThrow(TallystickError);
});
