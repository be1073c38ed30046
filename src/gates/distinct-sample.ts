/** The largest number of values kept; a share of 4,096 is accurate to half a per cent. */
const MOST_NUMBERS = 4_096;

/**
 * Counts how many of the distinct numbers of a column pass a check. Codes share prefixes and dates, so the same ten digits may
 * occur in a thousand codes: each counts once. When the sample is full, half of the numbers, chosen by a hash of the number,
 * are dropped and not taken again, so that the rest is a fair sample of the distinct numbers.
 */
export class DistinctSample {
  readonly #numbers = new Map<number, boolean>();
  /** a number is kept if these low bits of its hash are all zero */
  #mask = 0;
  #hits = 0;
  /** the number of texts that passed, including repeated ones */
  total = 0;

  get hits(): number {
    return this.#hits;
  }

  get seen(): number {
    return this.#numbers.size;
  }

  add(number: number, passes: () => boolean): void {
    if ((hashOf(number) & this.#mask) !== 0) return;
    let is = this.#numbers.get(number);
    if (is === undefined) {
      is = passes();
      this.#numbers.set(number, is);
      if (is) this.#hits += 1;
      if (this.#numbers.size > MOST_NUMBERS) this.#halve();
    }
    if (is) this.total += 1;
  }

  #halve(): void {
    this.#mask = this.#mask * 2 + 1;
    for (const [number, is] of this.#numbers) {
      if ((hashOf(number) & this.#mask) === 0) continue;
      this.#numbers.delete(number);
      if (is) this.#hits -= 1;
    }
  }
}

/** Mixes all bits of a whole number below 2^53 into 32 (two rounds of the finaliser of MurmurHash3). */
function hashOf(number: number): number {
  let hash = (number | 0) ^ Math.imul(Math.floor(number / 2 ** 32), 0x9e_37_79_b1);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85_eb_ca_6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2_b2_ae_35);
  return hash ^ (hash >>> 16);
}

/** A text as a number, for {@link DistinctSample}: FNV-1a, 32 bits. */
export function numberOf(text: string): number {
  let hash = 0x81_1c_9d_c5;
  for (let index = 0; index < text.length; index += 1)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01_00_01_93);
  return hash >>> 0;
}
