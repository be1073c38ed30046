import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Random } from '../synth/random.ts';
import { chanceOfFall, isSteadyFall } from './steady-fall.ts';

const NIGHTS = 31;

describe('a steady fall', () => {
  it('is one that continues night after night, however slow', () => {
    const slow = Array.from({ length: NIGHTS }, (_, night) => Math.round(10_000 * 0.998 ** night));
    expect(isSteadyFall(slow)).toBe(true);
    expect(isSteadyFall(slow.slice(0, 19))).toBe(false);
    expect(isSteadyFall(slow.toReversed())).toBe(false);
  });

  it('is no single fall, and no night of many', () => {
    const once = Array.from({ length: NIGHTS }, (_, night) => (night < 15 ? 1000 : 500));
    expect(isSteadyFall(once)).toBe(false);
    expect(isSteadyFall([])).toBe(false);
    expect(isSteadyFall([7])).toBe(false);
    expect(isSteadyFall(new Array<number>(NIGHTS).fill(7))).toBe(false);
  });

  it('does not depend on the unit, nor on nights without a change', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 10_000 }), { maxLength: 60 }), (counts) => {
        const chance = chanceOfFall(counts);
        expect(chanceOfFall(counts.map((count) => 3 * count + 5))).toBeCloseTo(chance, 9);
        expect(chanceOfFall(counts.flatMap((count) => [count, count]))).toBeCloseTo(chance, 9);
      }),
    );
  });

  // the bound holds for the exact distribution: all signs of few changes
  it('has a chance that no symmetric changes exceed', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1, maxLength: 12 }), (sizes) => {
        const falls = Array.from({ length: 2 ** sizes.length }, (_, signs) =>
          countsOf(sizes.map((size, bit) => ((signs >> bit) & 1 ? size : -size))),
        );
        for (const counts of falls) {
          const fall = counts[0]! - counts.at(-1)!;
          if (fall <= 0) continue;
          const asLarge = falls.filter((other) => other[0]! - other.at(-1)! >= fall).length;
          expect(asLarge / falls.length).toBeLessThanOrEqual(chanceOfFall(counts) + 1e-12);
        }
      }),
      { numRuns: 20 },
    );
  });
});

/**
 * Nights on which nothing is wrong, and nights of a supplier that loses a little every night. The rates are those of the README of
 * `baseline/`.
 */
describe('on simulated nights', () => {
  const random = new Random(20_261_130, 'nights');
  const share = () => random.next() / 2 ** 32;
  const poisson = (mean: number) => {
    const limit = Math.exp(-mean);
    let events = 0;
    for (let product = share(); product > limit; product *= share()) events += 1;
    return events;
  };
  const uniform = (size: number) => Math.round((share() * 2 - 1) * size);
  /** @returns the share of windows of 31 nights that alarm */
  const alarms = (windows: number, walk: (night: number, count: number) => number) => {
    let alarmed = 0;
    for (let window = 0; window < windows; window += 1) {
      const counts = [20_000];
      for (let night = 1; night < NIGHTS; night += 1) counts.push(walk(night, counts.at(-1)!));
      if (isSteadyFall(counts)) alarmed += 1;
    }
    return alarmed / windows;
  };
  const isWeekend = (night: number) => night % 7 > 4;

  it.each<[string, (night: number, count: number) => number]>([
    ['as many opt-outs come as go', (_, count) => count + poisson(8) - poisson(8)],
    [
      'the same, none at weekends',
      (night, count) => (isWeekend(night) ? count : count + poisson(8) - poisson(8)),
    ],
    ['a list of which each night has another sample', () => 20_000 + uniform(200)],
    ['practices of all sizes come and go', (_, count) => count + uniform(10 ** (share() * 3))],
  ])('raises no false alarm in 20,000 months where %s', (_, walk) => {
    expect(alarms(20_000, walk)).toBeLessThanOrEqual(1e-4);
  });

  it.each<[string, number, (night: number, count: number) => number]>([
    ['0.3 % a night, with new opt-outs', 0.999, (_, count) => Math.round(count * 0.997) + poisson(8)],
    [
      '0.3 % on weekdays',
      0.95,
      (night, count) => (isWeekend(night) ? count : Math.round(count * 0.996) + poisson(8)),
    ],
    ['0.2 % a night, with noise of as much', 0.9, (_, count) => Math.round(count * 0.998) + uniform(40)],
  ])('notices a loss of %s', (_, power, walk) => {
    expect(alarms(2000, walk)).toBeGreaterThanOrEqual(power);
  });
});

function countsOf(changes: readonly number[]): number[] {
  const counts = [1000];
  for (const change of changes) counts.push(counts.at(-1)! + change);
  return counts;
}
