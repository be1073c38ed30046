import { expect, test } from 'vitest';
import { publishedCount, publishedCounts } from './small-number.ts';

test.each([
  [0, null],
  [7, null],
  [8, 10],
  [12, 10],
  [13, 15],
  [1_000_002, 1_000_000],
])('%i is published as %s', (count, published) => {
  expect(publishedCount(count)).toBe(published);
});

test.each([
  [
    [8, 9, 10],
    [10, 10, 10],
  ],
  [
    [7, 9, 30],
    [null, null, 30],
  ],
  [
    [9, 30, 7],
    [null, 30, null],
  ],
  [
    [30, 9, 9, 1],
    [30, null, 10, null],
  ],
  [
    [7, 0, 30],
    [null, null, 30],
  ],
  [[3], [null]],
  [[], []],
])('%j beside each other are published as %j', (counts, published) => {
  expect(publishedCounts(counts)).toEqual(published);
});
