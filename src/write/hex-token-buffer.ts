import type { Data, Utf8 } from 'apache-arrow';
import { badColumn, type ColumnBuffer, type ColumnPlace } from './column-buffer.ts';
import type { ChunkValues } from './output-column.ts';
import { TextRows } from './text-rows.ts';
import { isValid } from './validity-bitmap.ts';

/** A token is 16 bytes, so 32 hexadecimal digits. */
const TOKEN_DIGITS = 32;
/** Each of the two arrays holds half a token per row. */
const HALF_TOKEN = 8;

/** The two digits of each byte, in the order of the two characters in memory. */
const DIGIT_PAIRS = new Uint16Array(
  new Uint8Array(
    Buffer.from(
      Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0')).join(''),
      'latin1',
    ),
  ).buffer,
);

/** Tokens that arrive as bytes and are released as lower-case hexadecimal text. */
export class HexTokenBuffer implements ColumnBuffer {
  readonly #place: ColumnPlace;
  readonly #text: TextRows;
  readonly #pairs: Uint16Array;

  constructor(place: ColumnPlace, batchRows: number) {
    this.#place = place;
    this.#text = new TextRows(TOKEN_DIGITS, batchRows);
    this.#pairs = new Uint16Array(this.#text.bytes.buffer);
  }

  append(values: ChunkValues, validity: Uint8Array | null, from: number, count: number, index: number): void {
    if (ArrayBuffer.isView(values)) throw badColumn(this.#place, 'expects two arrays of 8 bytes a row');
    const [first, second] = values.map(bytesOf) as [Uint8Array, Uint8Array];
    if (Math.min(first.byteLength, second.byteLength) < (from + count) * HALF_TOKEN) {
      throw badColumn(this.#place, 'the chunk holds fewer values than rows');
    }
    for (let row = 0; row < count; row++) {
      const valid = validity === null || isValid(validity, from + row);
      this.#text.addRow(index + row, valid);
      if (!valid) continue;
      const pair = this.#text.start(index + row) / 2;
      writeHalf(first, (from + row) * HALF_TOKEN, this.#pairs, pair);
      writeHalf(second, (from + row) * HALF_TOKEN, this.#pairs, pair + HALF_TOKEN);
    }
  }

  data(rows: number, nulls: number, validity: Uint8Array | null): Data<Utf8> {
    return this.#text.data(rows, nulls, validity);
  }

  clear(): void {}
}

function bytesOf(view: ArrayBufferView): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
}

function writeHalf(source: Uint8Array, from: number, pairs: Uint16Array, index: number): void {
  for (let byte = 0; byte < HALF_TOKEN; byte++) pairs[index + byte] = DIGIT_PAIRS[source[from + byte]!]!;
}
