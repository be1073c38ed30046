import type { DataType, Dictionary } from 'apache-arrow';
import { BoolBuffer } from '../bool-buffer.ts';
import type { ColumnBuffer, ColumnPlace } from '../column-buffer.ts';
import { FixedWidthBuffer } from '../fixed-width-buffer.ts';
import { LateDictionaryBuffer } from '../late-dictionary-buffer.ts';
import type { PartType } from './part-columns.ts';

/** Makes the buffer for a column of a part, with the type `arrowType` in the schema. */
export function partBuffer(
  place: ColumnPlace,
  type: PartType,
  arrowType: DataType,
  batchRows: number,
): ColumnBuffer {
  switch (type) {
    case 'int8':
      return new FixedWidthBuffer(place, arrowType, Int8Array, batchRows);
    case 'int16':
      return new FixedWidthBuffer(place, arrowType, Int16Array, batchRows);
    case 'int32':
    case 'date':
      return new FixedWidthBuffer(place, arrowType, Int32Array, batchRows);
    case 'int64':
    case 'timestamp':
      return new FixedWidthBuffer(place, arrowType, BigInt64Array, batchRows);
    case 'float64':
      return new FixedWidthBuffer(place, arrowType, Float64Array, batchRows);
    case 'bool':
      return new BoolBuffer(place, batchRows);
    case 'text':
      return new LateDictionaryBuffer(place, arrowType as Dictionary, batchRows);
  }
}
