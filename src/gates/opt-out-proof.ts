import type { ReadBatch } from '../write/arrow-read.ts';

/** Characters of a pseudonym. */
const WIDTH = 32;

/** Asks of every pseudonym that was written whether it may be there. Rows are sorted by person, so each is asked once. */
export class OptOutProof {
  readonly #mayStand: (pseudonym: string) => boolean;
  #last = '';
  #lastBytes = new Uint8Array(WIDTH);
  /** distinct persons met, in order */
  persons = 0;
  /** persons met that should not be there */
  violations = 0;

  /** @param mayStand true if a person with this pseudonym may have rows in the file */
  constructor(mayStand: (pseudonym: string) => boolean) {
    this.#mayStand = mayStand;
  }

  /** @param person place of the pseudonym column in the file */
  batch(batch: ReadBatch, person: number): void {
    const column = batch.columns[person];
    if (column?.kind !== 'utf8') throw new TypeError('the person column is not text');
    const { bytes, offsets } = column;
    for (let row = 0; row < batch.rows; row += 1) {
      const at = offsets[row]!;
      if (this.#isLast(bytes, at)) continue;
      const pseudonym = Buffer.from(bytes.buffer, bytes.byteOffset + at, WIDTH).toString('latin1');
      // out of order would mean that a person could be met twice, or that the source's order shows
      if (pseudonym < this.#last) this.violations += 1;
      this.#last = pseudonym;
      this.#lastBytes.set(bytes.subarray(at, at + WIDTH));
      this.persons += 1;
      if (!this.#mayStand(pseudonym)) this.violations += 1;
    }
  }

  #isLast(bytes: Uint8Array, at: number): boolean {
    for (let byte = 0; byte < WIDTH; byte += 1) if (bytes[at + byte] !== this.#lastBytes[byte]) return false;
    return true;
  }
}
