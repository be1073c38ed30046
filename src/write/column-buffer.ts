import type { Data, DataType } from 'apache-arrow';
import type { ChunkValues } from './output-column.ts';
import { WriteError } from './write-error.ts';

/**
 * One column of the current batch: memory for the rows of a batch, allocated once and reused for every batch.
 * Values under a null are zero (text: empty), whatever the chunk holds there, so that equal tables have equal bytes.
 */
export interface ColumnBuffer {
  /**
   * Copies rows `from` to `from + count` of a chunk to the batch, from row `at` on. `validity` is the chunk's
   * bitmap, or null when none of these rows is null.
   */
  append(values: ChunkValues, validity: Uint8Array | null, from: number, count: number, index: number): void;

  /** The first `rows` rows as Arrow data over this buffer's own memory: write it before the next `append`. */
  data(rows: number, nulls: number, validity: Uint8Array | null): Data<DataType>;

  /** Starts the next batch. */
  clear(): void;
}

/** The location of a column, for messages. */
export interface ColumnPlace {
  readonly path: string;
  readonly column: string;
}

/** The error for a chunk that does not fit the column's kind: a fault of the caller. It has no value. */
export function badColumn({ path, column }: ColumnPlace, what: string): WriteError {
  return new WriteError('bad-data', path, `column ${column}: ${what}`);
}

/** An array of whole numbers of up to 32 bits: codes and ordinals. */
export type CodeArray = Int8Array | Uint8Array | Int16Array | Uint16Array | Int32Array | Uint32Array;

/** The chunk's codes, after checking that they are an integer array with at least `end` rows. */
export function codesOf(values: ChunkValues, end: number, place: ColumnPlace): CodeArray {
  if (
    values instanceof Int32Array ||
    values instanceof Uint32Array ||
    values instanceof Uint8Array ||
    values instanceof Uint16Array ||
    values instanceof Int8Array ||
    values instanceof Int16Array
  ) {
    if (values.length < end) throw badColumn(place, 'the chunk holds fewer values than rows');
    return values;
  }
  throw badColumn(place, 'expects an array of integers of at most 32 bits');
}
