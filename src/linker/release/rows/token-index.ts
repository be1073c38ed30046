import { bug } from '../../../domain/problem.ts';

/** Words of a slot: the four of a token, and its index plus one; 0 where the slot is free. */
const SLOT_WORDS = 5;

/**
 * Tokens of 16 bytes, each with an index: the number of tokens that were added before it. A table with open addressing, at most half full, in which a token
 * and its index are beside each other: a look-up is one access to memory, where the table is larger than the cache. Tokens are hashes, so that their own bits spread them.
 */
export class TokenIndex {
  /** in memory that threads share */
  #slots: Uint32Array;
  #mask: number;
  readonly #capacity: number;
  #size = 0;

  /** @param capacity the most tokens that are added */
  constructor(capacity: number) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(2, capacity * 2)));
    this.#slots = new Uint32Array(new SharedArrayBuffer(slots * SLOT_WORDS * 4));
    this.#mask = slots - 1;
    this.#capacity = capacity;
  }

  /** One that another thread has filled, to be read. @param slots its own */
  static of(slots: Uint32Array): TokenIndex {
    const index = new TokenIndex(0);
    index.#slots = slots;
    index.#mask = slots.length / SLOT_WORDS - 1;
    return index;
  }

  /** What another thread needs of it. */
  get slots(): Uint32Array {
    return this.#slots;
  }

  get size(): number {
    return this.#size;
  }

  /**
   * Adds a token; its index is the number of those before it.
   *
   * @param a its bytes 0 to 7, two words a row
   * @param b its bytes 8 to 15, likewise
   * @throws a bug for a token that is there already: it would lead to two persons
   */
  add(a: Uint32Array, b: Uint32Array, row: number): void {
    if (this.find(a, b, row) >= 0) throw bug('a token leads to more than one person');
    if (this.#size >= this.#capacity) throw bug('there are more tokens than were counted');
    let slot = a[row * 2]! & this.#mask;
    while (this.#slots[slot * SLOT_WORDS + 4] !== 0) slot = (slot + 1) & this.#mask;
    const word = slot * SLOT_WORDS;
    this.#slots[word] = a[row * 2]!;
    this.#slots[word + 1] = a[row * 2 + 1]!;
    this.#slots[word + 2] = b[row * 2]!;
    this.#slots[word + 3] = b[row * 2 + 1]!;
    this.#size += 1;
    this.#slots[word + 4] = this.#size;
  }

  /** The index of a token, or -1. */
  find(a: Uint32Array, b: Uint32Array, row: number): number {
    const slots = this.#slots;
    const first = a[row * 2]!;
    const second = a[row * 2 + 1]!;
    const third = b[row * 2]!;
    const fourth = b[row * 2 + 1]!;
    for (let slot = first & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const word = slot * SLOT_WORDS;
      const indexPlusOne = slots[word + 4]!;
      if (indexPlusOne === 0) return -1;
      if (
        slots[word] === first &&
        slots[word + 1] === second &&
        slots[word + 2] === third &&
        slots[word + 3] === fourth
      ) {
        return indexPlusOne - 1;
      }
    }
  }
}
