import type { DataType, Dictionary } from 'apache-arrow';
import { BoolBuffer } from './bool-buffer.ts';
import type { ColumnBuffer, ColumnPlace } from './column-buffer.ts';
import { DictionaryBuffer } from './dictionary-buffer.ts';
import { FixedTextBuffer } from './fixed-text-buffer.ts';
import { FixedWidthBuffer } from './fixed-width-buffer.ts';
import { HexTokenBuffer } from './hex-token-buffer.ts';
import type { ColumnKind } from './output-column.ts';

/** Makes the buffer for a column of `kind`, with the type `type` in the schema. */
export function makeColumnBuffer(
  place: ColumnPlace,
  kind: ColumnKind,
  type: DataType,
  batchRows: number,
): ColumnBuffer {
  switch (kind.kind) {
    case 'int8':
      return new FixedWidthBuffer(place, type, Int8Array, batchRows);
    case 'int16':
      return new FixedWidthBuffer(place, type, Int16Array, batchRows);
    case 'int32':
    case 'date32':
      return new FixedWidthBuffer(place, type, Int32Array, batchRows);
    case 'int64':
    case 'timestamp-us':
      return new FixedWidthBuffer(place, type, BigInt64Array, batchRows);
    case 'float64':
      return new FixedWidthBuffer(place, type, Float64Array, batchRows);
    case 'bool':
      return new BoolBuffer(place, batchRows);
    case 'dictionary':
      return new DictionaryBuffer(place, type as Dictionary, kind.values, batchRows);
    case 'fixed-text':
      return new FixedTextBuffer(place, kind.width, kind.table, batchRows);
    case 'hex-token':
      return new HexTokenBuffer(place, batchRows);
  }
}
