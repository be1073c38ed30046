/**
 * What a column of a part holds, and its form in memory and in the file:
 *
 * - `int8`, `int16`, `int32`, `int64`, `float64`: the typed array of the name, and the Arrow type of the name;
 * - `bool`: a `Uint8Array` of 0 and 1, a byte a row; in the file a bit a row;
 * - `date`: an `Int32Array` of days since 1970-01-01; Arrow Date32;
 * - `timestamp`: microseconds since 1970-01-01T00:00, wall clock, 8 bytes a row; Arrow Timestamp without a time zone;
 * - `text`: an `Int32Array` (or `Uint32Array`) of codes, indexes in the dictionary of the column; Arrow dictionary of UTF-8 with Int32 indices.
 */
export type PartType =
  | 'int8'
  | 'int16'
  | 'int32'
  | 'int64'
  | 'float64'
  | 'bool'
  | 'date'
  | 'timestamp'
  | 'text';

/** A column of a part. */
export interface PartColumn {
  readonly name: string;
  readonly type: PartType;
}

/** Some rows of one column. What is under a null means nothing; a file has zeros there. */
export interface PartValues {
  /** the typed array of the column's type; for 8 whole bytes a row any array of them, little-endian */
  readonly values: ArrayBufferView;
  /** a bit a row, lowest bit first, 1 = valid; null: all are valid */
  readonly validity: Uint8Array | null;
}

/** Some rows of a part, column by column in the order of the part's columns. */
export interface PartChunk {
  readonly rows: number;
  readonly columns: readonly PartValues[];
}

/** Bytes of a value in the file; `bool` has a bit. */
export const PART_BYTES: Readonly<Record<Exclude<PartType, 'bool'>, number>> = {
  int8: 1,
  int16: 2,
  int32: 4,
  int64: 8,
  float64: 8,
  date: 4,
  timestamp: 8,
  text: 4,
};
