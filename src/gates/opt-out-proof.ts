import type { ReadBatch } from '../write/arrow-read.ts';
import { PSEUDONYM_CHARACTERS } from './pseudonym-set.ts';

/** Says whether a person may have rows in a file, by the characters of the pseudonym that stand at `at`. */
export type MayStand = (bytes: Uint8Array, at: number) => boolean;

const WORDS = PSEUDONYM_CHARACTERS / 4;

/** Asks of every pseudonym that was written whether it may be there. Rows are sorted by person, so each is asked once. */
export class OptOutProof {
  readonly #mayStand: MayStand;
  readonly #last = new Uint8Array(PSEUDONYM_CHARACTERS);
  readonly #lastWords = new Uint32Array(this.#last.buffer);
  /** distinct persons met, in order */
  persons = 0;
  /** persons met that should not be there, or out of order */
  violations = 0;

  constructor(mayStand: MayStand) {
    this.#mayStand = mayStand;
  }

  /** @param person place of the pseudonym column in the file */
  batch(batch: ReadBatch, person: number): void {
    const column = batch.columns[person];
    if (column?.kind !== 'utf8') throw new TypeError('the person column is not text');
    const { bytes, offsets } = column;
    const last = this.#last;
    const lastWords = this.#lastWords;
    // Nearly every row is the last one's person: four characters are compared at a time where they lie on word boundaries.
    const words =
      bytes.byteOffset % 4 === 0
        ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2)
        : null;
    for (let row = 0; row < batch.rows; row += 1) {
      const at = offsets[row]!;
      if (words !== null && at % 4 === 0) {
        let same = 0;
        while (same < WORDS && words[(at >> 2) + same] === lastWords[same]) same += 1;
        if (same === WORDS) continue;
      }
      let differs = 0;
      while (differs < PSEUDONYM_CHARACTERS && bytes[at + differs] === last[differs]) differs += 1;
      if (differs === PSEUDONYM_CHARACTERS) continue;
      // out of order would mean that a person could be met twice, or that the source's order shows
      if (bytes[at + differs]! < last[differs]!) this.violations += 1;
      for (let byte = differs; byte < PSEUDONYM_CHARACTERS; byte += 1) last[byte] = bytes[at + byte]!;
      this.persons += 1;
      if (!this.#mayStand(bytes, at)) this.violations += 1;
    }
  }
}
