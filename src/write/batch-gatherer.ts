import { makeData, RecordBatch, type Schema, Struct } from 'apache-arrow';
import type { ColumnBuffer } from './column-buffer.ts';
import type { ChunkColumn, OutputChunk } from './output-column.ts';
import { ValidityBitmap } from './validity-bitmap.ts';
import { WriteError } from './write-error.ts';

/**
 * Rows of a record batch: 64,000, as in ehrQL, so that one reader suits both. A multiple of 64, so that a
 * full batch's bitmaps end on an 8-byte boundary. At some 60 bytes a row a batch is 4 MB: large enough that a write
 * call and the batch's header cost nothing, small enough to hold for many tables at once.
 */
export const BATCH_ROWS = 64_000;

/** A column, and the memory for a batch of it. */
export interface BatchColumn {
  readonly name: string;
  readonly nullable: boolean;
  readonly buffer: ColumnBuffer;
}

interface GatheredColumn extends BatchColumn {
  readonly validity: ValidityBitmap;
  nulls: number;
}

/**
 * Gathers chunks of rows, however they are cut, into record batches of one size. A batch refers to this memory, which the next rows
 * overwrite: so it is encoded at once, by the function that takes it.
 */
export class BatchGatherer {
  readonly #path: string;
  readonly #schema: Schema;
  readonly #columns: readonly GatheredColumn[];
  readonly #batchRows: number;
  /** Rows in the current batch. */
  #pending = 0;
  #rows = 0;
  #batches = 0;

  /** @param path of the file that is written, for messages */
  constructor(path: string, schema: Schema, columns: readonly BatchColumn[], batchRows: number) {
    this.#path = path;
    this.#schema = schema;
    this.#columns = columns.map((column) => ({
      ...column,
      validity: new ValidityBitmap(batchRows),
      nulls: 0,
    }));
    this.#batchRows = batchRows;
  }

  /** Rows of all batches so far. */
  get rows(): number {
    return this.#rows;
  }

  /** Nulls of each column in all batches so far, in the order of the columns. */
  get nulls(): number[] {
    return this.#columns.map(({ nulls }) => nulls);
  }

  /**
   * Copies the chunk's rows, and passes on every batch that is full.
   *
   * @throws WriteError `bad-data` when the chunk does not fit the columns
   */
  append(chunk: OutputChunk, encode: (batch: RecordBatch) => void): void {
    if (chunk.columns.length !== this.#columns.length) {
      throw this.#badData(`a chunk has ${chunk.columns.length} columns instead of ${this.#columns.length}`);
    }
    let from = 0;
    while (from < chunk.rows) {
      const count = Math.min(chunk.rows - from, this.#batchRows - this.#pending);
      for (const [position, column] of this.#columns.entries()) {
        this.#gather(column, chunk.columns[position]!, from, count);
      }
      this.#pending += count;
      from += count;
      if (this.#pending === this.#batchRows) this.#pass(encode);
    }
  }

  /** Passes on the last batch. A table without rows has one batch without rows. */
  finish(encode: (batch: RecordBatch) => void): void {
    if (this.#pending > 0 || this.#batches === 0) this.#pass(encode);
  }

  #gather(column: GatheredColumn, { values, validity }: ChunkColumn, from: number, count: number): void {
    if (validity !== null && validity.byteLength * 8 < from + count) {
      throw this.#badData(`column ${column.name}: the validity bitmap is shorter than the chunk`);
    }
    const nulls = column.validity.append(validity, from, count, this.#pending);
    if (nulls !== null && !column.nullable) {
      throw this.#badData(`column ${column.name} has a null, and is declared to have none`);
    }
    column.buffer.append(values, nulls, from, count, this.#pending);
  }

  #pass(encode: (batch: RecordBatch) => void): void {
    const rows = this.#pending;
    const children = this.#columns.map(({ buffer, validity }) =>
      buffer.data(rows, validity.nulls, validity.bitmap(rows)),
    );
    const data = makeData({ type: new Struct(this.#schema.fields), length: rows, nullCount: 0, children });
    encode(new RecordBatch(this.#schema, data));
    for (const column of this.#columns) {
      column.nulls += column.validity.nulls;
      column.validity.clear();
      column.buffer.clear();
    }
    this.#rows += rows;
    this.#batches++;
    this.#pending = 0;
  }

  #badData(what: string): WriteError {
    return new WriteError('bad-data', this.#path, what);
  }
}
