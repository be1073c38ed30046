import { expect, test } from 'vitest';
import { flatten, signed, unsigned } from './instructions.ts';

// Examples from the DWARF standard (version 4, 7.6) and the edges of each length.
test.each([
  [0, [0x00]],
  [2, [0x02]],
  [127, [0x7f]],
  [128, [0x80, 0x01]],
  [129, [0x81, 0x01]],
  [12857, [0xb9, 0x64]],
  [0xffffffff, [0xff, 0xff, 0xff, 0xff, 0x0f]],
])('unsigned LEB128 of %i', (value, bytes) => expect(unsigned(value)).toEqual(bytes));

test.each([
  [2, [0x02]],
  [-2, [0x7e]],
  [63, [0x3f]],
  [64, [0xc0, 0x00]],
  [127, [0xff, 0x00]],
  [-64, [0x40]],
  [-127, [0x81, 0x7f]],
  [-129, [0xff, 0x7e]],
  [-(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x78]],
])('signed LEB128 of %i', (value, bytes) => expect(signed(value)).toEqual(bytes));

test('flatten keeps the order of nested code', () =>
  expect(flatten([1, [2, [3], []], 4])).toEqual([1, 2, 3, 4]));
