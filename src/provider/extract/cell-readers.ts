import { dateFormatParts, dateFormatWidth, isRealDate, parseDate } from '../../domain/date-format.ts';
import { payloadType } from '../../domain/role.ts';
import {
  type CellReader,
  type CellResult,
  MAX_VECTOR_ROWS,
  type VectorInput,
} from '../../engine/vector-function.ts';
import type { ColumnSpec } from '../../pipeline/pipeline.ts';
import { payloadValue } from './payload-value.ts';

/*
 * Dates and whole numbers are short texts, which stand in the vectors that the hashing function is handed anyway. Reading
 * them here takes 10 to 15 ns a cell; trimming, parsing and testing one in SQL takes about 120 ns (strptime alone 60).
 * Only the plain, well-formed cell is read the fast way; every other goes through the plain rule, payloadValue.
 */

/** Bytes of one string_t: 4 of length, then up to 12 of text. */
const STRING_BYTES = 16;
const TEXT_AT = 4;
const INLINE_BYTES = 12;
const ZERO = 48;
const MINUS = 45;
const PLUS = 43;
const DAY_MS = 86_400_000;

/** Years whose months are tabled. */
const FIRST_YEAR = 1800;
const LAST_YEAR = 2199;
/** Days from 1970-01-01 to the first of each month, from January 1800. */
const MONTH_STARTS = Int32Array.from({ length: (LAST_YEAR - FIRST_YEAR + 1) * 12 }, (_, month) =>
  Math.round(Date.UTC(FIRST_YEAR + Math.trunc(month / 12), month % 12, 1) / DAY_MS),
);

/** The reader of a payload column that this program reads itself, or null where the engine's SQL does. */
export function cellReaderOf(column: ColumnSpec): CellReader | null {
  switch (payloadType(column.role)) {
    case 'date':
      return dateFormatWidth(column.format) <= INLINE_BYTES ? new DateCells(column) : null;
    case 'integer':
      return column.missing.length === 0 ? new IntegerCells(column) : null;
    default:
      return null;
  }
}

/** What readers have in common: results for one vector, and the plain rule for cells that are not plain. */
abstract class Cells implements CellReader {
  abstract readonly type: CellReader['type'];
  protected readonly column: ColumnSpec;
  protected readonly validity = new Uint8Array(MAX_VECTOR_ROWS / 8);
  protected readonly faults = new Uint8Array(MAX_VECTOR_ROWS);

  constructor(column: ColumnSpec) {
    this.column = column;
  }

  abstract read(input: VectorInput, parameter: number): CellResult;

  protected setValid(row: number): void {
    this.validity[row >> 3]! |= 1 << (row & 7);
  }

  /** The cell by the plain rule: its value, null, or null with the fault noted. */
  protected slowly(input: VectorInput, parameter: number, row: number): string | number | null {
    const bytes = input.bytes(parameter);
    const at = row * STRING_BYTES;
    const length = lengthAt(bytes, at);
    const text =
      length <= INLINE_BYTES
        ? bytes.subarray(at + TEXT_AT, at + TEXT_AT + length)
        : input.longText(parameter, row);
    const cell = payloadValue(this.column, Buffer.from(text).toString('utf8'));
    if ('fault' in cell) {
      this.faults[row] = 1;
      return null;
    }
    return cell.value;
  }
}

/** Dates of a fixed-width format, as days since 1970-01-01. */
class DateCells extends Cells {
  readonly type = 'integer';
  readonly #values = new Int32Array(MAX_VECTOR_ROWS);
  readonly #width: number;
  /** where each part begins in the text */
  readonly #year: number;
  readonly #month: number;
  readonly #day: number;
  readonly #literals: readonly { readonly at: number; readonly code: number }[];
  readonly #missingDays: readonly number[];

  constructor(column: ColumnSpec) {
    super(column);
    const starts: Record<string, number> = {};
    const literals: { at: number; code: number }[] = [];
    let at = TEXT_AT;
    for (const part of dateFormatParts(column.format)) {
      if ('literal' in part) literals.push({ at: at++, code: part.literal.charCodeAt(0) });
      else {
        starts[part.directive] = at;
        at += part.directive === 'Y' ? 4 : 2;
      }
    }
    this.#width = dateFormatWidth(column.format);
    this.#year = starts['Y']!;
    this.#month = starts['m']!;
    this.#day = starts['d']!;
    this.#literals = literals;
    this.#missingDays = column.missing.flatMap((text) => {
      const date = parseDate(text, column.format);
      return date === null ? [] : [daysOf(date.year, date.month, date.day)];
    });
  }

  read(input: VectorInput, parameter: number): CellResult {
    const bytes = input.bytes(parameter);
    this.validity.fill(0);
    this.faults.fill(0, 0, input.rows);
    for (let row = 0; row < input.rows; row += 1) {
      const at = row * STRING_BYTES;
      const length = lengthAt(bytes, at);
      if (length === 0) continue;
      const days = length === this.#width ? this.#plainDays(bytes, at) : Number.NaN;
      if (Number.isNaN(days)) {
        const value = this.slowly(input, parameter, row);
        if (value === null) continue;
        const [year, month, day] = String(value).split('-').map(Number);
        this.#values[row] = daysOf(year!, month!, day!);
      } else if (this.#missingDays.includes(days)) continue;
      else this.#values[row] = days;
      this.setValid(row);
    }
    return { values: new Uint8Array(this.#values.buffer), validity: this.validity, faults: this.faults };
  }

  /** Days of a cell of the right width, or NaN where it is not plainly a date of a tabled year. */
  #plainDays(bytes: Uint8Array, at: number): number {
    for (const { at: place, code } of this.#literals) if (bytes[at + place] !== code) return Number.NaN;
    const year = twoDigits(bytes, at + this.#year) * 100 + twoDigits(bytes, at + this.#year + 2);
    const month = twoDigits(bytes, at + this.#month);
    const day = twoDigits(bytes, at + this.#day);
    // a character that is no digit makes its part NaN, which no comparison lets through
    if (!(year >= FIRST_YEAR && year <= LAST_YEAR && month >= 1 && month <= 12 && day >= 1))
      return Number.NaN;
    if (day > 28 && !isRealDate({ year, month, day })) return Number.NaN;
    return MONTH_STARTS[(year - FIRST_YEAR) * 12 + month - 1]! + day - 1;
  }
}

/** Whole numbers of up to eleven digits, as 64-bit integers. */
class IntegerCells extends Cells {
  readonly type = 'bigint';
  /** low and high word of each value */
  readonly #words = new Int32Array(MAX_VECTOR_ROWS * 2);

  read(input: VectorInput, parameter: number): CellResult {
    const bytes = input.bytes(parameter);
    this.validity.fill(0);
    this.faults.fill(0, 0, input.rows);
    for (let row = 0; row < input.rows; row += 1) {
      const at = row * STRING_BYTES;
      const length = lengthAt(bytes, at);
      if (length === 0) continue;
      let value = length <= INLINE_BYTES ? plainInteger(bytes, at + TEXT_AT, length) : Number.NaN;
      if (Number.isNaN(value)) {
        const slow = this.slowly(input, parameter, row);
        if (slow === null) continue;
        value = Number(slow);
      }
      this.#words[row * 2] = value; // stores the low 32 bits
      this.#words[row * 2 + 1] = Math.floor(value / 2 ** 32);
      this.setValid(row);
    }
    return { values: new Uint8Array(this.#words.buffer), validity: this.validity, faults: this.faults };
  }
}

/** Bytes of the text whose string_t stands at `at`. */
function lengthAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
}

/** The number two ASCII digits make, or NaN. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]! - ZERO;
  const ones = bytes[at + 1]! - ZERO;
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
}

/** Digits with an optional sign, or NaN. */
function plainInteger(bytes: Uint8Array, start: number, length: number): number {
  const sign = bytes[start]!;
  const end = start + length;
  let at = sign === MINUS || sign === PLUS ? start + 1 : start;
  if (at === end) return Number.NaN;
  let value = 0;
  for (; at < end; at += 1) {
    const digit = bytes[at]! - ZERO;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    value = value * 10 + digit;
  }
  return sign === MINUS ? -value : value;
}

/** Days since 1970-01-01 of a real date, year 1 to 9999. */
function daysOf(year: number, month: number, day: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return Math.round(date.getTime() / DAY_MS);
}
