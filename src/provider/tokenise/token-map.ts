/** Entries to begin with; a power of two. */
const FIRST_SIZE = 2 ** 10;
/** The table grows when this share of it is full: beyond, a search takes long. */
const FULL = 0.6;
/** Words of an entry: the token (4), then its value (1), which is never 0. */
const ENTRY_WORDS = 5;
const VALUE_WORD = 4;

/**
 * Tokens with a whole number each, from 1 to 2^32 - 1: open addressing over plain words, no object per entry. It takes 20 bytes
 * a token and as much again to spare. Tokens are hashes: their bits need no mixing.
 */
export class TokenMap {
  #entries = new Uint32Array(FIRST_SIZE * ENTRY_WORDS);
  #size = FIRST_SIZE;
  #count = 0;

  /** The value of the token with these four words (its bytes, read little-endian); 0 where it has none. */
  get(w0: number, w1: number, w2: number, w3: number): number {
    return this.#entries[this.#find(w0, w1, w2, w3) + VALUE_WORD]!;
  }

  /** Tokens with a value. */
  get size(): number {
    return this.#count;
  }

  /** Sets bits in the value of a token, besides those that it has. */
  addBits(w0: number, w1: number, w2: number, w3: number, bits: number): void {
    this.set(w0, w1, w2, w3, (this.get(w0, w1, w2, w3) | bits) >>> 0);
  }

  /** Sets bits in the value of each of these tokens, which are four words each. */
  addBitsToAll(words: Uint32Array, bits: number): void {
    for (let word = 0; word < words.length; word += 4)
      this.addBits(words[word]!, words[word + 1]!, words[word + 2]!, words[word + 3]!, bits);
  }

  /** Gives a token a value, instead of the one that it had. */
  set(w0: number, w1: number, w2: number, w3: number, value: number): void {
    if (this.#count >= this.#size * FULL) this.#grow();
    const word = this.#find(w0, w1, w2, w3);
    if (this.#entries[word + VALUE_WORD] === 0) this.#count += 1;
    this.#put(word, w0, w1, w2, w3, value);
  }

  /** Shows every token with its value, in no order. */
  forEach(show: (w0: number, w1: number, w2: number, w3: number, value: number) => void): void {
    const entries = this.#entries;
    for (let word = 0; word < entries.length; word += ENTRY_WORDS) {
      const value = entries[word + VALUE_WORD]!;
      if (value !== 0)
        show(entries[word]!, entries[word + 1]!, entries[word + 2]!, entries[word + 3]!, value);
    }
  }

  /** Overwrites everything. */
  clear(): void {
    this.#entries.fill(0);
    this.#count = 0;
  }

  /** Index of the first word of a token's entry, or of the free entry that it would take. */
  #find(w0: number, w1: number, w2: number, w3: number): number {
    const entries = this.#entries;
    for (let slot = w0 & (this.#size - 1); ; slot = (slot + 1) & (this.#size - 1)) {
      const word = slot * ENTRY_WORDS;
      if (entries[word + VALUE_WORD] === 0) return word;
      if (
        entries[word] === w0 &&
        entries[word + 1] === w1 &&
        entries[word + 2] === w2 &&
        entries[word + 3] === w3
      ) {
        return word;
      }
    }
  }

  #put(word: number, w0: number, w1: number, w2: number, w3: number, value: number): void {
    const entries = this.#entries;
    entries[word] = w0;
    entries[word + 1] = w1;
    entries[word + 2] = w2;
    entries[word + 3] = w3;
    entries[word + VALUE_WORD] = value;
  }

  #grow(): void {
    const old = this.#entries;
    this.#size *= 2;
    this.#entries = new Uint32Array(this.#size * ENTRY_WORDS);
    for (let from = 0; from < old.length; from += ENTRY_WORDS) {
      const value = old[from + VALUE_WORD]!;
      if (value === 0) continue;
      const [w0, w1, w2, w3] = [old[from]!, old[from + 1]!, old[from + 2]!, old[from + 3]!];
      this.#put(this.#find(w0, w1, w2, w3), w0, w1, w2, w3, value);
    }
    old.fill(0);
  }
}
