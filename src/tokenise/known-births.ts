import { BATCH } from './kernel/hmac-kernel.ts';
import type { Demographics } from './row-texts.ts';
import type { TokenColumn } from './token-column.ts';
import { TokenMap } from './token-map.ts';

/**
 * Sex and birth date of a source's patients, by subject: an address row has neither, and makes a
 * `sex|birth date|postcode` with those of its patient. Held in this process's memory while the source is read; nothing of it
 * is written.
 */
export class KnownBirths {
  readonly #births = new TokenMap();
  readonly #sex = new Int8Array(BATCH);
  readonly #birthDate = new Int32Array(BATCH);

  /** Remembers a patient's sex (1 or 2) and birth date (yyyymmdd). The last one told of a subject stands. */
  remember({ aWords, bWords }: TokenColumn, row: number, sex: number, birthDate: number): void {
    const at = row * 2;
    this.#births.set(aWords[at]!, aWords[at + 1]!, bWords[at]!, bWords[at + 1]!, birthDate * 4 + sex);
  }

  /** Sex and birth date of each of the first `live` of `rows`, at the row's place; 0 where it is not known. */
  of(
    { aWords, bWords }: TokenColumn,
    rows: Uint16Array,
    live: number,
  ): Pick<Demographics, 'sex' | 'birthDate'> {
    for (let i = 0; i < live; i += 1) {
      const row = rows[i]!;
      const at = row * 2;
      const value = this.#births.get(aWords[at]!, aWords[at + 1]!, bWords[at]!, bWords[at + 1]!);
      this.#sex[row] = value & 3;
      this.#birthDate[row] = value >>> 2;
    }
    return { sex: this.#sex, birthDate: this.#birthDate };
  }

  /** Forgets everybody. */
  clear(): void {
    this.#births.clear();
    this.#sex.fill(0);
    this.#birthDate.fill(0);
  }
}
