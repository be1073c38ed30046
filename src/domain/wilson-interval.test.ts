import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { wilsonInterval } from './wilson-interval.ts';

describe('the Wilson interval', () => {
  it.each([
    [65, 100, 0.552544, 0.736358],
    [0, 10, 0, 0.277533],
    [10, 10, 0.722467, 1],
    // 176 false matches of 77,810 (the audit of the HES identifier)
    [176, 77_810, 0.001952, 0.002621],
  ])('of %d in %d is %d to %d', (events, of, low, high) => {
    const [lower, upper] = wilsonInterval(events, of)!;
    expect(lower).toBeCloseTo(low, 6);
    expect(upper).toBeCloseTo(high, 6);
  });

  it('is null where there is nothing to take a share of', () => {
    expect(wilsonInterval(0, 0)).toBeNull();
  });

  it('contains the share itself, and stays within 0 and 1', () => {
    const counts = fc.nat({ max: 1_000_000 }).chain((of) => fc.tuple(fc.nat({ max: of }), fc.constant(of)));
    fc.assert(
      fc.property(counts, ([events, of]) => {
        fc.pre(of > 0);
        const [low, high] = wilsonInterval(events, of)!;
        expect(low).toBeGreaterThanOrEqual(0);
        expect(low).toBeLessThanOrEqual(events / of);
        expect(high).toBeGreaterThanOrEqual(events / of);
        expect(high).toBeLessThanOrEqual(1);
      }),
    );
  });
});
