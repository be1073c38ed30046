import { makeData, RecordBatch, type Schema, Struct } from 'apache-arrow';
import { buildSchema } from './arrow-schema.ts';
import type { ColumnBuffer } from './column-buffer.ts';
import { DigestingFile, type FileDigest } from './digesting-file.ts';
import { IpcEncoder } from './ipc-encoder.ts';
import { makeColumnBuffer } from './make-column-buffer.ts';
import type { ChunkColumn, OutputChunk, OutputColumn, StringMap } from './output-column.ts';
import { ValidityBitmap } from './validity-bitmap.ts';
import { WriteError } from './write-error.ts';

/**
 * Rows of a record batch: 64,000, as in ehrQL, so that one reader suits both. A multiple of 64, so that a
 * full batch's bitmaps end on an 8-byte boundary. At some 60 bytes a row a batch is 4 MB: large enough that a write
 * call and the batch's header cost nothing, small enough to hold for many tables at once.
 */
export const BATCH_ROWS = 64_000;

/** The written file, as the manifest lists it. */
export interface WrittenArrowFile extends FileDigest {
  readonly rows: number;
  /** Nulls of each column, in the order of the columns. */
  readonly nulls: number[];
}

interface GatheredColumn {
  readonly name: string;
  readonly nullable: boolean;
  readonly buffer: ColumnBuffer;
  readonly validity: ValidityBitmap;
  nulls: number;
}

/**
 * Writes one released table as an Arrow IPC file, batch by batch. The bytes depend on the columns, the metadata and
 * the values only: not on how the rows were divided into chunks, and not on the data under a null.
 *
 * Uncompressed, because compressed files of apache-arrow 21.2.0 are not valid.
 */
export class ArrowFileWriter {
  readonly #file: DigestingFile;
  readonly #schema: Schema;
  readonly #encoder: IpcEncoder;
  readonly #columns: readonly GatheredColumn[];
  readonly #batchRows: number;
  /** Rows in the current batch. */
  #pending = 0;
  #rows = 0;
  #batches = 0;

  private constructor(
    file: DigestingFile,
    schema: Schema,
    columns: readonly GatheredColumn[],
    batchRows: number,
  ) {
    this.#file = file;
    this.#schema = schema;
    this.#columns = columns;
    this.#batchRows = batchRows;
    this.#encoder = new IpcEncoder(schema, (parts) => file.write(parts));
  }

  /**
   * Creates `path`, which must not exist yet, and writes the schema.
   *
   * @param options.batchRows another batch size, for tests; a released file has `BATCH_ROWS`
   * @throws WriteError
   */
  static async open(
    path: string,
    columns: readonly OutputColumn[],
    schemaMetadata: StringMap,
    { batchRows = BATCH_ROWS }: { readonly batchRows?: number } = {},
  ): Promise<ArrowFileWriter> {
    const schema = buildSchema(path, columns, schemaMetadata);
    const gathered = columns.map(({ name, type, nullable }, position) => ({
      name,
      nullable,
      buffer: makeColumnBuffer({ path, column: name }, type, schema.fields[position]!.type, batchRows),
      validity: new ValidityBitmap(batchRows),
      nulls: 0,
    }));
    const file = await DigestingFile.create(path);
    try {
      return new ArrowFileWriter(file, schema, gathered, batchRows);
    } catch (error) {
      await file.discard();
      throw error;
    }
  }

  /**
   * Adds the chunk's rows. Everything is copied before it returns, so the chunk's memory may be reused then.
   *
   * @throws WriteError `bad-data` when the chunk does not fit the columns, `no-space` and the like when a full batch
   * cannot be written; the file is then lost, and `abort` removes it
   */
  append(chunk: OutputChunk): void {
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
      if (this.#pending === this.#batchRows) this.#writeBatch();
    }
  }

  /**
   * Writes the last batch and the footer, and brings the file to the disk.
   *
   * A table without rows gets one batch without rows, so that its dictionaries are in the file too.
   */
  async close(): Promise<WrittenArrowFile> {
    if (this.#pending > 0 || this.#batches === 0) this.#writeBatch();
    this.#encoder.encodeFooter();
    const digest = await this.#file.finish();
    return { ...digest, rows: this.#rows, nulls: this.#columns.map(({ nulls }) => nulls) };
  }

  /** Closes and removes the file. */
  async abort(): Promise<void> {
    await this.#file.discard();
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

  #writeBatch(): void {
    const rows = this.#pending;
    const children = this.#columns.map(({ buffer, validity }) =>
      buffer.data(rows, validity.nulls, validity.bitmap(rows)),
    );
    const data = makeData({ type: new Struct(this.#schema.fields), length: rows, nullCount: 0, children });
    this.#encoder.encodeBatch(new RecordBatch(this.#schema, data));
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
    return new WriteError('bad-data', this.#file.path, what);
  }
}
