import { type Data, type Dictionary, makeData, type Utf8 } from 'apache-arrow';
import { badColumn, type ColumnBuffer, type ColumnPlace, codesOf } from './column-buffer.ts';
import { dictionaryData } from './dictionary-data.ts';
import type { ChunkValues } from './output-column.ts';
import { isValid } from './validity-bitmap.ts';

/**
 * Codes into a list of texts that is known when the last row is, and written behind the record batches. The file format allows that: the
 * footer says where each dictionary is.
 */
export class LateDictionaryBuffer implements ColumnBuffer {
  readonly #place: ColumnPlace;
  readonly #type: Dictionary;
  readonly #codes: Int32Array;
  /** the least size of a dictionary that has all codes so far */
  #needed = 0;

  constructor(place: ColumnPlace, type: Dictionary, batchRows: number) {
    this.#place = place;
    this.#type = type;
    this.#codes = new Int32Array(batchRows);
  }

  append(values: ChunkValues, validity: Uint8Array | null, from: number, count: number, at: number): void {
    const codes = codesOf(values, from + count, this.#place);
    let needed = this.#needed;
    for (let row = 0; row < count; row++) {
      const valid = validity === null || isValid(validity, from + row);
      const code = valid ? codes[from + row]! : 0;
      // `>>> 0` makes a negative code larger than any dictionary: `dictionary` refuses both
      if (valid && code >>> 0 >= needed) needed = (code >>> 0) + 1;
      this.#codes[at + row] = code;
    }
    this.#needed = needed;
  }

  data(rows: number, nulls: number, validity: Uint8Array | null): Data<Dictionary> {
    return makeData({
      type: this.#type,
      length: rows,
      nullCount: nulls,
      nullBitmap: validity,
      data: this.#codes,
    });
  }

  clear(): void {}

  /**
   * The dictionary, once every row is appended.
   *
   * @throws WriteError `bad-data` where a code has no text, or two have the same
   */
  dictionary(values: readonly string[]): Data<Utf8> {
    if (this.#needed > values.length) {
      throw badColumn(this.#place, `a code lies outside the dictionary of ${values.length} values`);
    }
    return dictionaryData(this.#place, values);
  }
}
