/** 32-bit words in one 16-byte token. */
const WORDS = 4;

/**
 * A set of 16-byte tokens that is asked once a row: open addressing over plain words, no object per entry.
 * A token is a hash already, so its first word gives the slot in which to look first.
 */
export class TokenSet {
  #words: Uint32Array;
  #used: Uint8Array;
  #size = 0;

  constructor(capacity = 1024) {
    const slots = 2 ** Math.ceil(Math.log2(Math.max(16, capacity * 2)));
    this.#words = new Uint32Array(slots * WORDS);
    this.#used = new Uint8Array(slots);
  }

  get size(): number {
    return this.#size;
  }

  /** True if the token with these four words (its bytes, read little-endian) is in the set. */
  has(w0: number, w1: number, w2: number, w3: number): boolean {
    return this.#size !== 0 && this.#used[this.#find(w0, w1, w2, w3)] === 1;
  }

  add(w0: number, w1: number, w2: number, w3: number): void {
    const slot = this.#find(w0, w1, w2, w3);
    if (this.#used[slot] === 1) return;
    this.#used[slot] = 1;
    const word = slot * WORDS;
    this.#words[word] = w0;
    this.#words[word + 1] = w1;
    this.#words[word + 2] = w2;
    this.#words[word + 3] = w3;
    this.#size += 1;
    if (this.#size * 2 > this.#used.length) this.#grow();
  }

  /** Adds a token given as its 16 bytes. */
  addBytes(token: Uint8Array): void {
    const view = new DataView(token.buffer, token.byteOffset, 16);
    this.add(
      view.getUint32(0, true),
      view.getUint32(4, true),
      view.getUint32(8, true),
      view.getUint32(12, true),
    );
  }

  /** Adds tokens given as four words each. */
  addAll(words: Uint32Array): void {
    while ((this.#size + words.length / WORDS) * 2 > this.#used.length) this.#grow();
    for (let word = 0; word < words.length; word += WORDS)
      this.add(words[word]!, words[word + 1]!, words[word + 2]!, words[word + 3]!);
  }

  /** True if the token given as its 16 bytes is in the set. */
  hasBytes(token: Uint8Array): boolean {
    const view = new DataView(token.buffer, token.byteOffset, 16);
    return this.has(
      view.getUint32(0, true),
      view.getUint32(4, true),
      view.getUint32(8, true),
      view.getUint32(12, true),
    );
  }

  /** The slot that holds the token, or the free slot where it would go. */
  #find(w0: number, w1: number, w2: number, w3: number): number {
    const mask = this.#used.length - 1;
    for (let slot = w0 & mask; ; slot = (slot + 1) & mask) {
      if (this.#used[slot] === 0) return slot;
      const word = slot * WORDS;
      const words = this.#words;
      if (words[word] === w0 && words[word + 1] === w1 && words[word + 2] === w2 && words[word + 3] === w3)
        return slot;
    }
  }

  #grow(): void {
    const words = this.#words;
    const used = this.#used;
    this.#words = new Uint32Array(words.length * 2);
    this.#used = new Uint8Array(used.length * 2);
    for (let slot = 0; slot < used.length; slot += 1) {
      if (used[slot] === 0) continue;
      const word = slot * WORDS;
      const to = this.#find(words[word]!, words[word + 1]!, words[word + 2]!, words[word + 3]!);
      this.#used[to] = 1;
      this.#words.set(words.subarray(word, word + WORDS), to * WORDS);
    }
  }
}
