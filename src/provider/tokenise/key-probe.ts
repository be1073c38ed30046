import {
  allValid,
  type VectorFunction,
  type VectorInput,
  type VectorResult,
} from '../../engine/vector-function.ts';
import { BATCH } from '../../kernel/hmac-kernel.ts';
import { textAt, wordsOf } from './row-texts.ts';

/** Bits of the first sieve; a power of two. 2^20 bits are 128 KiB, which stays in a core's cache. */
const SIEVE_BITS = 2 ** 20;
/** An odd constant with well-mixed bits (2^32 / golden ratio), for multiplicative hashing. */
const MIX = 0x9e3779b1;

/**
 * A function that says of each key whether it is one of a few known keys: `hit` is 1 or 0. The keys stay in this
 * program's memory, so the engine need not hold them as the build side of a join; and nothing is hashed for the many
 * that are not among them, because a sieve of bits turns nearly all of those away.
 */
export class KeyProbe implements VectorFunction {
  readonly name: string;
  readonly parameters = ['text'] as const;
  readonly returns = [{ name: 'hit', type: 'tinyint' }] as const;
  readonly #keys: ReadonlySet<string>;
  readonly #sieve = new Uint8Array(SIEVE_BITS / 8);
  readonly #hits = new Uint8Array(BATCH);

  /** @param keys the known keys, trimmed */
  constructor(name: string, keys: ReadonlySet<string>) {
    this.name = name;
    this.#keys = keys;
    for (const key of keys) {
      const bytes = Buffer.alloc(16);
      const text = Buffer.from(key, 'utf8');
      bytes.writeUInt32LE(text.length, 0);
      // the first four bytes are all that a long text shows of itself; a short one shows the rest as well
      text.copy(bytes, 4, 0, text.length <= 12 ? text.length : 4);
      const bit = sieveBit(wordsOf(bytes), 0);
      this.#sieve[bit >> 3]! |= 1 << (bit & 7);
    }
  }

  call(input: VectorInput): readonly VectorResult[] {
    const words = wordsOf(input.bytes(0));
    for (let row = 0; row < input.rows; row += 1) {
      const bit = sieveBit(words, row);
      const mayBe = (this.#sieve[bit >> 3]! & (1 << (bit & 7))) !== 0;
      this.#hits[row] = mayBe && this.#keys.has(textAt(input, 0, row)) ? 1 : 0;
    }
    return [allValid(this.#hits)];
  }
}

/** A bit for a string_t: of its length and what of its text stands in the struct (4 bytes of a long text, else all). */
function sieveBit(words: Uint32Array, row: number): number {
  const at = row * 4;
  const length = words[at]!;
  let mixed = Math.imul(words[at + 1]! ^ length, MIX);
  if (length <= 12) {
    mixed = Math.imul((mixed ^ (mixed >>> 15)) + words[at + 2]!, MIX);
    mixed = Math.imul((mixed ^ (mixed >>> 15)) + words[at + 3]!, MIX);
  }
  return (mixed ^ (mixed >>> 13)) & (SIEVE_BITS - 1);
}
