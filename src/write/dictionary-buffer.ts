import { type Data, type Dictionary, makeData, type Utf8, Vector } from 'apache-arrow';
import { badColumn, type CodeArray, type ColumnBuffer, type ColumnPlace, codesOf } from './column-buffer.ts';
import { dictionaryData } from './dictionary-data.ts';
import type { ChunkValues } from './output-column.ts';
import { isValid } from './validity-bitmap.ts';

type IndexArray = Int8Array | Int16Array | Int32Array;

/** Codes into a list of texts that is written once, before the first batch: the file format cannot replace it later. */
export class DictionaryBuffer implements ColumnBuffer {
  readonly #place: ColumnPlace;
  readonly #type: Dictionary;
  readonly #size: number;
  readonly #codes: IndexArray;
  readonly #dictionary: Vector<Utf8>;

  constructor(place: ColumnPlace, type: Dictionary, values: readonly string[], batchRows: number) {
    this.#place = place;
    this.#type = type;
    this.#size = values.length;
    // The schema only ever makes signed indices of at most 32 bits.
    this.#codes = new type.indices.ArrayType(batchRows) as IndexArray;
    this.#dictionary = new Vector([dictionaryData(place, values)]);
  }

  append(values: ChunkValues, validity: Uint8Array | null, from: number, count: number, index: number): void {
    const codes = codesOf(values, from + count, this.#place);
    const inside =
      validity === null
        ? copyCodes(codes, from, count, this.#codes, index, this.#size)
        : copyValidCodes(codes, from, count, this.#codes, index, this.#size, validity);
    if (!inside) throw badColumn(this.#place, `a code lies outside the dictionary of ${this.#size} values`);
  }

  data(rows: number, nulls: number, validity: Uint8Array | null): Data<Dictionary> {
    return makeData({
      type: this.#type,
      length: rows,
      nullCount: nulls,
      nullBitmap: validity,
      data: this.#codes,
      dictionary: this.#dictionary,
    });
  }

  clear(): void {}
}

/** Copies codes; false when one is not less than `size`. `>>> 0` makes a negative code a large one: one test for both. */
function copyCodes(
  source: CodeArray,
  from: number,
  count: number,
  target: IndexArray,
  index: number,
  size: number,
): boolean {
  let inside = true;
  for (let row = 0; row < count; row++) {
    const code = source[from + row]!;
    if (code >>> 0 >= size) inside = false;
    target[index + row] = code;
  }
  return inside;
}

/** As `copyCodes`, with 0 under every null. */
function copyValidCodes(
  source: CodeArray,
  from: number,
  count: number,
  target: IndexArray,
  index: number,
  size: number,
  validity: Uint8Array,
): boolean {
  let inside = true;
  for (let row = 0; row < count; row++) {
    const valid = isValid(validity, from + row);
    const code = valid ? source[from + row]! : 0;
    if (valid && code >>> 0 >= size) inside = false;
    target[index + row] = code;
  }
  return inside;
}
