import { BATCH } from './kernel/hmac-kernel.ts';
import type { Demographics } from './row-texts.ts';
import type { TokenColumn } from './token-column.ts';

/** Entries to begin with; a power of two. */
const FIRST_SIZE = 2 ** 16;
/** The table grows when this share of it is full: beyond, finding a place takes long. */
const FULL = 0.6;
/** Words of an entry: the subject's token (4), then birth date and sex (1), which is never 0. */
const ENTRY_WORDS = 5;
const VALUE_AT = 4;

/**
 * Sex and birth date of a source's patients, by subject: an address row has neither, and makes a
 * `sex|birth date|postcode` with those of its patient. Held in this process's memory while the source is read, 20 bytes a
 * patient and as much again to spare; nothing of it is written.
 */
export class KnownBirths {
  #entries = new Uint32Array(FIRST_SIZE * ENTRY_WORDS);
  #size = FIRST_SIZE;
  #count = 0;
  readonly #sex = new Int8Array(BATCH);
  readonly #birthDate = new Int32Array(BATCH);

  /** Remembers a patient's sex (1 or 2) and birth date (yyyymmdd). The last one told of a subject stands. */
  remember({ aWords, bWords }: TokenColumn, row: number, sex: number, birthDate: number): void {
    if (this.#count >= this.#size * FULL) this.#grow();
    const [w0, w1, w2, w3] = [aWords[row * 2]!, aWords[row * 2 + 1]!, bWords[row * 2]!, bWords[row * 2 + 1]!];
    const at = this.#place(w0, w1, w2, w3);
    if (this.#entries[at + VALUE_AT] === 0) this.#count += 1;
    this.#put(at, w0, w1, w2, w3, birthDate * 4 + sex);
  }

  /** Sex and birth date of each of the first `live` of `rows`, at the row's place; 0 where it is not known. */
  of(
    { aWords, bWords }: TokenColumn,
    rows: Uint16Array,
    live: number,
  ): Pick<Demographics, 'sex' | 'birthDate'> {
    for (let i = 0; i < live; i += 1) {
      const row = rows[i]!;
      const at = this.#place(aWords[row * 2]!, aWords[row * 2 + 1]!, bWords[row * 2]!, bWords[row * 2 + 1]!);
      const value = this.#entries[at + VALUE_AT]!;
      this.#sex[row] = value & 3;
      this.#birthDate[row] = value >>> 2;
    }
    return { sex: this.#sex, birthDate: this.#birthDate };
  }

  /** Forgets everybody. */
  clear(): void {
    this.#entries.fill(0);
    this.#count = 0;
  }

  /** Where a subject stands, or the free place where it would. Tokens are hashes: their bits need no mixing. */
  #place(w0: number, w1: number, w2: number, w3: number): number {
    const entries = this.#entries;
    for (let slot = w0 & (this.#size - 1); ; slot = (slot + 1) & (this.#size - 1)) {
      const at = slot * ENTRY_WORDS;
      if (entries[at + VALUE_AT] === 0) return at;
      if (entries[at] === w0 && entries[at + 1] === w1 && entries[at + 2] === w2 && entries[at + 3] === w3) {
        return at;
      }
    }
  }

  #put(at: number, w0: number, w1: number, w2: number, w3: number, value: number): void {
    const entries = this.#entries;
    entries[at] = w0;
    entries[at + 1] = w1;
    entries[at + 2] = w2;
    entries[at + 3] = w3;
    entries[at + VALUE_AT] = value;
  }

  #grow(): void {
    const old = this.#entries;
    this.#size *= 2;
    this.#entries = new Uint32Array(this.#size * ENTRY_WORDS);
    for (let from = 0; from < old.length; from += ENTRY_WORDS) {
      const value = old[from + VALUE_AT]!;
      if (value === 0) continue;
      const [w0, w1, w2, w3] = [old[from]!, old[from + 1]!, old[from + 2]!, old[from + 3]!];
      this.#put(this.#place(w0, w1, w2, w3), w0, w1, w2, w3, value);
    }
  }
}
