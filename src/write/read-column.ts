import type { Data } from 'apache-arrow';
import type { ReadField } from './read-field.ts';

/** The common part of every column of a batch. The bitmap has the lowest bit first and 1 = valid; null when no row is null. */
interface Nulls {
  readonly nulls: number;
  readonly validity: Uint8Array | null;
}

/** A column of one batch, as in the file. Data under a null is zero in files of this program. */
export type ReadColumn = Nulls &
  (
    | { readonly kind: 'int8'; readonly values: Int8Array }
    | { readonly kind: 'int16'; readonly values: Int16Array }
    | { readonly kind: 'int32' | 'date32'; readonly values: Int32Array }
    | { readonly kind: 'int64' | 'timestamp-us'; readonly values: BigInt64Array }
    | { readonly kind: 'float64'; readonly values: Float64Array }
    /** One bit per row, lowest first. */
    | { readonly kind: 'bool'; readonly bits: Uint8Array }
    | {
        readonly kind: 'dictionary';
        readonly codes: Int8Array | Int16Array | Int32Array;
        readonly dictionary: readonly string[];
      }
    /** The text of row i is `bytes[offsets[i] .. offsets[i + 1]]`, UTF-8. */
    | { readonly kind: 'utf8'; readonly offsets: Int32Array; readonly bytes: Uint8Array }
  );

/** The buffers of one column, without copying and without the padding after the last row. */
export function readColumn({ kind, dictionary }: ReadField, data: Data): ReadColumn {
  const nulls = data.nullCount;
  const shared = { nulls, validity: nulls > 0 ? data.nullBitmap : null };
  if (kind === 'utf8') {
    const offsets = data.valueOffsets.subarray(0, data.length + 1);
    return { kind, ...shared, offsets, bytes: data.values.subarray(0, offsets[data.length]) };
  }
  if (kind === 'bool') return { kind, ...shared, bits: data.values };
  const values = data.values.subarray(0, data.length);
  if (kind === 'dictionary') return { kind, ...shared, codes: values, dictionary: dictionary ?? [] };
  return { kind, ...shared, values };
}
