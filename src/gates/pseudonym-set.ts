import type { Pseudonym } from '../domain/pseudonym.ts';

/** Characters of a pseudonym: 32 hexadecimal digits. */
export const PSEUDONYM_CHARACTERS = 32;
/** The number of leading digits that index the bit set: 5 digits are 2^20 bits, 128 KiB. */
const SIEVE_DIGITS = 5;

/** Value of each hexadecimal digit's character code. */
const DIGIT = Uint8Array.from({ length: 128 }, (_, code) => {
  const value = Number.parseInt(String.fromCharCode(code), 16);
  return Number.isNaN(value) ? 0 : value;
});

/**
 * A set of pseudonyms that is queried with the bytes of a text column. A bit set indexed by the first digits rejects nearly all of
 * them, so that a string is made and looked up only for the few that may be members. Pseudonyms are hashes, so their first
 * digits are evenly distributed.
 */
export class PseudonymSet {
  readonly #members: ReadonlySet<Pseudonym>;
  readonly #sieve = new Uint8Array(16 ** SIEVE_DIGITS / 8);

  constructor(pseudonyms: Iterable<Pseudonym>) {
    this.#members = new Set(pseudonyms);
    for (const pseudonym of this.#members) {
      const bit = sieveBit(Buffer.from(pseudonym, 'latin1'), 0);
      this.#sieve[bit >> 3]! |= 1 << (bit & 7);
    }
  }

  /** True if the pseudonym that begins at offset `position` is in the set. */
  has(bytes: Uint8Array, position: number): boolean {
    const bit = sieveBit(bytes, position);
    return (
      (this.#sieve[bit >> 3]! & (1 << (bit & 7))) !== 0 && this.#members.has(pseudonymAt(bytes, position))
    );
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
