import { bug } from '../../../domain/problem.ts';

/** How values of 8 bytes are sorted. */
export type LongOrder = 'int64' | 'uint64' | 'float64';

const ARRAYS = { int64: BigInt64Array, uint64: BigUint64Array, float64: Float64Array } as const;

/** A table is at most half full. */
const FIRST_SLOTS = 1024;

/** The distinct values of a column of 8 bytes a row, each with a code, and at the end with its rank. */
export class DistinctLongs {
  /** code + 1; 0 where the slot is free */
  #slots = new Int32Array(FIRST_SLOTS);
  /** by code: the lower and the upper word */
  #words = new Uint32Array(FIRST_SLOTS);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** The code of a value, which is taken in if it is new. */
  codeOf(low: number, high: number): number {
    let slot = this.#slotOf(low, high);
    const known = this.#slots[slot]!;
    if (known !== 0) return known - 1;
    if ((this.#size + 1) * 2 > this.#slots.length) {
      this.#grow();
      slot = this.#slotOf(low, high);
    }
    this.#words[this.#size * 2] = low;
    this.#words[this.#size * 2 + 1] = high;
    this.#size += 1;
    this.#slots[slot] = this.#size;
    return this.#size - 1;
  }

  /**
   * The values in their order, and the rank of each code. Of doubles, -0 is before 0, and what is no number is last, as in the engine.
   */
  sorted(order: LongOrder): { readonly rankOf: Int32Array; readonly words: Uint32Array } {
    const words = this.#words.slice(0, this.#size * 2);
    new ARRAYS[order](words.buffer).sort();
    const rankOf = new Int32Array(this.#size);
    for (let rank = 0; rank < this.#size; rank += 1) {
      const known = this.#slots[this.#slotOf(words[rank * 2]!, words[rank * 2 + 1]!)]!;
      if (known === 0) throw bug('a value has changed while values were sorted');
      rankOf[known - 1] = rank;
    }
    return { rankOf, words };
  }

  /** Where a value is, or the free slot where it would be. */
  #slotOf(low: number, high: number): number {
    const slots = this.#slots;
    const words = this.#words;
    const mask = slots.length - 1;
    for (let slot = mixed(low, high) & mask; ; slot = (slot + 1) & mask) {
      const code = slots[slot]! - 1;
      if (code < 0 || (words[code * 2] === low && words[code * 2 + 1] === high)) return slot;
    }
  }

  #grow(): void {
    const { length } = this.#slots;
    const words = new Uint32Array(length * 2);
    words.set(this.#words);
    this.#words = words;
    this.#slots = new Int32Array(length * 2);
    for (let code = 0; code < this.#size; code += 1) {
      this.#slots[this.#slotOf(words[code * 2]!, words[code * 2 + 1]!)] = code + 1;
    }
  }
}

/** 32 well mixed bits of 64: numbers that differ in a few bits only must not be neighbours in the table. */
function mixed(low: number, high: number): number {
  let bits = low ^ Math.imul(high, 0x9e37_79b1);
  bits = Math.imul(bits ^ (bits >>> 16), 0x85eb_ca6b);
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2_ae35);
  return bits ^ (bits >>> 16);
}
