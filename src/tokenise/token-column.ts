import { BATCH } from './kernel/hmac-kernel.ts';

/** A 16-byte token for each row of a vector, as two columns of 8 bytes. */
export class TokenColumn {
  /** bytes 0-7 of each token, as little-endian 32-bit words: BigInts would be made and thrown away */
  readonly aWords = new Uint32Array(BATCH * 2);
  /** bytes 8-15 */
  readonly bWords = new Uint32Array(BATCH * 2);
  /** which rows have a token; a bit a row */
  readonly validity = new Uint8Array(BATCH / 8);
  readonly results = [
    { values: new Uint8Array(this.aWords.buffer), validity: this.validity },
    { values: new Uint8Array(this.bWords.buffer), validity: this.validity },
  ] as const;

  setValid(row: number): void {
    this.validity[row >> 3]! |= 1 << (row & 7);
  }

  /** Gives row `to` the token of row `from`. */
  copy(from: number, to: number): void {
    this.aWords[to * 2] = this.aWords[from * 2]!;
    this.aWords[to * 2 + 1] = this.aWords[from * 2 + 1]!;
    this.bWords[to * 2] = this.bWords[from * 2]!;
    this.bWords[to * 2 + 1] = this.bWords[from * 2 + 1]!;
  }
}
