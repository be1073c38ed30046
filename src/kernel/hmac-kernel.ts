import { requireGuards, setGuards } from './guards.ts';
import { instantiateKernel, type KernelExports } from './kernel-binary.ts';
import {
  BATCH,
  BLOCK_BYTES,
  DIGEST_AT,
  FIRST_AT,
  INITIAL_STATE_AT,
  INNER_BLOCK_AT,
  LANES,
  LENGTHS_AT,
  MAX_MESSAGE_BYTES,
  OUTER_BLOCK_AT,
  ROUND_CONSTANTS_AT,
  SECOND_AT,
  SLOT_BYTES,
  SLOTS_AT,
  STATE_AT,
  STATE_BYTES,
  VECTOR_BYTES,
} from './memory-layout.ts';
import { guardsAt, keyAt, pagesFor } from './memory-regions.ts';
import { INITIAL_STATE, ROUND_CONSTANTS } from './sha256-constants.ts';

export { BATCH, MAX_MESSAGE_BYTES, SLOT_BYTES } from './memory-layout.ts';

/** Bytes of a digest that are kept (design.md, Tokens: truncating to 128 bits is a stated choice). */
export const TOKEN_BYTES = 16;
/** Bytes of a whole SHA-256 digest. */
const DIGEST_BYTES = 32;

/** RFC 2104, 2: the bytes a key is combined with for the inner and the outer hash. */
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/**
 * HMAC-SHA-256 under a few keys, cut to 16 bytes, a batch of short messages at a time. See README.md.
 *
 * It holds keys' pad states and callers' messages in its memory until `close`, never a raw key. The guards of the memory
 * are checked before and after each call: after a write past a region, every call throws a
 * TallystickError with EXIT.bug, and no token leaves.
 * One instance is for one thread, and calls must not overlap.
 */
export class HmacKernel {
  /** Where message i's bytes are written, at i * SLOT_BYTES. Bytes after a message are ignored. */
  readonly slots: Uint8Array<ArrayBuffer>;
  /** Message i's length in bytes, 0 to MAX_MESSAGE_BYTES. */
  readonly lengths: Int32Array<ArrayBuffer>;
  /** Bytes 0-7 of token i, in the digest's byte order in memory (so: read as a little-endian integer). */
  readonly first: BigInt64Array<ArrayBuffer>;
  /** Bytes 8-15 of token i, likewise. */
  readonly second: BigInt64Array<ArrayBuffer>;

  readonly #code: KernelExports;
  readonly #words: Int32Array<ArrayBuffer>;
  readonly #guards: readonly number[];
  readonly #loaded: boolean[];
  readonly #lastBlock = new Uint8Array(SLOT_BYTES);
  #closed = false;

  /** A kernel with `keyCount` empty key slots. */
  constructor(keyCount: number) {
    if (!Number.isInteger(keyCount) || keyCount < 1)
      throw new RangeError('A kernel needs at least one key slot.');
    const { memory, code } = instantiateKernel(pagesFor(keyCount));
    this.#code = code;
    this.#words = new Int32Array(memory.buffer);
    this.#guards = guardsAt(keyCount);
    this.#loaded = Array<boolean>(keyCount).fill(false);
    this.slots = new Uint8Array(memory.buffer, SLOTS_AT, BATCH * SLOT_BYTES);
    this.lengths = new Int32Array(memory.buffer, LENGTHS_AT, BATCH);
    this.first = new BigInt64Array(memory.buffer, FIRST_AT, BATCH);
    this.second = new BigInt64Array(memory.buffer, SECOND_AT, BATCH);
    setGuards(this.#words, this.#guards);
    this.#words.set(ROUND_CONSTANTS, ROUND_CONSTANTS_AT / 4);
    this.#splat(INITIAL_STATE_AT, INITIAL_STATE);
    // The outer hash always takes a digest of 32 bytes behind a pad block of 64: marker, zeros, bit length.
    this.#splat(OUTER_BLOCK_AT + STATE_BYTES, [0x80000000, 0, 0, 0, 0, 0, 0, (SLOT_BYTES + 32) * 8]);
  }

  /**
   * Puts a key of any length into a slot, as the two states after its pad blocks (RFC 2104). The key is not
   * kept, and intermediate values are overwritten; the caller must clear its own copy.
   */
  loadKey(slot: number, key: Uint8Array): void {
    if (this.#closed) throw new RangeError('The kernel is closed.');
    if (!(slot in this.#loaded)) throw new RangeError(`There is no key slot ${slot}.`);
    this.#requireGuards();
    const block = new Uint8Array(SLOT_BYTES);
    if (key.length <= SLOT_BYTES) block.set(key);
    else {
      this.#absorb(INITIAL_STATE_AT, key, 0, DIGEST_AT);
      this.#readDigest(block, DIGEST_BYTES);
    }
    for (const [half, pad] of [INNER_PAD, OUTER_PAD].entries()) {
      const padded = block.map((byte) => byte ^ pad);
      this.#writeBlock(padded, 0);
      this.#code.compress(INITIAL_STATE_AT, INNER_BLOCK_AT, keyAt(slot) + half * STATE_BYTES);
      padded.fill(0);
    }
    block.fill(0);
    this.#clearScratch();
    this.#requireGuards();
    this.#loaded[slot] = true;
  }

  /**
   * Messages 0 to count - 1 of `slots` and `lengths`, hashed into `first` and `second` under one key. Entries
   * after `count` are undefined: left from an earlier batch, or zero. Throws RangeError for a
   * count above BATCH, a length above MAX_MESSAGE_BYTES, or a slot with no key.
   */
  hash(keySlot: number, count: number): void {
    this.#requireKey(keySlot);
    if (!Number.isInteger(count) || count < 0 || count > BATCH) {
      throw new RangeError(`A batch is 0 to ${BATCH} messages, not ${count}.`);
    }
    if (count === 0) return;
    for (let i = 0; i < count; i += 1) {
      // >>> makes a negative length a huge one
      if (this.lengths[i]! >>> 0 > MAX_MESSAGE_BYTES) {
        throw new RangeError(
          `Message ${i} of a batch is ${this.lengths[i]} bytes long; it may be ${MAX_MESSAGE_BYTES}.`,
        );
      }
    }
    this.#requireGuards();
    this.#code.hashBatch(keyAt(keySlot), count);
    const groupEnd = Math.ceil(count / LANES) * LANES;
    this.first.fill(0n, count, groupEnd);
    this.second.fill(0n, count, groupEnd);
    this.#requireGuards();
  }

  /**
   * One message of any length, under the same keys and with the same result as in a batch; the first 16 bytes
   * of `out` are written. It leaves the batch's slots and results alone. Throws RangeError for a slot with no
   * key.
   */
  hashOne(keySlot: number, message: Uint8Array, out: Uint8Array): void {
    this.#requireKey(keySlot);
    this.#requireGuards();
    const key = keyAt(keySlot);
    this.#absorb(key, message, SLOT_BYTES, OUTER_BLOCK_AT);
    this.#code.compress(key + STATE_BYTES, OUTER_BLOCK_AT, DIGEST_AT);
    this.#requireGuards();
    this.#readDigest(out, TOKEN_BYTES);
  }

  /**
   * Overwrites the whole memory, keys and messages, with zeros. A closed kernel hashes nothing and takes no
   * key.
   */
  close(): void {
    this.#closed = true;
    this.#loaded.fill(false);
    this.#words.fill(0);
    this.#lastBlock.fill(0);
  }

  #requireGuards(): void {
    requireGuards(this.#words, this.#guards);
  }

  #requireKey(slot: number): void {
    if (this.#loaded[slot] !== true) throw new RangeError(`Key slot ${slot} holds no key.`);
  }

  /**
   * SHA-256 of a message that follows `bytesBefore` bytes with the state at `stateAt`; the words of the digest are written
   * to `into`.
   */
  #absorb(stateAt: number, message: Uint8Array, bytesBefore: number, into: number): void {
    const { compress } = this.#code;
    const last = this.#lastBlock;
    const tailAt = message.length - (message.length % SLOT_BYTES);
    let state = stateAt;
    for (let at = 0; at < tailAt; at += SLOT_BYTES) {
      this.#writeBlock(message, at);
      compress(state, INNER_BLOCK_AT, STATE_AT);
      state = STATE_AT;
    }
    last.fill(0);
    for (let i = tailAt; i < message.length; i += 1) last[i - tailAt] = message[i]!;
    last[message.length - tailAt] = 0x80;
    if (message.length - tailAt > MAX_MESSAGE_BYTES) {
      this.#writeBlock(last, 0);
      compress(state, INNER_BLOCK_AT, STATE_AT);
      state = STATE_AT;
      last.fill(0);
    }
    this.#writeBlock(last, 0);
    const bits = (bytesBefore + message.length) * 8;
    this.#splatWord(INNER_BLOCK_AT + 14 * VECTOR_BYTES, Math.floor(bits / 2 ** 32));
    this.#splatWord(INNER_BLOCK_AT + 15 * VECTOR_BYTES, bits);
    compress(state, INNER_BLOCK_AT, into);
  }

  /** The 64 bytes from `at` as the block to compress: sixteen big-endian words, each in all four lanes. */
  #writeBlock(bytes: Uint8Array, at: number): void {
    for (let i = 0; i < 16; i += 1) {
      const p = at + i * 4;
      const word = (bytes[p]! << 24) | (bytes[p + 1]! << 16) | (bytes[p + 2]! << 8) | bytes[p + 3]!;
      this.#splatWord(INNER_BLOCK_AT + i * VECTOR_BYTES, word);
    }
  }

  #splat(at: number, words: readonly number[]): void {
    for (const [i, word] of words.entries()) this.#splatWord(at + i * VECTOR_BYTES, word);
  }

  #splatWord(at: number, word: number): void {
    const index = at / 4;
    this.#words[index] = word;
    this.#words[index + 1] = word;
    this.#words[index + 2] = word;
    this.#words[index + 3] = word;
  }

  /** The first `length` bytes of the digest in lane 0. */
  #readDigest(out: Uint8Array, length: number): void {
    for (let i = 0; i < length; i += 1) {
      const word = this.#words[(DIGEST_AT + (i >> 2) * VECTOR_BYTES) / 4]!;
      out[i] = word >>> (24 - 8 * (i & 3));
    }
  }

  /** Overwrites the scratch areas, which hold data of the last message or key. */
  #clearScratch(): void {
    this.#lastBlock.fill(0);
    this.#words.fill(0, INNER_BLOCK_AT / 4, (INNER_BLOCK_AT + BLOCK_BYTES) / 4);
    this.#words.fill(0, DIGEST_AT / 4, (DIGEST_AT + STATE_BYTES) / 4);
    this.#words.fill(0, STATE_AT / 4, (STATE_AT + STATE_BYTES) / 4);
  }
}
