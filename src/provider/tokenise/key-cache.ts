import { BATCH } from '../../kernel/hmac-kernel.ts';
import { INLINE_TEXT_BYTES } from '../../kernel/slots-text.ts';
import { mixedText } from '../extract/row-vector.ts';
import type { TokenColumn } from './token-column.ts';

/** Entries; a power of two. 2^12 entries of 36 bytes are 147 KB, well inside a core's second-level cache; larger ones were slower. */
const ENTRIES = 2 ** 12;
/** 32-bit words of an entry: the key as a string_t (4), and its token (4). */
const WORDS = 8;
const NOTHING = -1;

/**
 * A bounded memory of the last keys met, with their tokens: events come patient by patient, contacts near their
 * referral's other contacts, and hashing a key takes 150 ns where looking it up takes 10. It is lossy and exact: a key
 * may be forgotten, and is compared in full. Only keys of up to twelve bytes are kept, which are in the vector itself.
 *
 * It holds keys, so it lives above the identity boundary, in this program's memory, and goes with its table.
 */
export class KeyCache {
  readonly #words = new Uint32Array(ENTRIES * WORDS);
  /** the row of this vector that will have an entry's token, or NOTHING when the token is there */
  readonly #pending = new Int32Array(ENTRIES).fill(NOTHING);
  /** per row, the entry it waits to fill, or NOTHING */
  readonly #entryOf = new Int32Array(BATCH);
  readonly #repeats = new Uint16Array(BATCH);
  readonly #originals = new Uint16Array(BATCH);
  #repeatCount = 0;

  /**
   * Fills in the tokens of keys that are known, and lists the rows whose keys have to be hashed.
   *
   * @param strings the key column's vector, string_t as 32-bit words
   * @param fresh receives the rows to hash
   * @returns how many there are
   */
  lookUp(
    strings: Uint32Array,
    rows: Uint16Array,
    count: number,
    into: TokenColumn,
    fresh: Uint16Array,
  ): number {
    const words = this.#words;
    let todo = 0;
    this.#repeatCount = 0;
    for (let i = 0; i < count; i += 1) {
      const row = rows[i]!;
      const first = row * 4;
      this.#entryOf[row] = NOTHING;
      if (strings[first]! > INLINE_TEXT_BYTES) {
        fresh[todo++] = row;
        continue;
      }
      const entry = entryFor(strings, first);
      const word = entry * WORDS;
      const isKnown =
        words[word] === strings[first] &&
        words[word + 1] === strings[first + 1] &&
        words[word + 2] === strings[first + 2] &&
        words[word + 3] === strings[first + 3];
      if (!isKnown) {
        words[word] = strings[first]!;
        words[word + 1] = strings[first + 1]!;
        words[word + 2] = strings[first + 2]!;
        words[word + 3] = strings[first + 3]!;
        this.#pending[entry] = row;
        this.#entryOf[row] = entry;
        fresh[todo++] = row;
      } else if (this.#pending[entry] !== NOTHING) {
        this.#repeats[this.#repeatCount] = row;
        this.#originals[this.#repeatCount++] = this.#pending[entry]!;
      } else {
        into.aWords[row * 2] = words[word + 4]!;
        into.aWords[row * 2 + 1] = words[word + 5]!;
        into.bWords[row * 2] = words[word + 6]!;
        into.bWords[row * 2 + 1] = words[word + 7]!;
      }
    }
    return todo;
  }

  /** Overwrites the keys. */
  clear(): void {
    this.#words.fill(0);
    this.#pending.fill(NOTHING);
  }

  /** Takes in the tokens of the rows that were hashed, and gives them to the rows with the same keys. */
  learn(fresh: Uint16Array, count: number, column: TokenColumn): void {
    const words = this.#words;
    for (let i = 0; i < count; i += 1) {
      const row = fresh[i]!;
      const entry = this.#entryOf[row]!;
      if (entry === NOTHING || this.#pending[entry] !== row) continue; // another key has taken its entry since
      const word = entry * WORDS;
      words[word + 4] = column.aWords[row * 2]!;
      words[word + 5] = column.aWords[row * 2 + 1]!;
      words[word + 6] = column.bWords[row * 2]!;
      words[word + 7] = column.bWords[row * 2 + 1]!;
      this.#pending[entry] = NOTHING;
    }
    for (let i = 0; i < this.#repeatCount; i += 1) column.copy(this.#originals[i]!, this.#repeats[i]!);
  }
}

/** Where a short key belongs. An entry that was never used holds the empty key's four zeros, which no row has. */
function entryFor(strings: Uint32Array, first: number): number {
  return mixedText(strings, first) & (ENTRIES - 1);
}
