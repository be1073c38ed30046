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
import type { ColumnKind, OutputColumn, StringMap } from './output-column.ts';
import { WriteError } from './write-error.ts';

/**
 * The Arrow schema of a released table. Dictionary ids are the columns' indexes, so that they are the same in
 * every run.
 *
 * @throws WriteError `bad-data` on two columns of one name (apache-arrow silently merges them)
 */
export function buildSchema(path: string, columns: readonly OutputColumn[], metadata: StringMap): Schema {
  const names = new Set<string>();
  for (const { name } of columns) {
    if (names.has(name)) throw new WriteError('bad-data', path, `two columns are named ${name}`);
    names.add(name);
  }
  const fields = columns.map(
    ({ name, type, nullable, metadata }, position) =>
      new Field(name, arrowType(type, position), nullable, toMap(metadata)),
  );
  return new Schema(fields, toMap(metadata));
}

function toMap(metadata: StringMap): Map<string, string> {
  return new Map(metadata instanceof Map ? metadata : Object.entries(metadata));
}

function arrowType(type: ColumnKind, position: number): DataType {
  switch (type.kind) {
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
    case 'date32':
      return new DateDay();
    case 'timestamp-us':
      return new TimestampMicrosecond(null);
    case 'fixed-text':
    case 'hex-token':
      return new Utf8();
    case 'dictionary':
      return new Dictionary(new Utf8(), indexType(type.values.length), position);
  }
}

/**
 * The narrowest signed index type for `size` values from 0: a column of 20 categories takes one byte per row, not four. Signed,
 * because the format requires it and several readers refuse unsigned ones.
 */
function indexType(size: number): Int8 | Int16 | Int32 {
  if (size <= 128) return new Int8();
  return size <= 32_768 ? new Int16() : new Int32();
}
