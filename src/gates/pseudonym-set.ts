import type { Pseudonym } from '../domain/pseudonym.ts';

/** Characters of a pseudonym: 32 hexadecimal digits. */
export const PSEUDONYM_CHARACTERS = 32;
/** The number of leading digits that index the bit set: 5 digits are 2^20 bits, 128 KiB. */
const SIEVE_DIGITS = 5;
/** Words of a pseudonym, and of one of its halves. */
const WORDS = 4;
const HALF_WORDS = 2;
const FIRST_SLOTS = 1024;

/** Value of each hexadecimal digit's character code. */
const DIGIT = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 0 : value;
});
/** Of each character code, 1 for a digit of a pseudonym, which is written in lower case. */
const IS_DIGIT = Uint8Array.from({ length: 256 }, (_, code) =>
  /[0-9a-f]/.test(String.fromCharCode(code)) ? 1 : 0,
);

/**
 * A set of pseudonyms that is queried with the bytes of a text column. A bit set indexed by the first digits rejects nearly all of
 * them, so that few are looked up. Pseudonyms are hashes, so their first digits are evenly distributed. Members are words in open
 * addressing, without an object each: there may be millions.
 */
export class PseudonymSet {
  #members = new Uint32Array(FIRST_SLOTS * WORDS);
  #used = new Uint8Array(FIRST_SLOTS);
  #size = 0;
  readonly #sieve = new Uint8Array(16 ** SIEVE_DIGITS / 8);
  readonly #asked = new Uint32Array(WORDS);

  constructor(pseudonyms: Iterable<Pseudonym>) {
    for (const pseudonym of pseudonyms) {
      const bytes = Buffer.from(pseudonym, 'hex');
      this.#add(bytes.readUInt32LE(0), bytes.readUInt32LE(4), bytes.readUInt32LE(8), bytes.readUInt32LE(12));
    }
  }

  /** Takes memory for so many more members at once. */
  reserve(more: number): void {
    let slots = this.#used.length;
    while ((this.#size + more) * 2 > slots) slots *= 2;
    if (slots > this.#used.length) this.#growTo(slots);
  }

  /**
   * Adds pseudonyms as a hasher makes them.
   *
   * @param first bytes 0 to 7 of each, one after another
   * @param second bytes 8 to 15 likewise
   */
  addHashes(first: Uint8Array, second: Uint8Array, rows: number): void {
    const firstWords = new Uint32Array(first.buffer, first.byteOffset, rows * HALF_WORDS);
    const secondWords = new Uint32Array(second.buffer, second.byteOffset, rows * HALF_WORDS);
    for (let word = 0; word < rows * HALF_WORDS; word += HALF_WORDS)
      this.#add(firstWords[word]!, firstWords[word + 1]!, secondWords[word]!, secondWords[word + 1]!);
  }

  /** True if the pseudonym that begins at offset `position` is in the set. */
  has(bytes: Uint8Array, position: number): boolean {
    const bit = sieveBit(bytes, position);
    if ((this.#sieve[bit >> 3]! & (1 << (bit & 7))) === 0) return false;
    const asked = this.#asked;
    for (let word = 0; word < WORDS; word += 1) {
      let value = 0;
      for (let byte = 0; byte < 4; byte += 1) {
        const at = position + word * 8 + byte * 2;
        const [high, low] = [bytes[at]!, bytes[at + 1]!];
        if (IS_DIGIT[high] !== 1 || IS_DIGIT[low] !== 1) return false;
        value |= ((DIGIT[high]! << 4) | DIGIT[low]!) << (byte * 8);
      }
      asked[word] = value;
    }
    return this.#used[this.#find(asked[0]!, asked[1]!, asked[2]!, asked[3]!)] === 1;
  }

  #add(w0: number, w1: number, w2: number, w3: number): void {
    const slot = this.#find(w0, w1, w2, w3);
    if (this.#used[slot] === 1) return;
    this.#put(slot, w0, w1, w2, w3);
    this.#size += 1;
    // the first five digits are the first two bytes and half of the third
    const bit = ((w0 & 0xff) << 12) | (((w0 >>> 8) & 0xff) << 4) | ((w0 >>> 20) & 0xf);
    this.#sieve[bit >> 3]! |= 1 << (bit & 7);
    if (this.#size * 2 > this.#used.length) this.#growTo(this.#used.length * 2);
  }

  #put(slot: number, w0: number, w1: number, w2: number, w3: number): void {
    this.#used[slot] = 1;
    const word = slot * WORDS;
    this.#members[word] = w0;
    this.#members[word + 1] = w1;
    this.#members[word + 2] = w2;
    this.#members[word + 3] = w3;
  }

  /** The slot that holds the pseudonym, or the free slot where it would go. */
  #find(w0: number, w1: number, w2: number, w3: number): number {
    const members = this.#members;
    const mask = this.#used.length - 1;
    for (let slot = w0 & mask; ; slot = (slot + 1) & mask) {
      const word = slot * WORDS;
      if (
        this.#used[slot] === 0 ||
        (members[word] === w0 &&
          members[word + 1] === w1 &&
          members[word + 2] === w2 &&
          members[word + 3] === w3)
      )
        return slot;
    }
  }

  #growTo(slots: number): void {
    const [members, used] = [this.#members, this.#used];
    this.#members = new Uint32Array(slots * WORDS);
    this.#used = new Uint8Array(slots);
    for (let slot = 0; slot < used.length; slot += 1) {
      if (used[slot] === 0) continue;
      const word = slot * WORDS;
      const w0 = members[word]!;
      const w1 = members[word + 1]!;
      const w2 = members[word + 2]!;
      const w3 = members[word + 3]!;
      this.#put(this.#find(w0, w1, w2, w3), w0, w1, w2, w3);
    }
  }
}

/** The pseudonym that begins at offset `position`. */
export function pseudonymAt(bytes: Uint8Array, position: number): Pseudonym {
  return Buffer.from(bytes.buffer, bytes.byteOffset + position, PSEUDONYM_CHARACTERS).toString(
    'latin1',
  ) as Pseudonym;
}

function sieveBit(bytes: Uint8Array, position: number): number {
  let bit = 0;
  for (let digit = 0; digit < SIEVE_DIGITS; digit += 1)
    bit = (bit << 4) | DIGIT[bytes[position + digit]! & 127]!;
  return bit;
}
