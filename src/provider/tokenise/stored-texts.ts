import { VECTOR_ROWS } from '../extract/row-vector.ts';
import type { TextPayloadColumn } from '../extract/text-column.ts';

/** A text of a column, and how many stored rows have it. */
export type CountedText = readonly [text: string, rows: number];

/**
 * The texts of one column that cross the boundary: only those of stored rows get a code, so that a part's dictionary has no text that
 * is on stopped rows alone.
 */
export class StoredTexts {
  readonly column: TextPayloadColumn;
  /** by stored row of the vector, the code of its text in this part; 0 where there is none */
  readonly values = new Int32Array(VECTOR_ROWS);
  /** the distinct texts of this part, by code */
  texts: string[] = [];
  /** by code of the column, that of this part and one; 0 of a text that no row of it has */
  #codes = new Int32Array(1024);
  /** by code of the column, stored rows of all parts */
  #counts = new Float64Array(1024);

  constructor(column: TextPayloadColumn) {
    this.column = column;
  }

  /** Begins a part. */
  begin(): void {
    this.texts = [];
    this.#codes.fill(0);
  }

  /** Takes the texts of the first `count` of these rows of the vector. */
  take(rows: Uint16Array, count: number): void {
    const { column, values } = this;
    if (column.texts.length > this.#codes.length) this.#grow(column.texts.length);
    const codes = this.#codes;
    for (let i = 0; i < count; i += 1) {
      const row = rows[i]!;
      if (column.isPresent[row] === 0) {
        values[i] = 0;
        continue;
      }
      const code = column.values[row]!;
      if (codes[code] === 0) codes[code] = this.texts.push(column.texts[code]!);
      values[i] = codes[code]! - 1;
      this.#counts[code]! += 1;
    }
  }

  /** The distinct texts of stored rows of all parts, and how many rows have each. */
  counted(): readonly CountedText[] {
    return this.column.texts.flatMap((text, code) => {
      const rows = this.#counts[code] ?? 0;
      return rows === 0 ? [] : [[text, rows]];
    });
  }

  #grow(length: number): void {
    const [codes, counts] = [this.#codes, this.#counts];
    this.#codes = new Int32Array(length * 2);
    this.#counts = new Float64Array(length * 2);
    this.#codes.set(codes);
    this.#counts.set(counts);
  }
}
