import {
  BIRTH_DATE_PLACEHOLDERS,
  EARLIEST_BIRTH_DATE,
  standardiseBirthDate,
} from '../../domain/birth-date.ts';
import { standardiseNhsNumber } from '../../domain/nhs-number.ts';
import { standardisePostcode } from '../../domain/postcode.ts';
import { standardiseSex } from '../../domain/sex.ts';
import { OUTCOMES, type Outcome } from '../../domain/standardised.ts';
import { CELL, MAX_ENTRIES, NO_CODE } from '../../kernel/column-scanner.ts';
import { datePatternOf } from '../../kernel/date-pattern.ts';
import type { ColumnSpec, Pipeline } from '../../pipeline/pipeline.ts';
import type { BlockColumn } from '../extract/block-column.ts';
import type { ColumnReader } from '../extract/column-reader.ts';
import {
  type DemographicRole,
  type RowFaults,
  setLong,
  TEXT_WORDS,
  type TextColumn,
  VECTOR_ROWS,
} from '../extract/row-vector.ts';

/** An identifier column: canonical values, and the outcome of each cell. */
export abstract class IdentifierColumn implements ColumnReader {
  readonly name: string;
  /** a code of `OUTCOMES` a row */
  readonly outcomes = new Uint8Array(VECTOR_ROWS);
  protected block: BlockColumn | null = null;
  protected readonly states = new Uint8Array(VECTOR_ROWS);

  constructor({ name }: ColumnSpec) {
    this.name = name;
  }

  begin(block: BlockColumn): void {
    this.block = block;
  }

  abstract read(from: number, count: number, faults: RowFaults): void;
  /** Puts value and outcome of a cell, by the rule of the domain, into a row. */
  abstract readText(row: number, text: string): void;

  /** Gives plain and empty cells their outcomes, and every other cell to the rule. */
  protected settle(from: number, count: number, others: number): void {
    const { states, outcomes } = this;
    for (let row = 0; row < count; row += 1) {
      outcomes[row] = states[row] === CELL.plain ? OUTCOMES.valid.code : OUTCOMES.absent.code;
    }
    if (others === 0) return;
    for (let row = 0; row < count; row += 1) {
      if (states[row] === CELL.other) this.readText(row, this.block!.textOf(from + row));
    }
  }

  protected setOutcome(row: number, outcome: Outcome): void {
    this.outcomes[row] = OUTCOMES[outcome].code;
  }
}

/** NHS numbers, as int64 in two words a row: the ten digits as a number, or 0. */
export class NhsNumberColumn extends IdentifierColumn {
  readonly values = new Uint32Array(VECTOR_ROWS * 2);
  readonly #allowTestRange: boolean;

  constructor(column: ColumnSpec, { synthetic }: Pick<Pipeline, 'synthetic'>) {
    super(column);
    this.#allowTestRange = synthetic;
  }

  read(from: number, count: number): void {
    const block = this.block!;
    const cells = block.cells(from, count);
    const others = block.scanner.readNhsNumbers(cells, this.values, this.states, this.#allowTestRange);
    this.settle(from, count, others);
  }

  readText(row: number, text: string): void {
    const { value, outcome } = standardiseNhsNumber(text, { allowTestRange: this.#allowTestRange });
    setLong(this.values, row, value === null ? 0 : Number(value));
    this.setOutcome(row, outcome);
  }
}

/** Birth dates, as numbers yyyymmdd, or 0. */
export class BirthDateColumn extends IdentifierColumn {
  readonly values = new Int32Array(VECTOR_ROWS);
  readonly #format: string;
  readonly #runDate: string;
  readonly #pattern;
  /** a date between these is no placeholder, and plausible; of any other the rule decides */
  readonly #after: number;
  readonly #until: number;

  /** @param runDate YYYY-MM-DD */
  constructor(column: ColumnSpec, runDate: string) {
    super(column);
    this.#format = column.format;
    this.#runDate = runDate;
    this.#pattern = datePatternOf(column.format);
    this.#after = Math.max(...[...BIRTH_DATE_PLACEHOLDERS, EARLIEST_BIRTH_DATE].map(asNumber));
    this.#until = asNumber(runDate);
  }

  read(from: number, count: number): void {
    const { states, values } = this;
    const block = this.block!;
    let others = count;
    if (this.#pattern === null) states.fill(CELL.other, 0, count);
    else {
      others = block.scanner.readDates(block.cells(from, count), this.#pattern, 'yyyymmdd', values, states);
      for (let row = 0; row < count; row += 1) {
        const date = values[row]!;
        if (states[row] !== CELL.plain || (date > this.#after && date <= this.#until)) continue;
        states[row] = CELL.other;
        others += 1;
      }
    }
    this.settle(from, count, others);
  }

  readText(row: number, text: string): void {
    const { value, outcome } = standardiseBirthDate(text, this.#format, this.#runDate);
    this.values[row] = value === null ? 0 : asNumber(value);
    this.setOutcome(row, outcome);
  }
}

/** Postcodes, as canonical texts. */
export class PostcodeColumn extends IdentifierColumn implements TextColumn {
  readonly words = new Uint32Array(VECTOR_ROWS * TEXT_WORDS);
  readonly #bytes = new Uint8Array(this.words.buffer);

  read(from: number, count: number): void {
    const block = this.block!;
    const others = block.scanner.readPostcodes(block.cells(from, count), this.words, this.states);
    this.settle(from, count, others);
  }

  /** A postcode has seven characters at most. */
  longText(row: number): never {
    throw new RangeError(`The postcode of row ${row} is in its words.`);
  }

  readText(row: number, text: string): void {
    const { value, outcome } = standardisePostcode(text);
    const word = row * TEXT_WORDS;
    this.words.fill(0, word, word + TEXT_WORDS);
    if (value !== null) {
      this.words[word] = value.length;
      for (let index = 0; index < value.length; index += 1)
        this.#bytes[word * 4 + 4 + index] = value.charCodeAt(index);
    }
    this.setOutcome(row, outcome);
  }
}

/** Sexes: 1, 2, or 0. The rule is asked once a distinct cell. */
export class SexColumn extends IdentifierColumn {
  readonly values = new Int8Array(VECTOR_ROWS);
  readonly #map: ColumnSpec['map'];
  /** by code of the kernel's dictionary: the outcome's code times four and the sex; 0 where the rule has not been asked */
  readonly #entries = new Uint8Array(MAX_ENTRIES);
  #codes = new Uint32Array(0);

  constructor(column: ColumnSpec) {
    super(column);
    this.#map = column.map;
  }

  override begin(block: BlockColumn): void {
    super.begin(block);
    if (this.#codes.length < block.rows) this.#codes = new Uint32Array(block.rows);
    this.#codes.set(block.encode());
  }

  read(from: number, count: number): void {
    for (let row = 0; row < count; row += 1) {
      const code = this.#codes[from + row]!;
      let entry = code === NO_CODE ? 0 : this.#entries[code]!;
      if (entry === 0) {
        entry = this.#entryOf(this.block!.textOf(from + row));
        if (code !== NO_CODE) this.#entries[code] = entry;
      }
      this.#set(row, entry);
    }
  }

  readText(row: number, text: string): void {
    this.#set(row, this.#entryOf(text));
  }

  #entryOf(text: string): number {
    const { value, outcome } = standardiseSex(text, this.#map);
    return OUTCOMES[outcome].code * 4 + Number(value ?? 0);
  }

  #set(row: number, entry: number): void {
    this.values[row] = entry & 3;
    this.outcomes[row] = entry >> 2;
  }
}

export type IdentifierColumns = Partial<{
  'nhs-number': NhsNumberColumn;
  'date-of-birth': BirthDateColumn;
  sex: SexColumn;
  postcode: PostcodeColumn;
}>;

/** The readers of those identifier columns that a table has. */
export function identifierColumnsOf(
  columns: readonly ColumnSpec[],
  pipeline: Pick<Pipeline, 'synthetic'>,
  runDate: string,
): IdentifierColumns {
  const of = (role: DemographicRole) => columns.find((one) => one.role === role);
  const [number, date, sex, postcode] = [of('nhs-number'), of('date-of-birth'), of('sex'), of('postcode')];
  return {
    ...(number === undefined ? {} : { 'nhs-number': new NhsNumberColumn(number, pipeline) }),
    ...(date === undefined ? {} : { 'date-of-birth': new BirthDateColumn(date, runDate) }),
    ...(sex === undefined ? {} : { sex: new SexColumn(sex) }),
    ...(postcode === undefined ? {} : { postcode: new PostcodeColumn(postcode) }),
  };
}

/** YYYY-MM-DD as the number yyyymmdd. */
function asNumber(isoDate: string): number {
  return Number(isoDate.replaceAll('-', ''));
}
