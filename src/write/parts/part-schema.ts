import {
  Bool,
  type DataType,
  DateDay,
  Dictionary,
  Field,
  Float64,
  Int8,
  Int16,
  Int32,
  Int64,
  Schema,
  TimestampMicrosecond,
  Utf8,
} from 'apache-arrow';
import type { PartColumn, PartType } from './part-columns.ts';

/** The Arrow schema of a part. The id of a dictionary is the index of its column. */
export function schemaOf(columns: readonly PartColumn[]): Schema {
  return new Schema(columns.map(({ name, type }, at) => new Field(name, arrowType(type, at), true)));
}

function arrowType(type: PartType, position: number): DataType {
  switch (type) {
    case 'int8':
      return new Int8();
    case 'int16':
      return new Int16();
    case 'int32':
      return new Int32();
    case 'int64':
      return new Int64();
    case 'float64':
      return new Float64();
    case 'bool':
      return new Bool();
    case 'date':
      return new DateDay();
    case 'timestamp':
      return new TimestampMicrosecond(null);
    case 'text':
      return new Dictionary(new Utf8(), new Int32(), position);
  }
}
