import type { Random } from './random.ts';

/**
 * Draws an index with a probability proportional to its weight, in constant time for any number of
 * weights (Walker's alias method: every slot holds its own index up to a threshold, and one other index above
 * it).
 */
export class WeightedChoice {
  private readonly thresholds: Float64Array;
  private readonly aliases: Uint32Array;

  /** @param weights not negative, at least one of them positive */
  constructor(weights: ArrayLike<number>) {
    const size = weights.length;
    let sum = 0;
    for (let i = 0; i < size; i++) sum += weights[i]!;
    if (!(sum > 0)) throw new RangeError('a weighted choice needs at least one positive weight');
    this.thresholds = new Float64Array(size);
    this.aliases = new Uint32Array(size);
    const small: number[] = [];
    const large: number[] = [];
    for (let i = 0; i < size; i++) {
      this.thresholds[i] = (weights[i]! * size) / sum;
      this.aliases[i] = i;
      (this.thresholds[i]! < 1 ? small : large).push(i);
    }
    while (small.length > 0 && large.length > 0) {
      const poor = small.pop()!;
      const rich = large[large.length - 1]!;
      this.aliases[poor] = rich;
      this.thresholds[rich] = this.thresholds[rich]! - (1 - this.thresholds[poor]!);
      if (this.thresholds[rich]! < 1) small.push(large.pop()!);
    }
    // The rest is 1, up to rounding.
    for (const left of [...small, ...large]) this.thresholds[left] = 1;
  }

  /** An index into the weights. */
  pick(random: Random): number {
    const slot = random.below(this.thresholds.length);
    return random.chance(this.thresholds[slot]!) ? slot : this.aliases[slot]!;
  }
}
