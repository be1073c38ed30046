import { refused } from '../../domain/problem.ts';
import { MAX_ENTRIES, NO_CODE } from '../../kernel/column-scanner.ts';
import type { ColumnSpec } from '../../pipeline/pipeline.ts';
import type { BlockColumn } from './block-column.ts';
import type { ColumnReader } from './column-reader.ts';
import { payloadValue } from './payload-value.ts';
import { type RowFaults, VECTOR_ROWS } from './row-vector.ts';
import type { UnexpectedCodeRule } from './unexpected-code-rule.ts';

/**
 * What a cell is; any other number is one more than the code of its text. Unknown is 0, as memory is before it is written: a column of few texts
 * touches little of it.
 */
const ENTRY = { unknown: 0, nothing: -1, fault: -2, optOutCode: -3 } as const;
/**
 * Texts of a column. A column of codes or categories has some hundred thousand at most; one with more holds identifiers or measurements, and
 * its dictionary would take memory without a bound.
 */
const MOST_TEXTS = 2 ** 22;

/**
 * A payload column of codes, categories or organisations: each distinct text gets a code, and the rules are asked once a
 * distinct cell.
 */
export class TextPayloadColumn implements ColumnReader {
  readonly name: string;
  /** a code a row, 0 where there is none */
  readonly values = new Int32Array(VECTOR_ROWS);
  /** 1 for a row that has a text */
  readonly isPresent = new Uint8Array(VECTOR_ROWS);
  /** the distinct texts, by code */
  readonly texts: string[] = [];
  readonly #column: ColumnSpec;
  readonly #fault: number;
  readonly #unexpected: UnexpectedCodeRule | null;
  readonly #table: string;
  readonly #codes = new Map<string, number>();
  /** by code of the kernel's dictionary, what the cell is */
  readonly #entries = new Int32Array(MAX_ENTRIES);
  #block: BlockColumn | null = null;
  #blockCodes = new Uint32Array(0);

  /**
   * @param fault code of a cell that does not fit
   * @param unexpected whether a cell is an opt-out code, which is not expected here; null where codes are searched or need not be looked for
   * @param table its name, for a refusal
   */
  constructor(column: ColumnSpec, fault: number, unexpected: UnexpectedCodeRule | null, table: string) {
    this.name = column.name;
    this.#column = column;
    this.#fault = fault;
    this.#unexpected = unexpected;
    this.#table = table;
  }

  begin(block: BlockColumn): void {
    this.#block = block;
    if (this.#blockCodes.length < block.rows) this.#blockCodes = new Uint32Array(block.rows);
    this.#blockCodes.set(block.encode());
  }

  read(from: number, count: number, faults: RowFaults): void {
    const { values, isPresent } = this;
    const codes = this.#blockCodes;
    const entries = this.#entries;
    for (let row = 0; row < count; row += 1) {
      const code = codes[from + row]!;
      let entry = code === NO_CODE ? ENTRY.unknown : entries[code]!;
      if (entry === ENTRY.unknown) {
        entry = this.#entryOf(this.#block!.textOf(from + row));
        if (code !== NO_CODE) entries[code] = entry;
      }
      if (entry > 0) {
        values[row] = entry - 1;
        isPresent[row] = 1;
      } else this.#setNothing(row, entry, faults);
    }
  }

  readText(row: number, text: string, faults: RowFaults): void {
    const entry = this.#entryOf(text);
    if (entry <= 0) this.#setNothing(row, entry, faults);
    else {
      this.values[row] = entry - 1;
      this.isPresent[row] = 1;
    }
  }

  #setNothing(row: number, entry: number, faults: RowFaults): void {
    this.values[row] = 0;
    this.isPresent[row] = 0;
    if (entry === ENTRY.fault) faults.add(row, this.#fault);
    else if (entry === ENTRY.optOutCode) faults.addOptOutCode(row);
  }

  #entryOf(cell: string): number {
    if (this.#unexpected?.isCode(cell) ?? false) return ENTRY.optOutCode;
    const read = payloadValue(this.#column, cell);
    if ('fault' in read) return ENTRY.fault;
    if (read.value === null) return ENTRY.nothing;
    return this.codeOf(String(read.value)) + 1;
  }

  /**
   * The code of a text of the column; a new one where it has none.
   *
   * @throws TallystickError (exit 1) for a column of more texts than one of its role has
   */
  codeOf(text: string): number {
    const known = this.#codes.get(text);
    if (known !== undefined) return known;
    if (this.texts.length === MOST_TEXTS) {
      throw refused({
        file: this.#table,
        column: this.name,
        message: `has more than ${MOST_TEXTS} different texts: a column of the role ${this.#column.role} has far fewer`,
        wayOut: 'declare its role as what it holds, or leave it out of the pipeline file',
      });
    }
    const code = this.texts.push(text) - 1;
    this.#codes.set(text, code);
    return code;
  }
}
