import { hasCheckDigit, type NhsNumber } from '../../domain/nhs-number.ts';

/** NHS numbers without their check digits. */
const PREFIXES = 1e9;
const PREFIX_DIGITS = 9;

/**
 * A set of NHS numbers, of any size, in ascending order: a bit for each nine digits that a number may begin with, for these decide
 * the tenth. It takes 125 MB, however many rows name a number.
 */
export class NumberSet implements Iterable<NhsNumber> {
  readonly #bits = new Uint8Array(PREFIXES / 8);
  #size = 0;

  get size(): number {
    return this.#size;
  }

  /** @param number a valid NHS number, its ten digits as a number */
  add(number: number): void {
    const prefix = Math.floor(number / 10);
    const [byte, bit] = [prefix >>> 3, 1 << (prefix & 7)];
    if ((this.#bits[byte]! & bit) !== 0) return;
    this.#bits[byte]! |= bit;
    this.#size += 1;
  }

  *[Symbol.iterator](): Generator<NhsNumber> {
    const words = new Uint32Array(this.#bits.buffer);
    for (let byte = 0; byte < this.#bits.length; byte += 1) {
      // most of the set is empty: 32 numbers are passed over at once
      if ((byte & 3) === 0 && words[byte >>> 2] === 0) {
        byte += 3;
        continue;
      }
      const bits = this.#bits[byte]!;
      for (let bit = 0; bit < 8; bit += 1) {
        if ((bits & (1 << bit)) !== 0) yield withCheckDigit(byte * 8 + bit);
      }
    }
  }

  /** Overwrites what was added. */
  clear(): void {
    this.#bits.fill(0);
    this.#size = 0;
  }
}

function withCheckDigit(prefix: number): NhsNumber {
  const digits = String(prefix).padStart(PREFIX_DIGITS, '0');
  for (let digit = 0; digit < 10; digit += 1) {
    if (hasCheckDigit(`${digits}${digit}`)) return `${digits}${digit}` as NhsNumber;
  }
  throw new RangeError('A number without a check digit was added.');
}
