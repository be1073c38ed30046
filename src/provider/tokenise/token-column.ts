import { BATCH, type HmacKernel } from '../../kernel/hmac-kernel.ts';
import type { TokenWords } from '../../store/token-text.ts';

/** A 16-byte token for each row of a vector, as two columns of 8 bytes. */
export class TokenColumn {
  /** bytes 0-7 of each token, as little-endian 32-bit words: BigInts would be made and thrown away */
  readonly aWords = new Uint32Array(BATCH * 2);
  /** bytes 8-15 */
  readonly bWords = new Uint32Array(BATCH * 2);
  /** which rows have a token; a bit a row */
  readonly validity = new Uint8Array(BATCH / 8);

  setValid(row: number): void {
    this.validity[row >> 3]! |= 1 << (row & 7);
  }

  setNull(row: number): void {
    this.validity[row >> 3]! &= ~(1 << (row & 7));
  }

  /** Puts the kernel's first `count` results where their rows are, the i-th at `rows[i]`. */
  take({ first, second }: HmacKernel, rows: Uint16Array, count: number): void {
    const { aWords, bWords } = this;
    const firstWords = new Uint32Array(first.buffer, first.byteOffset, count * 2);
    const secondWords = new Uint32Array(second.buffer, second.byteOffset, count * 2);
    for (let i = 0; i < count; i += 1) {
      const row = rows[i]!;
      aWords[row * 2] = firstWords[i * 2]!;
      aWords[row * 2 + 1] = firstWords[i * 2 + 1]!;
      bWords[row * 2] = secondWords[i * 2]!;
      bWords[row * 2 + 1] = secondWords[i * 2 + 1]!;
      this.setValid(row);
    }
  }

  /** Gives row `to` the token of row `from`. */
  copy(from: number, to: number): void {
    this.aWords[to * 2] = this.aWords[from * 2]!;
    this.aWords[to * 2 + 1] = this.aWords[from * 2 + 1]!;
    this.bWords[to * 2] = this.bWords[from * 2]!;
    this.bWords[to * 2 + 1] = this.bWords[from * 2 + 1]!;
  }
}

/**
 * The first eight bytes of a token for each row. Tokens that are bound to an NHS number are only ever compared with the few
 * others under that number, where 64 bits are more than enough.
 */
export class HalfTokenColumn {
  readonly words = new Uint32Array(BATCH * 2);
  readonly validity = new Uint8Array(BATCH / 8);

  /** Puts the kernel's first `count` results where their rows are. */
  take({ first }: HmacKernel, rows: Uint16Array, count: number): void {
    const words = new Uint32Array(first.buffer, first.byteOffset, count * 2);
    for (let i = 0; i < count; i += 1) {
      const row = rows[i]!;
      this.words[row * 2] = words[i * 2]!;
      this.words[row * 2 + 1] = words[i * 2 + 1]!;
      this.validity[row >> 3]! |= 1 << (row & 7);
    }
  }

  setNull(row: number): void {
    this.validity[row >> 3]! &= ~(1 << (row & 7));
  }
}

/** The token of a row, as its words. */
export function wordsAt({ aWords, bWords }: TokenColumn, row: number): TokenWords {
  return [aWords[row * 2]!, aWords[row * 2 + 1]!, bWords[row * 2]!, bWords[row * 2 + 1]!];
}
