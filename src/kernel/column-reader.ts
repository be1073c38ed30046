import type { DatePattern } from './date-pattern.ts';
import type { CellArguments } from './kernel-binary.ts';
import {
  BATCH,
  CELLS_AT,
  CELLS_GUARD_AT,
  COLUMN_SCANNER_BYTES,
  EMPTY_CELL,
  OTHER_CELL,
  PATTERN_AT,
  PATTERN_BYTES,
  PATTERN_GUARD_AT,
  PLAIN_CELL,
  POSTCODE_SHAPES_AT,
  POSTCODE_SHAPES_BYTES,
  POSTCODE_SHAPES_GUARD_AT,
  STATES_AT,
  STATES_GUARD_AT,
  TEN_POWERS,
  TEN_POWERS_AT,
  TEN_POWERS_GUARD_AT,
  VALUES_AT,
  VALUES_GUARD_AT,
} from './memory-layout.ts';
import { postcodeShapes } from './postcode-shapes.ts';
import { TextScanner } from './text-scanner.ts';

const GUARDS = [
  CELLS_GUARD_AT,
  VALUES_GUARD_AT,
  STATES_GUARD_AT,
  PATTERN_GUARD_AT,
  POSTCODE_SHAPES_GUARD_AT,
  TEN_POWERS_GUARD_AT,
];

/**
 * What a column kernel finds a cell to be: `plain`, with a value; `empty`, without a byte or a pair of quotes only; `other`, for the rule in
 * domain/ to read.
 */
export const CELL = { plain: PLAIN_CELL, empty: EMPTY_CELL, other: OTHER_CELL } as const;

/** The cells of one column in a run of rows. */
export interface Cells {
  /** from 0 */
  readonly column: number;
  /** cells of each row */
  readonly width: number;
  /** the first row */
  readonly from: number;
  /** rows, at most BATCH */
  readonly count: number;
  /** the byte that the text was scanned with */
  readonly quote: number;
}

/** The most digits of a number that are read. */
const MOST_DIGITS = 15;

/** What assembly/dates.ts calls each form of a date. */
const DATE_FORMS = { yyyymmdd: 0, days: 1, microseconds: 2 } as const;

type Values = Uint32Array | Int32Array | Float64Array;

/**
 * A scanner that also reads the cells of a column. The cells are those of the text that was scanned last, which is regular and has `width` cells
 * in each of its rows up to the last one that is read. A cell is taken without its quotes, and the last one of a row without the CR behind it.
 *
 * Of all its functions: `values` and `states` get a value and a state (CELL) for each row, from index 0; an int64 is two words, the low one first;
 * a cell that is not plain has the value 0. What is plain is plain and of the same value by the rule in domain/ too; any other cell may or may not be.
 * They return how many cells are `other`. They throw a RangeError for rows or a column that the text does not have, and for arrays too short for
 * the rows, and a TallystickError with EXIT.bug where something was written past a region.
 */
export class ColumnReader extends TextScanner {
  readonly #words: Uint32Array<ArrayBuffer>;
  readonly #integers: Int32Array<ArrayBuffer>;
  readonly #doubles: Float64Array<ArrayBuffer>;
  readonly #states: Uint8Array<ArrayBuffer>;
  readonly #cells: Uint32Array<ArrayBuffer>;
  readonly #pattern: Uint8Array<ArrayBuffer>;
  /** the most rows since the last `clear` */
  #mostRead = 0;

  /** @param guards of the regions that whoever extends it has as well */
  constructor(guards: readonly number[] = []) {
    super(COLUMN_SCANNER_BYTES, [...GUARDS, ...guards]);
    const { buffer } = this.words;
    this.#words = new Uint32Array(buffer, VALUES_AT, BATCH * 4);
    this.#integers = new Int32Array(buffer, VALUES_AT, BATCH * 4);
    this.#doubles = new Float64Array(buffer, VALUES_AT, BATCH * 2);
    this.#states = new Uint8Array(buffer, STATES_AT, BATCH);
    this.#cells = new Uint32Array(buffer, CELLS_AT, BATCH * 2);
    this.#pattern = new Uint8Array(buffer, PATTERN_AT, PATTERN_BYTES);
    new Uint8Array(buffer, POSTCODE_SHAPES_AT, POSTCODE_SHAPES_BYTES).set(postcodeShapes());
    new Float64Array(buffer, TEN_POWERS_AT, TEN_POWERS).set(
      Array.from({ length: TEN_POWERS }, (_, zeros) => Number(`1e${zeros}`)),
    );
  }

  /**
   * NHS numbers, as int64 of their ten digits. Plain: ten digits, or 3 3 4 with single spaces, with the right check digit; no placeholder, and none
   * of the test range.
   *
   * @param takesTestRange in synthetic runs: numbers of the test range are plain too
   */
  readNhsNumbers(cells: Cells, values: Uint32Array, states: Uint8Array, takesTestRange = false): number {
    return this.#read(cells, this.#words, 2, values, states, (...found) =>
      this.code.readNhsNumbers(...found, takesTestRange),
    );
  }

  /** Dates, as yyyymmdd or as days since 1970-01-01. Plain: the pattern, a date of the calendar, from 1800 to 2199. */
  readDates(
    cells: Cells,
    pattern: DatePattern,
    as: 'yyyymmdd' | 'days',
    values: Int32Array,
    states: Uint8Array,
  ): number {
    this.#pattern.set(pattern.bytes);
    return this.#read(cells, this.#integers, 1, values, states, (...found) =>
      this.code.readDates(...found, pattern.width, DATE_FORMS[as]),
    );
  }

  /** Dates with a time, as int64 of microseconds since 1970-01-01 00:00:00. Plain: as of `readDates`, and a time from 00:00:00 to 23:59:59. */
  readTimestamps(cells: Cells, pattern: DatePattern, values: Uint32Array, states: Uint8Array): number {
    this.#pattern.set(pattern.bytes);
    return this.#read(cells, this.#words, 2, values, states, (...found) =>
      this.code.readDates(...found, pattern.width, DATE_FORMS.microseconds),
    );
  }

  /**
   * Postcodes, as four words each: how many characters, then these in upper case without the space, zeros behind them. Plain: upper case, with three
   * spaces or fewer, of a shape, and no pseudo-postcode.
   */
  readPostcodes(cells: Cells, values: Uint32Array, states: Uint8Array): number {
    return this.#read(cells, this.#words, 4, values, states, (...found) => this.code.readPostcodes(...found));
  }

  /**
   * Whole numbers, as int64. Plain: digits, with a minus before them or none.
   *
   * @param mostDigits from 1 to 15
   */
  readIntegers(cells: Cells, mostDigits: number, values: Uint32Array, states: Uint8Array): number {
    requireDigits(mostDigits);
    return this.#read(cells, this.#words, 2, values, states, (...found) =>
      this.code.readIntegers(...found, mostDigits),
    );
  }

  /**
   * Decimal numbers, as the nearest double; -0 is 0. Plain: digits, with a point behind the first or a later one or with none, and with a minus
   * before them or none.
   *
   * @param mostDigits before and behind the point together, from 1 to 15
   */
  readDecimals(cells: Cells, mostDigits: number, values: Float64Array, states: Uint8Array): number {
    requireDigits(mostDigits);
    return this.#read(cells, this.#doubles, 1, values, states, (...found) =>
      this.code.readDecimals(...found, mostDigits),
    );
  }

  /**
   * Texts, as four words each: how many bytes; then the text, if it has at most twelve, zeros behind it; of a longer one its first four bytes, 0, and
   * the offset of its first byte in the scanned text. Plain: no quote and no NUL inside, and a visible character of ASCII at either end.
   */
  readTexts(cells: Cells, values: Uint32Array, states: Uint8Array): number {
    return this.#read(cells, this.#words, 4, values, states, (...found) => this.code.readTexts(...found));
  }

  /** Overwrites the values with zeros as well, and where their cells were. */
  override clear(): void {
    super.clear();
    this.#words.fill(0, 0, this.#mostRead * 4);
    this.#states.fill(0, 0, this.#mostRead);
    this.#cells.fill(0);
    this.#mostRead = 0;
  }

  #read(
    { column, width, from, count, quote }: Cells,
    region: Values,
    words: number,
    values: Values,
    states: Uint8Array,
    kernel: (...cells: CellArguments) => number,
  ): number {
    const isColumn = [column, width, from, count].every(Number.isInteger) && column >= 0 && column < width;
    const areRows = from >= 0 && count >= 0 && count <= BATCH && (from + count) * width <= this.found;
    if (!isColumn || !areRows) {
      throw new RangeError(`There is no column ${column} of ${width} in ${count} rows from row ${from}.`);
    }
    this.#mostRead = Math.max(this.#mostRead, count);
    this.requireGuards();
    const others = kernel(column, width, from, count, quote);
    this.requireGuards();
    values.set(region.subarray(0, count * words));
    states.set(this.#states.subarray(0, count));
    return others;
  }
}

function requireDigits(mostDigits: number): void {
  if (!Number.isInteger(mostDigits) || mostDigits < 1 || mostDigits > MOST_DIGITS) {
    throw new RangeError(`Numbers of ${mostDigits} digits are not read.`);
  }
}
