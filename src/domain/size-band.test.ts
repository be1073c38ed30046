import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { sizeBand } from './size-band.ts';

describe('the band of a size', () => {
  it('has no small number, and is at least as wide as its lower end', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(20_000_000), { maxLength: 40 }), (counts) => {
        const { from, below } = sizeBand(counts);
        expect(from === 0 || from >= 100).toBe(true);
        if (below !== null) expect(below - from).toBeGreaterThanOrEqual(Math.max(100, from));
        const sorted = counts.toSorted((a, b) => a - b);
        const median = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
        expect(from <= median && median < (below ?? Number.POSITIVE_INFINITY)).toBe(true);
      }),
    );
  });

  // what a reader of two pages has, whatever one person's coming or going does to the counts
  it('is the same on the next night, unless half of the kept nights crossed its end', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 101, max: 998 }), { minLength: 3, maxLength: 30 }),
        fc.nat(5000),
        (counts, next) => {
          expect(sizeBand([...counts, next])).toEqual(sizeBand(counts));
        },
      ),
    );
  });

  it.each([
    [[], { from: 0, below: 100 }],
    [[7], { from: 0, below: 100 }],
    [[99], { from: 0, below: 100 }],
    [[100], { from: 100, below: 1000 }],
    [[1932], { from: 1000, below: 10_000 }],
    [[12_000_000], { from: 10_000_000, below: null }],
  ])('of %j', (counts, band) => expect(sizeBand(counts)).toEqual(band));
});
