import { type Data, DataType, DateUnit, type Schema, TimeUnit, type Utf8, type Vector } from 'apache-arrow';
import { WriteError } from './write-error.ts';

/** The kinds of column in a released file, from the file's own schema. */
export type ReadKind =
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'float64'
  | 'bool'
  | 'date32'
  | 'timestamp-us'
  | 'dictionary'
  | 'utf8';

/** A column of an Arrow file. */
export interface ReadField {
  readonly name: string;
  readonly kind: ReadKind;
  readonly nullable: boolean;
  readonly metadata: ReadonlyMap<string, string>;
  /** The dictionary's texts by code; null for a column that is not a dictionary. */
  readonly dictionary: readonly string[] | null;
}

/** @throws WriteError `not-arrow` on a type that this program does not write */
export function readFields(
  path: string,
  schema: Schema,
  dictionaries: ReadonlyMap<number, Vector>,
): ReadField[] {
  return schema.fields.map(({ name, type, nullable, metadata }) => {
    const kind = readKind(type);
    if (kind === null) throw new WriteError('not-arrow', path, `column ${name} has the type ${type}`);
    const dictionary = DataType.isDictionary(type) ? texts(dictionaries.get(type.id)) : null;
    return { name, kind, nullable, metadata, dictionary };
  });
}

function readKind(type: DataType): ReadKind | null {
  if (DataType.isInt(type) && type.isSigned) return `int${type.bitWidth}`;
  if (DataType.isFloat(type) && type.ArrayType === Float64Array) return 'float64';
  if (DataType.isBool(type)) return 'bool';
  if (DataType.isDate(type) && type.unit === DateUnit.DAY) return 'date32';
  if (DataType.isTimestamp(type) && type.unit === TimeUnit.MICROSECOND) return 'timestamp-us';
  if (DataType.isUtf8(type)) return 'utf8';
  if (DataType.isDictionary(type) && type.indices.isSigned && type.indices.bitWidth <= 32) {
    return DataType.isUtf8(type.dictionary) ? 'dictionary' : null;
  }
  return null;
}

function texts(dictionary: Vector | undefined): string[] {
  return (dictionary?.data ?? []).flatMap((chunk) => {
    const { values, valueOffsets, length } = chunk as Data<Utf8>;
    return Array.from({ length }, (_, code) =>
      Buffer.from(values.subarray(valueOffsets[code], valueOffsets[code + 1])).toString('utf8'),
    );
  });
}
