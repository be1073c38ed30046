import { describe, expect, it } from 'vitest';
import { Permutation } from './permutation.ts';
import { Random } from './random.ts';
import { WeightedChoice } from './weighted-choice.ts';

describe('Random', () => {
  it('repeats itself for the same seed and purpose, and for no other', () => {
    const draws = (seed: number, purpose: string) => {
      const random = new Random(seed, purpose);
      return Array.from({ length: 5 }, () => random.next());
    };
    expect(draws(1, 'a')).toEqual(draws(1, 'a'));
    expect(draws(1, 'a')).not.toEqual(draws(2, 'a'));
    expect(draws(1, 'a')).not.toEqual(draws(1, 'b'));
  });

  it('never changes its first draws, because every committed fixture depends on them', () => {
    const random = new Random(20260401, 'population');
    expect([random.next(), random.next(), random.next()]).toMatchInlineSnapshot(`
      [
        486392850,
        2657748072,
        3702505237,
      ]
    `);
  });

  it('draws uniformly, within its bounds', () => {
    const random = new Random(3, 'even');
    const counts = new Array<number>(7).fill(0);
    for (let i = 0; i < 70_000; i++) counts[random.between(2, 8) - 2]!++;
    for (const count of counts) expect(Math.abs(count - 10_000)).toBeLessThan(500);
  });

  it('is true at the given rate, and never or always at rates 0 and 1', () => {
    const random = new Random(4, 'chance');
    const hits = (rate: number) =>
      Array.from({ length: 20_000 }, () => random.chance(rate)).filter(Boolean).length;
    expect(hits(0)).toBe(0);
    expect(hits(1)).toBe(20_000);
    expect(Math.abs(hits(0.1) - 2_000)).toBeLessThan(200);
  });
});

describe('WeightedChoice', () => {
  it('draws in proportion to the weights, and never an index with weight 0', () => {
    const random = new Random(5, 'weights');
    const choice = new WeightedChoice([1, 0, 2, 7]);
    const counts = [0, 0, 0, 0];
    for (let i = 0; i < 50_000; i++) counts[choice.pick(random)]!++;
    expect(counts[1]).toBe(0);
    for (const [index, expected] of [5_000, 0, 10_000, 35_000].entries()) {
      expect(Math.abs(counts[index]! - expected)).toBeLessThan(500);
    }
  });

  it('refuses weights that sum to 0', () => {
    expect(() => new WeightedChoice([0, 0])).toThrow(RangeError);
  });
});

describe('Permutation', () => {
  it('maps different numbers to different numbers, in range', () => {
    const permutation = new Permutation(new Random(6, 'permutation'));
    const images = new Set<number>();
    for (let i = 0; i < 50_000; i++) images.add(permutation.of(i));
    for (let i = 99_950_000; i < 100_000_000; i++) images.add(permutation.of(i));
    expect(images.size).toBe(100_000);
    expect([...images].filter((image) => image < 0 || image >= Permutation.SIZE)).toEqual([]);
  });
});
