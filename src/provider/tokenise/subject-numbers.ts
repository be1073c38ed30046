import { refused } from '../../domain/problem.ts';
import { MOST_SUBJECTS } from '../../store/subject-columns.ts';
import type { TokenWords } from '../../store/token-text.ts';
import { isValid } from '../../write/validity-bitmap.ts';

/** In place of the number of a row that names no subject. */
export const NO_SUBJECT = -1;

/** 32-bit words in one token. */
const WORDS = 4;
/** Subjects in a chunk of tokens: 1 MiB. Chunks are added and never copied. */
const CHUNK = 2 ** 16;
/** Slots to begin with; a power of two. */
const FIRST_SLOTS = 2 ** 14;
/** The slots are doubled when more of them than one in so many are taken: beyond, finding one takes long. */
const SLOTS_EACH = 2;

/** A token for each of some rows, as two columns of 8 bytes in two words, and a bit a row for those that have one. */
export interface TokenRows {
  readonly aWords: Uint32Array;
  readonly bWords: Uint32Array;
  readonly validity: Uint8Array;
}

/** The token of each subject of a source, by its number. */
export interface SubjectTokens {
  tokenOf(number: number): TokenWords;
  /** Puts the four words of a token into `words`, from `index` on. */
  copyToken(number: number, words: Int32Array, index: number): void;
}

/**
 * The subjects of one source, each with a number: 0 for the first, and one more for each that was not met before. All 128 bits of a token
 * decide.
 *
 * Memory: 16 bytes a subject for its token, and 8 to 16 for slots with open addressing. So 10 million subjects take 240 to 320 MB, and half of
 * the slots' memory more while these are doubled. Tokens are hashes: their bits need no mixing.
 */
export class SubjectNumbers implements SubjectTokens {
  readonly #source: string;
  readonly #most: number;
  readonly #tokens: Uint32Array[] = [];
  /** a subject's number plus one; 0 where the slot is free */
  #slots = new Uint32Array(FIRST_SLOTS);
  #size = 0;
  /** the number that was given last: rows of one patient are often beside each other */
  #last = 0;

  /** @param most subjects; fewer for tests */
  constructor(source: string, most = MOST_SUBJECTS) {
    this.#source = source;
    this.#most = most;
  }

  /** How many subjects have a number. */
  get size(): number {
    return this.#size;
  }

  /**
   * The number of the subject whose token has these four words (its bytes, read little-endian). One that is new gets the next.
   *
   * @throws TallystickError (exit 1) for more subjects than there are numbers
   */
  numberOf(w0: number, w1: number, w2: number, w3: number): number {
    if (this.#last < this.#size && this.#isTokenOf(this.#last, w0, w1, w2, w3)) return this.#last;
    const mask = this.#slots.length - 1;
    let slot = w0 & mask;
    for (;;) {
      const taken = this.#slots[slot]!;
      if (taken === 0) break;
      if (this.#isTokenOf(taken - 1, w0, w1, w2, w3)) {
        this.#last = taken - 1;
        return this.#last;
      }
      slot = (slot + 1) & mask;
    }
    return this.#add(slot, w0, w1, w2, w3);
  }

  /**
   * The numbers of the first `count` of these rows of a vector, in their order.
   *
   * Where there are many subjects, each look-up waits for memory twice: for the slot, and for the token. So all slots are read before the first
   * token is, and all tokens before the first subject is added: reads that do not depend on each other are waited for together.
   *
   * @param into receives them; NO_SUBJECT of a row without a token
   * @throws TallystickError (exit 1) for more subjects than there are numbers
   */
  numberRows(
    { aWords, bWords, validity }: TokenRows,
    rows: Uint16Array,
    count: number,
    into: Int32Array,
  ): void {
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let i = 0; i < count; i += 1) {
      const row = rows[i]!;
      into[i] = isValid(validity, row) ? slots[aWords[row * 2]! & mask]! : NO_SUBJECT;
    }
    for (let i = 0; i < count; i += 1) {
      if (into[i]! <= 0) continue;
      const word = rows[i]! * 2;
      const isFound = this.#isTokenOf(
        into[i]! - 1,
        aWords[word]!,
        aWords[word + 1]!,
        bWords[word]!,
        bWords[word + 1]!,
      );
      if (!isFound) into[i] = 0;
    }
    for (let i = 0; i < count; i += 1) {
      const found = into[i]!;
      const word = rows[i]! * 2;
      if (found > 0) into[i] = found - 1;
      else if (found === 0) {
        into[i] = this.numberOf(aWords[word]!, aWords[word + 1]!, bWords[word]!, bWords[word + 1]!);
      }
    }
  }

  /** The token of a number that was given. */
  tokenOf(number: number): TokenWords {
    const chunk = this.#tokens[(number / CHUNK) | 0]!;
    const word = (number & (CHUNK - 1)) * WORDS;
    return [chunk[word]!, chunk[word + 1]!, chunk[word + 2]!, chunk[word + 3]!];
  }

  copyToken(number: number, words: Int32Array, to: number): void {
    const chunk = this.#tokens[(number / CHUNK) | 0]!;
    const from = (number & (CHUNK - 1)) * WORDS;
    for (let word = 0; word < WORDS; word += 1) words[to + word] = chunk[from + word]!;
  }

  /** Overwrites everything. */
  clear(): void {
    for (const chunk of this.#tokens) chunk.fill(0);
    this.#tokens.length = 0;
    this.#slots.fill(0);
    this.#size = 0;
  }

  #isTokenOf(number: number, w0: number, w1: number, w2: number, w3: number): boolean {
    const chunk = this.#tokens[(number / CHUNK) | 0]!;
    const word = (number & (CHUNK - 1)) * WORDS;
    return chunk[word] === w0 && chunk[word + 1] === w1 && chunk[word + 2] === w2 && chunk[word + 3] === w3;
  }

  #add(slot: number, w0: number, w1: number, w2: number, w3: number): number {
    const number = this.#size;
    if (number >= this.#most) {
      throw refused({
        message: `the source ${this.#source} has more than ${this.#most.toLocaleString('en-GB')} subjects, which is as many as a store can number`,
        wayOut: 'declare its files as two sources',
      });
    }
    const word = (number & (CHUNK - 1)) * WORDS;
    if (word === 0) this.#tokens.push(new Uint32Array(CHUNK * WORDS));
    const chunk = this.#tokens[this.#tokens.length - 1]!;
    chunk[word] = w0;
    chunk[word + 1] = w1;
    chunk[word + 2] = w2;
    chunk[word + 3] = w3;
    this.#slots[slot] = number + 1;
    this.#size += 1;
    this.#last = number;
    if (this.#size * SLOTS_EACH > this.#slots.length) this.#grow();
    return number;
  }

  #grow(): void {
    this.#slots = new Uint32Array(this.#slots.length * 2);
    const mask = this.#slots.length - 1;
    for (let number = 0; number < this.#size; number += 1) {
      const chunk = this.#tokens[(number / CHUNK) | 0]!;
      let slot = chunk[(number & (CHUNK - 1)) * WORDS]! & mask;
      while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
      this.#slots[slot] = number + 1;
    }
  }
}
