/** Words of a token, or of a pseudonym: its 16 bytes as four 32-bit words, read little-endian. */
export const WORDS = 4;

/**
 * An index of hashes of 16 bytes, which are evenly distributed: each is looked up by its first word, in a table that is at most
 * half full.
 */
export class WordIndex {
  /** the hashes that were put in, one after another */
  readonly #words: Uint32Array;
  /** the number of a hash and 1, by where its search begins; 0 where there is none */
  readonly #slots: Int32Array;
  readonly #mask: number;

  /** @param most how many hashes `words` has */
  constructor(words: Uint32Array, most: number = words.length / WORDS) {
    this.#words = words;
    this.#slots = new Int32Array(2 ** Math.ceil(Math.log2(Math.max(2, most * 2))));
    this.#mask = this.#slots.length - 1;
  }

  /** The number of the hash with these four words; -1 where none has them. */
  find(w0: number, w1: number, w2: number, w3: number): number {
    for (let slot = w0 & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const found = this.#slots[slot]! - 1;
      if (found < 0) return -1;
      const at = found * WORDS;
      if (
        this.#words[at] === w0 &&
        this.#words[at + 1] === w1 &&
        this.#words[at + 2] === w2 &&
        this.#words[at + 3] === w3
      ) {
        return found;
      }
    }
  }

  /** Puts in hash number `number` of `words`, which is not in yet. */
  put(number: number): void {
    let slot = this.#words[number * WORDS]! & this.#mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & this.#mask;
    this.#slots[slot] = number + 1;
  }
}
