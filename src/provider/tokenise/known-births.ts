import { type BirthDate, birthDateOf } from '../../domain/birth-date.ts';
import { BATCH } from '../../kernel/hmac-kernel.ts';
import type { TokenText, TokenWords } from '../../store/token-text.ts';
import type { Demographics } from '../extract/row-vector.ts';
import type { TokenColumn } from './token-column.ts';
import { TokenMap } from './token-map.ts';
import { textOf } from './witnesses.ts';

/** No birth date has this value: 9999-12-31 makes 399,964,927. */
const IN_DISPUTE = 2 ** 32 - 1;

/** Sex (1, 2, or 0 where it cannot be read) and birth date. */
export interface Birth {
  readonly sex: number;
  readonly birthDate: BirthDate;
}

function birthOf(value: number): Birth {
  return { sex: value & 3, birthDate: birthDateOf(value >>> 2) };
}

/**
 * Sex and birth date of a source's patients, by subject: an address row has neither, and makes a
 * `sex|birth date|postcode` with those of its patient. Held in this process's memory while the source is read; nothing of it
 * is written.
 */
export class KnownBirths {
  readonly #births = new TokenMap();
  /** of patients in quarantine, whose earlier addresses stop; IN_DISPUTE where their rows differ */
  readonly #quarantined = new TokenMap();
  /** where they differ, all that they say */
  readonly #disputed = new Map<TokenText, Set<number>>();
  #hasQuarantined = false;
  readonly #sex = new Int8Array(BATCH);
  readonly #birthDate = new Int32Array(BATCH);

  /** Remembers a patient's sex (1, 2, or 0 where it cannot be read) and birth date (yyyymmdd). The last one of a subject counts. */
  remember({ aWords, bWords }: TokenColumn, row: number, sex: number, birthDate: number): void {
    const word = row * 2;
    this.#births.set(aWords[word]!, aWords[word + 1]!, bWords[word]!, bWords[word + 1]!, birthDate * 4 + sex);
  }

  /** The same of a patient in quarantine. Of several rows of one key, any may be right. */
  rememberQuarantined(subject: TokenWords, sex: number, birthDate: number): void {
    const value = birthDate * 4 + sex;
    const before = this.#quarantined.get(...subject);
    this.#hasQuarantined = true;
    if (before === 0 || before === value) {
      this.#quarantined.set(...subject, value);
      return;
    }
    this.#quarantined.set(...subject, IN_DISPUTE);
    const text = textOf(...subject);
    const said = this.#disputed.get(text) ?? new Set([before]);
    this.#disputed.set(text, said.add(value));
  }

  /** Sex and birth date of each of the first `live` of `rows`, at the row's index; 0 where it is not known. */
  of(
    { aWords, bWords }: TokenColumn,
    rows: Uint16Array,
    live: number,
  ): Pick<Demographics, 'sex' | 'birthDate'> {
    for (let i = 0; i < live; i += 1) {
      const row = rows[i]!;
      const word = row * 2;
      const token = [aWords[word]!, aWords[word + 1]!, bWords[word]!, bWords[word + 1]!] as const;
      const value = this.#valueOf(token);
      this.#sex[row] = value & 3;
      this.#birthDate[row] = value >>> 2;
    }
    return { sex: this.#sex, birthDate: this.#birthDate };
  }

  /** What is known of one patient: nothing, one birth, or of several quarantined rows of one key each that one of them says. */
  birthsOf(subject: TokenWords): readonly Birth[] {
    const value = this.#valueOf(subject);
    if (value !== 0) return [birthOf(value)];
    return [...(this.#disputed.get(textOf(...subject)) ?? [])].map(birthOf);
  }

  #valueOf([w0, w1, w2, w3]: TokenWords): number {
    const value = this.#births.get(w0, w1, w2, w3);
    if (value !== 0 || !this.#hasQuarantined) return value;
    const quarantined = this.#quarantined.get(w0, w1, w2, w3);
    return quarantined === IN_DISPUTE ? 0 : quarantined;
  }

  /** Forgets everybody. */
  clear(): void {
    this.#births.clear();
    this.#quarantined.clear();
    this.#disputed.clear();
    this.#sex.fill(0);
    this.#birthDate.fill(0);
  }
}
