import { type Data, makeData, Utf8 } from 'apache-arrow';

/**
 * A text column of a batch whose values all have `width` bytes, or none where the row is null: the offsets, and memory
 * for as many bytes as a batch can need.
 */
export class TextRows {
  readonly bytes: Uint8Array;
  readonly #width: number;
  readonly #offsets: Int32Array;

  constructor(width: number, batchRows: number) {
    this.#width = width;
    this.bytes = new Uint8Array(width * batchRows);
    this.#offsets = new Int32Array(batchRows + 1);
  }

  /** The byte at which row `at` begins. */
  start(index: number): number {
    return this.#offsets[index]!;
  }

  /** Records that rows `at` to `at + count` all have text. */
  addRows(index: number, count: number): void {
    const offsets = this.#offsets;
    let end = offsets[index]!;
    for (let row = index + 1; row <= index + count; row++) {
      end += this.#width;
      offsets[row] = end;
    }
  }

  /** Records row `at`, with or without text. */
  addRow(index: number, valid: boolean): void {
    this.#offsets[index + 1] = this.#offsets[index]! + (valid ? this.#width : 0);
  }

  data(rows: number, nulls: number, validity: Uint8Array | null): Data<Utf8> {
    return makeData({
      type: new Utf8(),
      length: rows,
      nullCount: nulls,
      nullBitmap: validity,
      valueOffsets: this.#offsets,
      data: this.bytes,
    });
  }
}
