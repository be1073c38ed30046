import { Permutation } from './permutation.ts';
import type { Random } from './random.ts';

/**
 * Unique record numbers in no visible order: the next count, shuffled within every hundred million, on top of
 * a base.
 */
export class NumberSeries {
  private readonly base: number;
  private readonly permutation: Permutation;
  private issued = 0;

  /** @param base first number of the series, a multiple of a hundred million */
  constructor(base: number, random: Random) {
    this.base = base;
    this.permutation = new Permutation(random);
  }

  next(): number {
    const index = this.issued++;
    const hundredMillions = Math.floor(index / Permutation.SIZE) * Permutation.SIZE;
    return this.base + hundredMillions + this.permutation.of(index);
  }
}
