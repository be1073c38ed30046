import { type Data, type DataType, makeData } from 'apache-arrow';
import { badColumn, type ColumnBuffer, type ColumnPlace } from './column-buffer.ts';
import type { ChunkValues } from './output-column.ts';
import { isValid } from './validity-bitmap.ts';

type FixedWidthArray = Int8Array | Int16Array | Int32Array | BigInt64Array | Float64Array;
type FixedWidthConstructor = { new (length: number): FixedWidthArray };

/** Numbers, dates and timestamps: copied unchanged, one block per chunk. */
export class FixedWidthBuffer implements ColumnBuffer {
  readonly #place: ColumnPlace;
  readonly #type: DataType;
  readonly #array: FixedWidthConstructor;
  readonly #values: FixedWidthArray;
  /** The same memory as `#values`, as numbers, because 0 is all zero bits in each type. */
  readonly #slots: Int8Array | Int16Array | Int32Array | Float64Array;

  constructor(place: ColumnPlace, type: DataType, array: FixedWidthConstructor, batchRows: number) {
    this.#place = place;
    this.#type = type;
    this.#array = array;
    this.#values = new array(batchRows);
    this.#slots =
      this.#values instanceof BigInt64Array ? new Float64Array(this.#values.buffer) : this.#values;
  }

  append(values: ChunkValues, validity: Uint8Array | null, from: number, count: number, index: number): void {
    if (!(values instanceof this.#array)) throw badColumn(this.#place, `expects ${this.#array.name}`);
    if (values.length < from + count) {
      throw badColumn(this.#place, 'the chunk holds fewer values than rows');
    }
    // Both arrays have the same class, which the compiler does not know.
    this.#values.set(values.subarray(from, from + count) as never, index);
    if (validity === null) return;
    for (let row = 0; row < count; row++) {
      if (!isValid(validity, from + row)) this.#slots[index + row] = 0;
    }
  }

  data(rows: number, nulls: number, validity: Uint8Array | null): Data<DataType> {
    return makeData({
      type: this.#type,
      length: rows,
      nullCount: nulls,
      nullBitmap: validity,
      data: this.#values,
    } as never);
  }

  clear(): void {}
}
