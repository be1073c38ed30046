/** The kind of a released column, which decides its form in a chunk and its Arrow type. */
export type ColumnKind =
  | { readonly kind: 'int8' | 'int16' | 'int32' | 'int64' | 'float64' }
  /** Arrives as a `Uint8Array`, 0 or 1 a row. */
  | { readonly kind: 'bool' }
  /** Arrives as an `Int32Array` of days since 1970-01-01. */
  | { readonly kind: 'date32' }
  /** Arrives as a `BigInt64Array` of microseconds since 1970-01-01T00:00, wall clock, no zone. */
  | { readonly kind: 'timestamp-us' }
  /** Arrives as codes into `values`; any integer array of up to 32 bits. `values` is fixed before the first row. */
  | { readonly kind: 'dictionary'; readonly values: readonly string[] }
  /** Text of one width. Arrives as ordinals; the text of ordinal i is `table[i * width .. (i + 1) * width]`, UTF-8. */
  | { readonly kind: 'fixed-text'; readonly width: number; readonly table: Uint8Array }
  /**
   * Text of 32 hexadecimal digits. Arrives as two arrays of 8 bytes a row: the memory of the first holds token bytes
   * 0 to 7, of the second bytes 8 to 15.
   */
  | { readonly kind: 'hex-token' };

/** One column of a released table. Metadata is written in the order it is given. */
export interface OutputColumn {
  readonly name: string;
  readonly type: ColumnKind;
  readonly nullable: boolean;
  readonly metadata: StringMap;
}

/** Metadata: text to text, in a fixed order. */
export type StringMap = ReadonlyMap<string, string> | Readonly<Record<string, string>>;

/** A column's values in a chunk: one array, or two for `hex-token`. */
export type ChunkValues = ArrayBufferView | readonly [ArrayBufferView, ArrayBufferView];

/** One column of a chunk. The bitmap has the lowest bit first and 1 = valid; null when every row is valid. */
export interface ChunkColumn {
  readonly values: ChunkValues;
  readonly validity: Uint8Array | null;
}

/** Some rows, column by column in the order of the writer's columns. The arrays may be reused once they are appended. */
export interface OutputChunk {
  readonly rows: number;
  readonly columns: readonly ChunkColumn[];
}
