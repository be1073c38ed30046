/**
 * A table of this program that the engine scans: it comes in batches of columns, as they lie in memory. Who makes such a table
 * describes it, the engine asks for it, and neither needs to know the other.
 */

/** What a column holds. A text is a code into the column's own list of texts. */
export type ScannedType =
  | 'tinyint'
  | 'smallint'
  | 'integer'
  | 'bigint'
  | 'double'
  | 'boolean'
  | 'date'
  | 'timestamp'
  | 'text';

export interface ScannedColumn {
  readonly name: string;
  readonly type: ScannedType;
  /** every text of the column, each once, in the order of their bytes; empty for other types */
  readonly texts: readonly string[];
}

/** The values of one column in one batch. */
export interface ScannedVector {
  /**
   * a value a row: 1, 2, 4 or 8 bytes by the column's type; a boolean as a byte, 0 or 1; a date in days and a timestamp in
   * microseconds since 1970; of a text an `Int32Array` of codes
   */
  readonly values: ArrayBufferView;
  /** a bit a row, least significant first, 1 = valid; null if all are valid */
  readonly validity: Uint8Array | null;
  /** the index in `texts` of each code: every code of a valid row has one. Null for types other than text */
  readonly textIndexes: Int32Array | null;
}

export interface ScannedTable {
  readonly name: string;
  readonly columns: readonly ScannedColumn[];
  readonly rows: number;
  readonly batches: number;
  rowsOf(batch: number): number;
  /** @param column its index in `columns` */
  read(batch: number, column: number): ScannedVector;
}
