import { CELL } from '../../kernel/column-scanner.ts';
import type { ColumnSpec } from '../../pipeline/pipeline.ts';
import type { BlockColumn } from './block-column.ts';
import type { ColumnReader } from './column-reader.ts';
import { payloadText } from './payload-value.ts';
import { INLINE_BYTES, type RowFaults, TEXT_WORDS, type TextColumn, VECTOR_ROWS } from './row-vector.ts';
import type { CodeForKeyRule } from './unexpected-code-rule.ts';

/** A column of keys: texts without blanks around them, which are hashed. */
export class KeyColumn implements ColumnReader, TextColumn {
  readonly name: string;
  readonly words = new Uint32Array(VECTOR_ROWS * TEXT_WORDS);
  readonly #column: ColumnSpec;
  readonly #fault: number | null;
  readonly #code: CodeForKeyRule | null;
  readonly #states = new Uint8Array(VECTOR_ROWS);
  readonly #bytes = new Uint8Array(this.words.buffer);
  /** long texts that are not as they are in the block, by row */
  readonly #long = new Map<number, Uint8Array>();
  #block: BlockColumn | null = null;

  /**
   * @param fault code of a row without the key; null of a column that may be empty
   * @param code whether a key is an opt-out code, of the column by which the rows of a searched table are known; null of others
   */
  constructor(column: ColumnSpec, fault: number | null, code: CodeForKeyRule | null) {
    this.name = column.name;
    this.#column = column;
    this.#fault = fault;
    this.#code = code;
  }

  begin(block: BlockColumn): void {
    this.#block = block;
  }

  read(from: number, count: number, faults: RowFaults): void {
    const block = this.#block!;
    const states = this.#states;
    this.#long.clear();
    const others = block.scanner.readTexts(block.cells(from, count), this.words, states);
    if (others > 0 || this.#column.missing.length > 0 || this.#fault !== null) {
      for (let row = 0; row < count; row += 1) {
        if (states[row] === CELL.plain && this.#column.missing.length === 0) continue;
        if (states[row] === CELL.empty) this.#setNothing(row, faults);
        else this.readText(row, block.textOf(from + row), faults);
      }
    }
    if (this.#code === null) return;
    for (let row = 0; row < count; row += 1) {
      if (states[row] === CELL.plain && this.#code.mayHaveLength(this.words[row * TEXT_WORDS]!))
        this.#judge(row, block.textOf(from + row), faults);
    }
  }

  readText(row: number, cell: string, faults: RowFaults): void {
    this.#long.delete(row);
    if (this.#code !== null) this.#judge(row, cell, faults);
    const text = payloadText(this.#column, cell);
    if (text === null) this.#setNothing(row, faults);
    else this.#set(row, Buffer.from(text, 'utf8'));
  }

  longText(row: number): Uint8Array {
    const word = row * TEXT_WORDS;
    return this.#long.get(row) ?? this.#block!.bytes(this.words[word + 3]!, this.words[word]!);
  }

  /** Overwrites the keys. */
  clear(): void {
    this.words.fill(0);
    for (const text of this.#long.values()) text.fill(0);
    this.#long.clear();
  }

  #set(row: number, text: Uint8Array): void {
    const word = row * TEXT_WORDS;
    this.words.fill(0, word, word + TEXT_WORDS);
    this.words[word] = text.length;
    if (text.length <= INLINE_BYTES) this.#bytes.set(text, word * 4 + 4);
    else {
      this.#bytes.set(text.subarray(0, 4), word * 4 + 4);
      this.#long.set(row, text);
    }
  }

  #setNothing(row: number, faults: RowFaults): void {
    this.words.fill(0, row * TEXT_WORDS, (row + 1) * TEXT_WORDS);
    if (this.#fault !== null) faults.add(row, this.#fault);
  }

  #judge(row: number, cell: string, faults: RowFaults): void {
    if (this.#code!.isCode(cell)) faults.addOptOutCode(row);
  }
}
