import fc from 'fast-check';
import { expect, test } from 'vitest';
import { countRange, publishedCount, publishedCounts } from './small-number.ts';

test.each([
  [0, null],
  [7, null],
  [8, 10],
  [12, 10],
  [13, 15],
  [1_000_002, 1_000_000],
])('a count of %i is published as %s', (count, published) => {
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
])('the counts %j of one column are published as %j', (counts, published) => {
  expect(publishedCounts(counts)).toEqual(published);
});

/** Two counts that are published alike. */
const alike = fc
  .tuple(fc.nat({ max: 60 }), fc.nat({ max: 7 }), fc.nat({ max: 7 }))
  .map(([count, one, other]) =>
    publishedCount(count) === null
      ? [one, other]
      : [one, other].map((by) => Math.max(8, publishedCount(count)! - 2 + (by % 5))),
  );

test('counts that are published alike cannot be distinguished by which of them are hidden', () => {
  fc.assert(
    fc.property(fc.array(alike, { maxLength: 6 }), (pairs) => {
      const [one, other] = [0, 1].map((index) => pairs.map((pair) => pair[index]!));
      expect(one!.map(publishedCount)).toEqual(other!.map(publishedCount));
      expect(publishedCounts(one!)).toEqual(publishedCounts(other!));
      expect(one!.map(countRange)).toEqual(other!.map(countRange));
    }),
  );
});

test('a count is within the range that its published form allows', () => {
  for (let count = 0; count < 40; count += 1) {
    const { low, middle, high } = countRange(count);
    expect(low).toBeLessThanOrEqual(count + 2);
    expect(high).toBeGreaterThanOrEqual(count - 2);
    expect(middle).toBe((low + high) / 2);
  }
});
