import type { Random } from './random.ts';

const HALF = 10_000; // a number of eight digits is two halves of four
const ROUNDS = 4;

/**
 * A fixed shuffle of 0 .. 99,999,999: every number goes to exactly one other, so numbers counted up come out
 * unique and without visible order, with nothing to remember. A Feistel network over two four-digit halves;
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
