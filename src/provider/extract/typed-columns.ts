import { isoDate, parseDate } from '../../domain/date-format.ts';
import { payloadType } from '../../domain/role.ts';
import { CELL } from '../../kernel/column-scanner.ts';
import { datePatternOf } from '../../kernel/date-pattern.ts';
import type { ColumnSpec } from '../../pipeline/pipeline.ts';
import type { BlockColumn } from './block-column.ts';
import type { ColumnReader } from './column-reader.ts';
import { payloadValue } from './payload-value.ts';
import { type RowFaults, setLong, VECTOR_ROWS } from './row-vector.ts';
import type { UnexpectedCodeRule } from './unexpected-code-rule.ts';

/** Digits of a whole number that a double holds exactly, whatever they are. */
const EXACT_DIGITS = 15;
const DAY_MS = 86_400_000;

/** A payload column of numbers, dates or times. */
export abstract class TypedColumn implements ColumnReader {
  readonly name: string;
  /** 1 for a row that has a value; of others the value is 0 */
  readonly isPresent = new Uint8Array(VECTOR_ROWS);
  abstract readonly values: Int32Array | Uint32Array | Float64Array;
  protected readonly column: ColumnSpec;
  protected block: BlockColumn | null = null;
  readonly #fault: number;
  readonly #unexpected: UnexpectedCodeRule | null;
  readonly #states = new Uint8Array(VECTOR_ROWS);

  constructor(column: ColumnSpec, fault: number, unexpected: UnexpectedCodeRule | null) {
    this.name = column.name;
    this.column = column;
    this.#fault = fault;
    this.#unexpected = unexpected;
  }

  begin(block: BlockColumn): void {
    this.block = block;
  }

  read(from: number, count: number, faults: RowFaults): void {
    const states = this.#states;
    const others = this.readPlain(from, count, states);
    for (let row = 0; row < count; row += 1) this.isPresent[row] = states[row] === CELL.plain ? 1 : 0;
    if (others > 0) {
      for (let row = 0; row < count; row += 1) {
        if (states[row] === CELL.other) this.readText(row, this.block!.textOf(from + row), faults);
      }
    }
    if (this.column.missing.length === 0) return;
    for (let row = 0; row < count; row += 1) {
      if (states[row] === CELL.plain && this.isMissing(row, from + row)) this.#clear(row);
    }
  }

  readText(row: number, text: string, faults: RowFaults): void {
    this.#clear(row);
    if (this.#unexpected?.isCode(text) ?? false) {
      faults.addOptOutCode(row);
      return;
    }
    const read = payloadValue(this.column, text);
    if ('fault' in read) faults.add(row, this.#fault);
    else if (read.value !== null) {
      this.set(row, read.value);
      this.isPresent[row] = 1;
    }
  }

  /** Digits of a number that the kernel may read: more of them may be an opt-out code. 0 where any number may be one. */
  protected get plainDigits(): number {
    return Math.min(EXACT_DIGITS, this.#unexpected?.safeDigits ?? EXACT_DIGITS);
  }

  /** Reads the plain cells; returns how many others there are that are not empty. */
  protected abstract readPlain(from: number, count: number, states: Uint8Array): number;
  /** Puts the value of the plain rule into a row. */
  protected abstract set(row: number, value: string | number): void;
  protected abstract setZero(row: number): void;
  /** True of a plain cell that is one of the texts which the column writes for "nothing". */
  protected abstract isMissing(row: number, rowOfBlock: number): boolean;

  /** Whether the cell is one of these texts: a number may be written in several ways. */
  protected isMissingText(rowOfBlock: number): boolean {
    return this.column.missing.includes(this.block!.textOf(rowOfBlock));
  }

  #clear(row: number): void {
    this.setZero(row);
    this.isPresent[row] = 0;
  }
}

/** Whole numbers, as int64 in two words a row. */
class IntegerColumn extends TypedColumn {
  readonly values = new Uint32Array(VECTOR_ROWS * 2);
  readonly #missingLows: ReadonlySet<number>;

  constructor(column: ColumnSpec, fault: number, unexpected: UnexpectedCodeRule | null) {
    super(column, fault, unexpected);
    this.#missingLows = new Set(column.missing.map((text) => Number(text) >>> 0));
  }

  protected readPlain(from: number, count: number, states: Uint8Array): number {
    const block = this.block!;
    if (this.plainDigits === 0) return allOthers(states, count);
    return block.scanner.readIntegers(block.cells(from, count), this.plainDigits, this.values, states);
  }

  protected set(row: number, value: string | number): void {
    setLong(this.values, row, Number(value));
  }

  protected setZero(row: number): void {
    this.values[row * 2] = 0;
    this.values[row * 2 + 1] = 0;
  }

  protected isMissing(row: number, rowOfBlock: number): boolean {
    return this.#missingLows.has(this.values[row * 2]!) && this.isMissingText(rowOfBlock);
  }
}

/** Decimal numbers, as doubles. */
class DecimalColumn extends TypedColumn {
  readonly values = new Float64Array(VECTOR_ROWS);
  readonly #missingValues: ReadonlySet<number>;

  constructor(column: ColumnSpec, fault: number, unexpected: UnexpectedCodeRule | null) {
    super(column, fault, unexpected);
    this.#missingValues = new Set(column.missing.map(Number));
  }

  protected readPlain(from: number, count: number, states: Uint8Array): number {
    const block = this.block!;
    if (this.plainDigits === 0) return allOthers(states, count);
    return block.scanner.readDecimals(block.cells(from, count), this.plainDigits, this.values, states);
  }

  protected set(row: number, value: string | number): void {
    this.values[row] = Number(value);
  }

  protected setZero(row: number): void {
    this.values[row] = 0;
  }

  protected isMissing(row: number, rowOfBlock: number): boolean {
    return this.#missingValues.has(this.values[row]!) && this.isMissingText(rowOfBlock);
  }
}

/** Dates, as days since 1970-01-01. */
class DateColumn extends TypedColumn {
  readonly values = new Int32Array(VECTOR_ROWS);
  readonly #pattern = datePatternOf(this.column.format);
  readonly #hasTime = /%[HMS]/.test(this.column.format);
  readonly #missingDays = new Set(
    this.column.missing.flatMap((text) => {
      const date = parseDate(text, this.column.format);
      return date === null ? [] : [daysOf(isoDate(date))];
    }),
  );

  protected readPlain(from: number, count: number, states: Uint8Array): number {
    const block = this.block!;
    if (this.#pattern === null) return allOthers(states, count);
    return block.scanner.readDates(block.cells(from, count), this.#pattern, 'days', this.values, states);
  }

  protected set(row: number, value: string | number): void {
    this.values[row] = daysOf(String(value));
  }

  protected setZero(row: number): void {
    this.values[row] = 0;
  }

  /** A day is written in one way, unless the format has a time. */
  protected isMissing(row: number, rowOfBlock: number): boolean {
    return this.#missingDays.has(this.values[row]!) && (!this.#hasTime || this.isMissingText(rowOfBlock));
  }
}

/** Times, as microseconds since 1970-01-01 in an int64 of two words a row. */
class TimestampColumn extends TypedColumn {
  readonly values = new Uint32Array(VECTOR_ROWS * 2);
  readonly #pattern = datePatternOf(this.column.format);
  readonly #words = new BigInt64Array(this.values.buffer);

  protected readPlain(from: number, count: number, states: Uint8Array): number {
    const block = this.block!;
    if (this.#pattern === null) return allOthers(states, count);
    return block.scanner.readTimestamps(block.cells(from, count), this.#pattern, this.values, states);
  }

  protected set(row: number, value: string | number): void {
    const [date = '', time = ''] = String(value).split(' ');
    const [hours = 0, minutes = 0, seconds = 0] = time.split(':').map(Number);
    const inDay = ((hours * 60 + minutes) * 60 + seconds) * 1_000_000;
    this.#words[row] = BigInt(daysOf(date)) * 86_400_000_000n + BigInt(inDay);
  }

  protected setZero(row: number): void {
    this.#words[row] = 0n;
  }

  protected isMissing(_: number, rowOfBlock: number): boolean {
    return this.isMissingText(rowOfBlock);
  }
}

/**
 * The reader of a payload column that is a number, a date or a time; null of any other.
 *
 * @param fault code of a cell that does not fit
 * @param unexpected whether a cell is an opt-out code, which is not expected here; null where it need not be asked
 */
export function typedColumnOf(
  column: ColumnSpec,
  fault: number,
  unexpected: UnexpectedCodeRule | null,
): TypedColumn | null {
  switch (payloadType(column.role)) {
    case 'integer':
      return new IntegerColumn(column, fault, unexpected);
    case 'decimal':
      return new DecimalColumn(column, fault, unexpected);
    case 'date':
      return new DateColumn(column, fault, unexpected);
    case 'timestamp':
      return new TimestampColumn(column, fault, unexpected);
    default:
      return null;
  }
}

/** Leaves every cell to the plain rule. */
function allOthers(states: Uint8Array, count: number): number {
  states.fill(CELL.other, 0, count);
  return count;
}

/** Days since 1970-01-01 of YYYY-MM-DD, year 1 to 9999. */
function daysOf(isoDate: string): number {
  const [year, month, day] = isoDate.split('-').map(Number);
  const date = new Date(0);
  date.setUTCFullYear(year!, month! - 1, day!);
  return Math.round(date.getTime() / DAY_MS);
}
