import { ColumnReader } from './column-reader.ts';
import {
  CODES_AT,
  CODES_GUARD_AT,
  DICTIONARY_AT,
  DICTIONARY_GUARD_AT,
  ENTRIES_AT,
  ENTRIES_GUARD_AT,
  ENTRY_TEXTS_AT,
  ENTRY_TEXTS_GUARD_AT,
  MAX_ENTRIES,
  MAX_ENTRY_BYTES,
  MAX_ROWS,
  TABLE_AT,
  TABLE_GUARD_AT,
  TABLE_SLOTS,
} from './memory-layout.ts';

export { CELL, type Cells } from './column-reader.ts';
export { BATCH, MAX_ENTRIES, NO_CODE } from './memory-layout.ts';

const GUARDS = [CODES_GUARD_AT, DICTIONARY_GUARD_AT, TABLE_GUARD_AT, ENTRIES_GUARD_AT, ENTRY_TEXTS_GUARD_AT];

/**
 * A scanner that also puts the cells of a column under codes, in one dictionary for all columns and texts until `clear`: so a rule
 * is asked once a distinct cell. It holds the cells that it has met.
 */
export class ColumnScanner extends ColumnReader {
  readonly #codes: Uint32Array<ArrayBuffer>;
  readonly #dictionary: Uint32Array<ArrayBuffer>;
  readonly #table: Uint32Array<ArrayBuffer>;
  readonly #entries: Uint32Array<ArrayBuffer>;
  readonly #texts: Uint8Array<ArrayBuffer>;
  #mostRows = 0;

  constructor() {
    super(GUARDS);
    const { buffer } = this.words;
    this.#codes = new Uint32Array(buffer, CODES_AT, MAX_ROWS);
    this.#dictionary = new Uint32Array(buffer, DICTIONARY_AT, 2);
    this.#table = new Uint32Array(buffer, TABLE_AT, TABLE_SLOTS);
    this.#entries = new Uint32Array(buffer, ENTRIES_AT, MAX_ENTRIES * 2);
    this.#texts = new Uint8Array(buffer, ENTRY_TEXTS_AT, ENTRY_TEXTS_GUARD_AT - ENTRY_TEXTS_AT);
  }

  /**
   * Codes of a column of the text that was scanned last, which is regular and has `width` cells in each of its first rows. A cell
   * is taken without its quotes, and the last one of a row without the CR behind it.
   *
   * @param column from 0
   * @param width two or more
   * @returns a code a row, valid until the next call: from 0 to MAX_ENTRIES - 1 in the order in which cells are first met; NO_CODE
   *   for a cell that has more than MAX_ENTRY_BYTES, has a quote in it, or is new when the dictionary is full
   * @throws RangeError for more rows than a text can have, TallystickError with EXIT.bug where something was written past a region
   */
  encode(column: number, width: number, rows: number, quote: number): Uint32Array {
    return this.#encode(column, width, rows, quote, false);
  }

  /**
   * Puts a text into the sieve, and forgets the text that was scanned last. The sieve and the dictionary are one piece of memory: a scanner
   * has the one or the other.
   *
   * @returns false of a text that is longer than MAX_ENTRY_BYTES, whose cells `sift` leaves to the caller anyway
   */
  mark(text: Uint8Array): boolean {
    if (text.length > MAX_ENTRY_BYTES) return false;
    this.write(text);
    this.code.mark(text.length);
    this.requireGuards();
    return true;
  }

  /**
   * Which cells of a column may be in the sieve. Parameters and errors are those of `encode`.
   *
   * @returns a number a row, valid until the next call: 0 for a cell that is in no case one of the texts that were marked, with blanks around it
   *   or without; 1 for one that may be; NO_CODE for one of which only the caller can say
   */
  sift(column: number, width: number, rows: number, quote: number): Uint32Array {
    return this.#encode(column, width, rows, quote, true);
  }

  /** The bytes of the cells with this code, as UTF-8 if the texts were. */
  textOf(code: number): Buffer {
    const [at, length] = this.#entries.subarray(code * 2, code * 2 + 2);
    return Buffer.from(this.#texts.subarray(at, at! + length!));
  }

  #encode(column: number, width: number, rows: number, quote: number, sifts: boolean): Uint32Array {
    if (width < 2 || column < 0 || column >= width || rows > MAX_ROWS) {
      throw new RangeError(`There is no column ${column} of ${width} in ${rows} rows.`);
    }
    this.#mostRows = Math.max(this.#mostRows, rows);
    this.requireGuards();
    this.code.encode(column, width, rows, quote, sifts);
    this.requireGuards();
    return this.#codes.subarray(0, rows);
  }

  /** Overwrites the dictionary with zeros as well. */
  override clear(): void {
    super.clear();
    this.#codes.fill(0, 0, this.#mostRows);
    this.#table.fill(0);
    this.#entries.fill(0, 0, this.#dictionary[0]! * 2);
    this.#texts.fill(0, 0, this.#dictionary[1]);
    this.#dictionary.fill(0);
    this.#mostRows = 0;
  }
}
