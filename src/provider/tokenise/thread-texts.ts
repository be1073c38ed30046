import type { TableColumns } from '../extract/table-columns.ts';
import { TextPayloadColumn } from '../extract/text-column.ts';

/** The text columns of a table, in its order: threads name the texts of each in the same order. */
export function textColumnsOf(columns: TableColumns): readonly TextPayloadColumn[] {
  return columns.payloads.filter((column) => column instanceof TextPayloadColumn);
}

/** Each thread has codes of its own for the texts that it meets in a file: these are turned into those of the table's columns. */
export class ThreadTexts {
  readonly #columns: readonly TextPayloadColumn[];
  /** by thread and column: by its code, that of the table */
  readonly #codes: number[][][] = [];

  constructor(columns: TableColumns) {
    this.#columns = textColumnsOf(columns);
  }

  /** @param texts that the thread meets for the first time, of each column; their codes go on from the last */
  learn(thread: number, texts: readonly (readonly string[])[]): void {
    this.#codes[thread] ??= this.#columns.map(() => []);
    const codes = this.#codes[thread];
    for (const [index, column] of this.#columns.entries()) {
      for (const text of texts[index]!) codes[index]!.push(column.codeOf(text));
    }
  }

  /** Turns the codes of a thread's vector, which is in the columns. */
  translate(thread: number, rows: number): void {
    for (const [index, { values, isPresent }] of this.#columns.entries()) {
      const codes = this.#codes[thread]![index]!;
      for (let row = 0; row < rows; row += 1) if (isPresent[row] !== 0) values[row] = codes[values[row]!]!;
    }
  }
}
