/**
 * A hash of several values, of 53 bits, so that a number holds it. Two rows of a delivery that differ have the same one by chance in one
 * of 10^16 pairs. It is no secret, and a collision is of no use to anyone.
 */
export class RowHash {
  #a = 0x9747b28c;
  #b = 0x2545f491;

  clear(): void {
    this.#a = 0x9747b28c;
    this.#b = 0x2545f491;
  }

  /** Adds 32 bits. The multipliers and shifts are those of MurmurHash3, in two lanes that see each other. */
  add(word: number): void {
    const a = Math.imul(this.#a ^ word, 0xcc9e2d51);
    const b = Math.imul((this.#b + word) | 0, 0x1b873593);
    this.#a = (((a << 15) | (a >>> 17)) + b) | 0;
    this.#b = ((b << 13) | (b >>> 19)) ^ a;
  }

  addText(text: string): void {
    for (let index = 0; index < text.length; index += 1) this.add(text.charCodeAt(index));
    this.add(text.length);
  }

  get value(): number {
    const a = mixed(this.#a);
    return (mixed(this.#b ^ a) >>> 11) * 2 ** 32 + (a >>> 0);
  }
}

/** The last step of MurmurHash3: each bit of the input decides on half of the bits. */
function mixed(word: number): number {
  let h = word ^ (word >>> 16);
  h = Math.imul(h, 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}
