import { type Data, makeData, Utf8 } from 'apache-arrow';
import { badColumn, type ColumnPlace } from './column-buffer.ts';

/** Offsets of texts are 32 bits wide and signed: a dictionary of more bytes has another type. */
const MOST_BYTES = 2 ** 31 - 1;

/**
 * The texts of a dictionary as Arrow data, in their order.
 *
 * @throws WriteError `bad-data` where two are equal, or where they have 2 GiB together
 */
export function dictionaryData(place: ColumnPlace, values: readonly string[]): Data<Utf8> {
  if (new Set(values).size !== values.length) throw badColumn(place, 'the dictionary holds a value twice');
  const valueOffsets = new Int32Array(values.length + 1);
  let bytes = 0;
  for (const [at, value] of values.entries()) {
    bytes += Buffer.byteLength(value);
    if (bytes > MOST_BYTES) throw badColumn(place, 'the texts of the dictionary have more than 2 GiB');
    valueOffsets[at + 1] = bytes;
  }
  const data = new Uint8Array(bytes);
  const text = Buffer.from(data.buffer);
  for (const [at, value] of values.entries()) text.write(value, valueOffsets[at]!);
  return makeData({ type: new Utf8(), length: values.length, nullCount: 0, valueOffsets, data });
}
