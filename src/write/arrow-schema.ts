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

/** Types of columns of which each value has the same number of bytes. */
const FIXED_TYPES = {
  int8: () => new Int8(),
  int16: () => new Int16(),
  int32: () => new Int32(),
  int64: () => new Int64(),
  float64: () => new Float64(),
  bool: () => new Bool(),
  date32: () => new DateDay(),
  'timestamp-us': () => new TimestampMicrosecond(null),
} as const satisfies Partial<Record<ColumnKind['kind'], () => DataType>>;
export type FixedKind = keyof typeof FIXED_TYPES;

/** The Arrow type of values that all have the same number of bytes. */
export function fixedType(kind: FixedKind): DataType {
  return FIXED_TYPES[kind]();
}

/** The Arrow type of texts in a dictionary, whose id is the position of their column. */
export function dictionaryType(index: Int8 | Int16 | Int32, position: number): DataType {
  return new Dictionary(new Utf8(), index, position);
}

function arrowType(type: ColumnKind, position: number): DataType {
  switch (type.kind) {
    case 'fixed-text':
    case 'hex-token':
      return new Utf8();
    case 'dictionary':
      return dictionaryType(indexType(type.values.length), position);
    default:
      return fixedType(type.kind);
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
