import { Bool, type Data, makeData } from 'apache-arrow';
import { badColumn, type ColumnBuffer, type ColumnPlace } from './column-buffer.ts';
import type { ChunkValues } from './output-column.ts';
import { isValid, paddedBytes } from './validity-bitmap.ts';

/** Booleans: one byte per row in a chunk, one bit per row in a batch. */
export class BoolBuffer implements ColumnBuffer {
  readonly #place: ColumnPlace;
  readonly #bits: Uint8Array;

  constructor(place: ColumnPlace, batchRows: number) {
    this.#place = place;
    this.#bits = new Uint8Array(paddedBytes(batchRows));
  }

  append(values: ChunkValues, validity: Uint8Array | null, from: number, count: number, index: number): void {
    if (!(values instanceof Uint8Array)) throw badColumn(this.#place, 'expects Uint8Array');
    if (values.length < from + count) {
      throw badColumn(this.#place, 'the chunk holds fewer values than rows');
    }
    const bits = this.#bits;
    for (let row = 0; row < count; row++) {
      if (values[from + row] !== 0 && (validity === null || isValid(validity, from + row))) {
        bits[(index + row) >> 3]! |= 1 << ((index + row) & 7);
      }
    }
  }

  data(rows: number, nulls: number, validity: Uint8Array | null): Data<Bool> {
    return makeData({
      type: new Bool(),
      length: rows,
      nullCount: nulls,
      nullBitmap: validity,
      data: this.#bits.subarray(0, paddedBytes(rows)),
    });
  }

  clear(): void {
    this.#bits.fill(0);
  }
}
