import { bug, refused } from '../../domain/problem.ts';
import {
  allValid,
  MAX_VECTOR_ROWS,
  type VectorFunction,
  type VectorInput,
  type VectorResult,
} from '../../engine/vector-function.ts';
import { longWords } from '../../store/long-words.ts';
import { KNOWN_TOKEN_NUMBER, TOKEN_NUMBER, TOKEN_OF } from './token-sql.ts';

/** A slot holds a number and one, so that the greatest INTEGER is not given. */
const MOST_NUMBERS = 2 ** 31 - 1;

/** Tokens whose words are in one array: 1 MiB. */
const CHUNK_BITS = 16;
const CHUNK_TOKENS = 2 ** CHUNK_BITS;
const TOKEN_WORDS = 4;
/** The slots of the first table: a power of two, 16 MiB, of which the system provides what is used. */
const FIRST_SLOTS = 2 ** 22;
/** The table grows when this share of it is full: beyond, finding a slot takes long. */
const FULL = 0.6;
/** Of so many tokens one is looked up again, to see whether its number is its own. */
const CHECKED_SHARE = 64;

const NUMBER = [{ name: 'number', type: 'integer' }] as const;
const PAIR = ['bigint', 'bigint'] as const;

/**
 * Gives each distinct token a whole number, from 0, in the order in which they are met. That order is another each time, so that a number
 * says whether two tokens are the same, and must decide nothing else.
 *
 * SQL asks by three functions (`token-sql`). It takes 16 bytes a token, and until all numbers are given 4 bytes a slot of an
 * open-addressing table: 7 to 14 bytes a token. Tokens are hashes, so that their own bits spread them. A look-up takes 100 to 200 ns, most of
 * it for memory beyond the caches.
 */
export class TokenNumbers {
  readonly functions: readonly VectorFunction[];
  readonly #most: number;
  readonly #chunks: Uint32Array[] = [];
  /** a number plus one, 0 where the slot is free; null when all numbers are given */
  #slots: Int32Array | null = new Int32Array(FIRST_SLOTS);
  #size = 0;

  /** @param most how many numbers there are */
  constructor(most = MOST_NUMBERS) {
    this.#most = most;
    const numbers = new Int32Array(MAX_VECTOR_ROWS);
    const halves = [new Uint32Array(MAX_VECTOR_ROWS * 2), new Uint32Array(MAX_VECTOR_ROWS * 2)] as const;
    this.functions = [
      {
        name: TOKEN_NUMBER,
        parameters: PAIR,
        returns: NUMBER,
        call: (input) => [this.#giveNumbers(input, numbers)],
      },
      {
        name: KNOWN_TOKEN_NUMBER,
        parameters: PAIR,
        returns: NUMBER,
        call: (input) => [this.#findNumbers(input, numbers)],
      },
      {
        name: TOKEN_OF,
        parameters: ['integer'],
        returns: [
          { name: 'a', type: 'bigint' },
          { name: 'b', type: 'bigint' },
        ],
        call: (input) => this.#readTokens(input, halves),
      },
    ];
  }

  /** How many tokens have a number. */
  get size(): number {
    return this.#size;
  }

  /**
   * The number of the token with these four words (its bytes, read little-endian), which gets one if it has none.
   *
   * @throws TallystickError (exit 1) where there are more tokens than numbers
   * @throws a bug when all numbers have been given
   */
  numberOf(w0: number, w1: number, w2: number, w3: number): number {
    const slots = this.#openSlots();
    const slot = this.#find(slots, w0, w1, w2, w3);
    return slots[slot] === 0 ? this.#add(slot, w0, w1, w2, w3) : slots[slot]! - 1;
  }

  /**
   * No token gets a number from here on, nor is looked up by its halves. The memory of the table is free.
   *
   * @throws a bug where a token has two numbers: it would be two persons, and an opt-out of one would leave the other. One token in 64 is
   * looked up, so that a fault of the table shows, and one of memory may not
   */
  complete(): void {
    const slots = this.#openSlots();
    for (let number = 0; number < this.#size; number += CHECKED_SHARE) {
      const words = this.#chunks[number >>> CHUNK_BITS]!;
      const word = (number & (CHUNK_TOKENS - 1)) * TOKEN_WORDS;
      const slot = this.#find(slots, words[word]!, words[word + 1]!, words[word + 2]!, words[word + 3]!);
      if (slots[slot] !== number + 1) throw bug('a token has more than one number');
    }
    this.#slots = null;
  }

  /** Frees all memory: no number leads to its token any more. */
  close(): void {
    this.#slots = null;
    this.#chunks.length = 0;
    this.#size = 0;
  }

  #openSlots(): Int32Array {
    if (this.#slots === null) throw bug('a token is looked up after all numbers were given');
    return this.#slots;
  }

  /** The first loop asks memory for the slots of all rows, where one look-up after the other would wait for each. */
  #giveNumbers(input: VectorInput, numbers: Int32Array): VectorResult {
    const [a, b] = [longWords(input.bytes(0)), longWords(input.bytes(1))];
    const { rows } = input;
    const slots = this.#openSlots();
    const mask = slots.length - 1;
    for (let row = 0; row < rows; row += 1) numbers[row] = slots[a[row * 2]! & mask]! - 1;
    for (let row = 0; row < rows; row += 1) {
      const [w0, w1, w2, w3] = [a[row * 2]!, a[row * 2 + 1]!, b[row * 2]!, b[row * 2 + 1]!];
      const likely = numbers[row]!;
      if (likely < 0 || !this.#isTokenOf(likely, w0, w1, w2, w3))
        numbers[row] = this.numberOf(w0, w1, w2, w3);
    }
    return allValid(new Uint8Array(numbers.buffer));
  }

  /** NULL for a token without a number. */
  #findNumbers(input: VectorInput, numbers: Int32Array): VectorResult {
    const [a, b] = [longWords(input.bytes(0)), longWords(input.bytes(1))];
    const slots = this.#openSlots();
    const validity = new Uint8Array(Math.ceil(input.rows / 64) * 8);
    for (let row = 0; row < input.rows; row += 1) {
      const slot = this.#find(slots, a[row * 2]!, a[row * 2 + 1]!, b[row * 2]!, b[row * 2 + 1]!);
      numbers[row] = slots[slot]! - 1;
      if (slots[slot] !== 0) validity[row >> 3]! |= 1 << (row & 7);
    }
    return { values: new Uint8Array(numbers.buffer), validity };
  }

  /** @throws a bug for a number that was not given */
  #readTokens(input: VectorInput, [a, b]: readonly [Uint32Array, Uint32Array]): VectorResult[] {
    const bytes = input.bytes(0);
    const numbers = new Int32Array(bytes.buffer, bytes.byteOffset, input.rows);
    for (let row = 0; row < input.rows; row += 1) {
      const number = numbers[row]!;
      if (number < 0 || number >= this.#size) throw bug('a token is asked for by a number that none has');
      const words = this.#chunks[number >>> CHUNK_BITS]!;
      const word = (number & (CHUNK_TOKENS - 1)) * TOKEN_WORDS;
      a[row * 2] = words[word]!;
      a[row * 2 + 1] = words[word + 1]!;
      b[row * 2] = words[word + 2]!;
      b[row * 2 + 1] = words[word + 3]!;
    }
    return [allValid(new Uint8Array(a.buffer)), allValid(new Uint8Array(b.buffer))];
  }

  /** The slot of a token, or the free one in which it would be. */
  #find(slots: Int32Array, w0: number, w1: number, w2: number, w3: number): number {
    const mask = slots.length - 1;
    let slot = w0 & mask;
    while (slots[slot] !== 0 && !this.#isTokenOf(slots[slot]! - 1, w0, w1, w2, w3)) slot = (slot + 1) & mask;
    return slot;
  }

  #isTokenOf(number: number, w0: number, w1: number, w2: number, w3: number): boolean {
    const words = this.#chunks[number >>> CHUNK_BITS]!;
    const word = (number & (CHUNK_TOKENS - 1)) * TOKEN_WORDS;
    return words[word] === w0 && words[word + 1] === w1 && words[word + 2] === w2 && words[word + 3] === w3;
  }

  #add(slot: number, w0: number, w1: number, w2: number, w3: number): number {
    if (this.#size >= this.#most) throw tooManyTokens(this.#most);
    const number = this.#size;
    const word = (number & (CHUNK_TOKENS - 1)) * TOKEN_WORDS;
    if (word === 0) this.#chunks.push(new Uint32Array(CHUNK_TOKENS * TOKEN_WORDS));
    const words = this.#chunks[number >>> CHUNK_BITS]!;
    words[word] = w0;
    words[word + 1] = w1;
    words[word + 2] = w2;
    words[word + 3] = w3;
    this.#size += 1;
    const slots = this.#openSlots();
    slots[slot] = this.#size;
    if (this.#size > slots.length * FULL) this.#grow(slots.length * 2);
    return number;
  }

  #grow(length: number): void {
    const slots = new Int32Array(length);
    const mask = length - 1;
    for (let number = 0; number < this.#size; number += 1) {
      const first = this.#chunks[number >>> CHUNK_BITS]![(number & (CHUNK_TOKENS - 1)) * TOKEN_WORDS]!;
      let slot = first & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = number + 1;
    }
    this.#slots = slots;
  }
}

function tooManyTokens(most: number): Error {
  return refused({
    message: `the stores hold more than ${most.toLocaleString('en')} different tokens`,
    wayOut: 'they are numbered in 31 bits: link fewer sources at once',
  });
}
