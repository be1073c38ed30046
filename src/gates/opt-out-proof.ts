import type { ReadBatch } from '../write/arrow-read.ts';
import { PSEUDONYM_CHARACTERS } from './pseudonym-set.ts';

/** Decides whether a person may have rows in a file, by the characters of the pseudonym that begin at this position. */
export type MayAppear = (bytes: Uint8Array, position: number) => boolean;

const WORDS = PSEUDONYM_CHARACTERS / 4;

/** Checks every written pseudonym against the people who may be released. Rows are sorted by person, so each is checked once. */
export class OptOutProof {
  readonly #mayAppear: MayAppear;
  readonly #last = new Uint8Array(PSEUDONYM_CHARACTERS);
  readonly #lastWords = new Uint32Array(this.#last.buffer);
  /** number of distinct persons, in order */
  persons = 0;
  /** number of persons that must not be there, or are out of order */
  violations = 0;

  constructor(mayAppear: MayAppear) {
    this.#mayAppear = mayAppear;
  }

  /** @param person index of the pseudonym column in the file */
  batch(batch: ReadBatch, person: number): void {
    const column = batch.columns[person];
    if (column?.kind !== 'utf8') throw new TypeError('the person column is not text');
    const { bytes, offsets } = column;
    const last = this.#last;
    const lastWords = this.#lastWords;
    // Most rows have the person of the row before: four characters are compared at a time where they are on word boundaries.
    const words =
      bytes.byteOffset % 4 === 0
        ? new Uint32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength >> 2)
        : null;
    for (let row = 0; row < batch.rows; row += 1) {
      const position = offsets[row]!;
      if (words !== null && position % 4 === 0) {
        let same = 0;
        while (same < WORDS && words[(position >> 2) + same] === lastWords[same]) same += 1;
        if (same === WORDS) continue;
      }
      let differs = 0;
      while (differs < PSEUDONYM_CHARACTERS && bytes[position + differs] === last[differs]) differs += 1;
      if (differs === PSEUDONYM_CHARACTERS) continue;
      // out of order: a person could occur twice, or the order of the source is revealed
      if (bytes[position + differs]! < last[differs]!) this.violations += 1;
      for (let byte = differs; byte < PSEUDONYM_CHARACTERS; byte += 1) last[byte] = bytes[position + byte]!;
      this.persons += 1;
      if (!this.#mayAppear(bytes, position)) this.violations += 1;
    }
  }
}
