import { BATCH, HmacKernel, SLOT_BYTES } from '../kernel/hmac-kernel.ts';
import type { KeyRing } from './key-ring.ts';

const HALF = 8;

/** Hashes 16-byte tokens under one derived key: this makes release pseudonyms from person and record tokens. */
export class PairHasher {
  readonly #kernel = new HmacKernel(1);
  readonly #slots: Uint32Array;

  /** @param ring gives the derived key of this purpose, which is overwritten as soon as it is loaded */
  constructor(ring: Pick<KeyRing, 'derive'>, info: string) {
    const key = ring.derive(info);
    this.#kernel.loadKey(0, key);
    key.fill(0);
    const { buffer, byteOffset, byteLength } = this.#kernel.slots;
    this.#slots = new Uint32Array(buffer, byteOffset, byteLength / 4);
  }

  /**
   * @param a bytes 0-7 of each token, one after another
   * @param b bytes 8-15 likewise
   * @returns bytes 0-7 and 8-15 of each pseudonym; valid until the next call
   */
  hashPairs(a: Uint8Array, b: Uint8Array, rows: number): { first: Uint8Array; second: Uint8Array } {
    const aWords = new Uint32Array(a.buffer, a.byteOffset, rows * 2);
    const bWords = new Uint32Array(b.buffer, b.byteOffset, rows * 2);
    const words = SLOT_BYTES / 4;
    for (let row = 0; row < rows; row += 1) {
      this.#slots[row * words] = aWords[row * 2]!;
      this.#slots[row * words + 1] = aWords[row * 2 + 1]!;
      this.#slots[row * words + 2] = bWords[row * 2]!;
      this.#slots[row * words + 3] = bWords[row * 2 + 1]!;
      this.#kernel.lengths[row] = HALF * 2;
    }
    this.#kernel.hash(0, rows);
    const { first, second } = this.#kernel;
    return {
      first: new Uint8Array(first.buffer, first.byteOffset, rows * HALF),
      second: new Uint8Array(second.buffer, second.byteOffset, rows * HALF),
    };
  }

  /**
   * The pseudonyms of any number of tokens.
   *
   * @param tokens four 32-bit words each: bytes 0-3, 4-7, 8-11 and 12-15 of a token, read little-endian
   * @returns the same of their pseudonyms
   */
  hashTokens(tokens: Uint32Array): Uint32Array {
    const pseudonyms = new Uint32Array(tokens.length);
    const words = SLOT_BYTES / 4;
    for (let from = 0; from < tokens.length; from += BATCH * 4) {
      const rows = Math.min(BATCH, (tokens.length - from) / 4);
      for (let row = 0; row < rows; row += 1) {
        for (let word = 0; word < 4; word += 1) {
          this.#slots[row * words + word] = tokens[from + row * 4 + word]!;
        }
        this.#kernel.lengths[row] = HALF * 2;
      }
      this.#kernel.hash(0, rows);
      const { first, second } = this.#kernel;
      const a = new Uint32Array(first.buffer, first.byteOffset, rows * 2);
      const b = new Uint32Array(second.buffer, second.byteOffset, rows * 2);
      for (let row = 0; row < rows; row += 1) {
        const at = from + row * 4;
        pseudonyms[at] = a[row * 2]!;
        pseudonyms[at + 1] = a[row * 2 + 1]!;
        pseudonyms[at + 2] = b[row * 2]!;
        pseudonyms[at + 3] = b[row * 2 + 1]!;
      }
    }
    return pseudonyms;
  }

  /** The pseudonym of one token, as 32 hexadecimal digits. */
  hashOne(token: Uint8Array): string {
    const out = new Uint8Array(HALF * 2);
    this.#kernel.hashOne(0, token, out);
    return Buffer.from(out).toString('hex');
  }

  close(): void {
    this.#kernel.close();
  }
}
