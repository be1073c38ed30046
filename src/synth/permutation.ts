import type { Random } from './random.ts';

const HALF = 10_000; // a number of eight digits is two halves of four
const ROUNDS = 4;

/**
 * A fixed permutation of 0 .. 99,999,999: every number maps to exactly one other, so consecutive numbers become
 * unique ones without visible order, and nothing needs to be stored. A Feistel network over two four-digit halves;
 * each round's function is a random table.
 */
export class Permutation {
  static readonly SIZE: number = HALF * HALF;
  private readonly tables: readonly Uint16Array[];

  constructor(random: Random) {
    this.tables = Array.from({ length: ROUNDS }, () =>
      Uint16Array.from({ length: HALF }, () => random.below(HALF)),
    );
  }

  /** @param index 0 .. 99,999,999; larger indexes wrap round */
  of(index: number): number {
    let left = Math.floor(index / HALF) % HALF;
    let right = index % HALF;
    for (const table of this.tables) {
      const mixed = (left + table[right]!) % HALF;
      left = right;
      right = mixed;
    }
    return left * HALF + right;
  }
}
