/** The longest record, in bytes: room for a field of 1 MiB and then some. A longer one is quarantined. */
export const MAX_RECORD_BYTES = 4 * 1024 * 1024;

/** One record of a delimited text file, as the bytes say it. */
export interface ScannedRecord {
  /** physical line on which it starts, from 1 */
  readonly line: number;
  readonly fieldCount: number;
  /** its fields as UTF-8 bytes, quotes and doubled quotes undone */
  readonly fields: readonly Buffer[];
  /** one of them, for readers of a few columns; undefined where there is none */
  field(index: number): Buffer | undefined;
  /** every field is UTF-8 */
  readonly isUtf8: boolean;
  /** its fields have at most so many bytes, with one more for each field */
  readonly bytesAtMost: number;
  /** a quoted field is not closed, or goes on behind its closing quote: the last field then holds the rest of the line, unchanged */
  readonly badQuote: boolean;
  /** the file ended before the record's line did */
  readonly endsFile: boolean;
}

/** Bytes of a record's fields, with one more for each field. */
export const bytesOf = (fields: readonly Buffer[]): number =>
  fields.reduce((sum, field) => sum + field.length + 1, 0);
