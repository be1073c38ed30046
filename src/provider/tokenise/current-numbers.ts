import type { NhsNumber } from '../../domain/nhs-number.ts';
import { BATCH } from '../../kernel/hmac-kernel.ts';
import { readInt64 } from '../../kernel/slots-text.ts';
import { setLong } from '../extract/row-vector.ts';

/** Replaces superseded NHS numbers by current ones, before anything is hashed. */
export class CurrentNumbers {
  readonly #current: ReadonlyMap<number, number>;
  readonly #words = new Uint32Array(BATCH * 2);

  /** @param superseded superseded NHS numbers, each with the one that replaces it */
  constructor(superseded: ReadonlyMap<NhsNumber, NhsNumber>) {
    this.#current = new Map([...superseded].map(([from, to]) => [Number(from), Number(to)]));
  }

  /** A vector of numbers (int64 as 32-bit words) with the superseded ones replaced. Valid until it is asked again. */
  of(numbers: Uint32Array, rows: number): Uint32Array {
    this.#words.set(numbers.subarray(0, rows * 2));
    for (let row = 0; row < rows; row += 1) {
      const current = this.#current.get(readInt64(numbers, row));
      if (current === undefined) continue;
      setLong(this.#words, row, current);
    }
    return this.#words;
  }

  /** Overwrites the numbers that it was asked for last. */
  clear(): void {
    this.#words.fill(0);
  }
}
