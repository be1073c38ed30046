import { Field, Int32, Schema } from 'apache-arrow';
import { dictionaryType, type FixedKind, fixedType } from '../arrow-schema.ts';
import type { PartColumn, PartType } from './part-columns.ts';

/** What a released file calls the types of a part's columns. */
const KINDS: Readonly<Record<Exclude<PartType, 'text'>, FixedKind>> = {
  int8: 'int8',
  int16: 'int16',
  int32: 'int32',
  int64: 'int64',
  float64: 'float64',
  bool: 'bool',
  date: 'date32',
  timestamp: 'timestamp-us',
};

/** The Arrow schema of a part. The id of a dictionary is the index of its column. */
export function schemaOf(columns: readonly PartColumn[]): Schema {
  return new Schema(
    columns.map(({ name, type }, index) => {
      const arrowType = type === 'text' ? dictionaryType(new Int32(), index) : fixedType(KINDS[type]);
      return new Field(name, arrowType, true);
    }),
  );
}
