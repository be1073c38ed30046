/** The number of set bits in each byte. */
const SET_BITS = Uint8Array.from({ length: 256 }, (_, byte) => {
  let count = 0;
  for (let rest = byte; rest > 0; rest &= rest - 1) count++;
  return count;
});

/** Whether row `row` is valid. */
export function isValid(bitmap: Uint8Array, row: number): boolean {
  return ((bitmap[row >> 3]! >> (row & 7)) & 1) === 1;
}

/** The number of null rows among `from` to `from + count`. */
export function countNulls(bitmap: Uint8Array, from: number, count: number): number {
  let valid = 0;
  for (let done = 0; done < count; done += 8)
    valid += SET_BITS[eightBits(bitmap, from + done, count - done)]!;
  return count - valid;
}

/** Up to eight bits from any bit position, with those after `left` cleared: bits after the end of a chunk are not data. */
function eightBits(bitmap: Uint8Array, position: number, left: number): number {
  const byte = position >> 3;
  const shift = position & 7;
  let bits = bitmap[byte]! >> shift;
  if (shift > 0 && left > 8 - shift) bits |= bitmap[byte + 1]! << (8 - shift);
  return left < 8 ? bits & ((1 << left) - 1) : bits & 0xff;
}

/**
 * Gathers one batch's validity from chunks that may begin and end at any bit. As long as a batch has no null there is
 * no bitmap at all: so that the bytes depend on the values only, not on whether a chunk had a bitmap.
 */
export class ValidityBitmap {
  #nulls = 0;
  readonly #bits: Uint8Array;

  constructor(batchRows: number) {
    // Arrow pads buffers to 8 bytes, and apache-arrow copies a bitmap that is not padded.
    this.#bits = new Uint8Array(paddedBytes(batchRows));
  }

  /** The number of null rows in the batch so far. */
  get nulls(): number {
    return this.#nulls;
  }

  /**
   * Appends rows `from` to `from + count` of a chunk to the batch, from row `at` on.
   *
   * @returns the bitmap to normalise values by, or null when none of these rows is null
   */
  append(source: Uint8Array | null, from: number, count: number, index: number): Uint8Array | null {
    const nulls = source === null ? 0 : countNulls(source, from, count);
    if (nulls === 0) {
      if (this.#nulls > 0) this.#setValid(index, count);
      return null;
    }
    if (this.#nulls === 0) this.#setValid(0, index);
    this.#nulls += nulls;
    for (let done = 0; done < count; done += 8) {
      this.#or(index + done, eightBits(source!, from + done, count - done));
    }
    return source;
  }

  /** The bitmap of the batch's first `rows` rows, padded with zeros to 8 bytes; null when none of them is null. */
  bitmap(rows: number): Uint8Array | null {
    return this.#nulls === 0 ? null : this.#bits.subarray(0, paddedBytes(rows));
  }

  /** Starts the next batch. */
  clear(): void {
    if (this.#nulls > 0) this.#bits.fill(0);
    this.#nulls = 0;
  }

  #setValid(index: number, count: number): void {
    for (let done = 0; done < count; done += 8) {
      this.#or(index + done, count - done < 8 ? (1 << (count - done)) - 1 : 0xff);
    }
  }

  /** Sets the bits of `eight` from bit `at` on. The bitmap is zero there, so that "or" writes both ones and zeros. */
  #or(index: number, eight: number): void {
    const byte = index >> 3;
    const shift = index & 7;
    this.#bits[byte]! |= eight << shift;
    if (shift > 0 && byte + 1 < this.#bits.length) this.#bits[byte + 1]! |= eight >> (8 - shift);
  }
}

/** The bytes of a bitmap of `rows` bits, rounded up to a multiple of 8. */
export function paddedBytes(rows: number): number {
  return Math.ceil(rows / 64) * 8;
}
