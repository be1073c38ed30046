import {
  Bool,
  DataType,
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

/** The columns that an Arrow schema describes; null where it is not the schema of a part. */
export function columnsOf(schema: Schema): PartColumn[] | null {
  const columns: PartColumn[] = [];
  for (const [at, { name, type, nullable }] of schema.fields.entries()) {
    const known = TYPES.find((one) => isSame(type, arrowType(one, at)));
    if (known === undefined || !nullable) return null;
    columns.push({ name, type: known });
  }
  return new Set(columns.map(({ name }) => name)).size === columns.length ? columns : null;
}

const TYPES: readonly PartType[] = [
  'int8',
  'int16',
  'int32',
  'int64',
  'float64',
  'bool',
  'date',
  'timestamp',
  'text',
];

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

/** Arrow's text of a type has everything but a dictionary's id and order, and a timestamp's time zone. */
function isSame(type: DataType, wanted: DataType): boolean {
  if (`${type}` !== `${wanted}`) return false;
  if (DataType.isDictionary(type)) return type.id === (wanted as Dictionary).id && !type.isOrdered;
  return !DataType.isTimestamp(type) || type.timezone == null;
}
