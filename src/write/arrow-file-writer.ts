import type { Schema } from 'apache-arrow';
import { buildSchema } from './arrow-schema.ts';
import { BATCH_ROWS, BatchGatherer } from './batch-gatherer.ts';
import { DigestingFile, type FileDigest } from './digesting-file.ts';
import { IpcEncoder } from './ipc-encoder.ts';
import { makeColumnBuffer } from './make-column-buffer.ts';
import type { OutputChunk, OutputColumn, StringMap } from './output-column.ts';

/** The written file, as the manifest lists it. */
export interface WrittenArrowFile extends FileDigest {
  readonly rows: number;
  /** Nulls of each column, in the order of the columns. */
  readonly nulls: number[];
}

/**
 * Writes one released table as an Arrow IPC file, batch by batch. The bytes depend on the columns, the metadata and
 * the values only: not on how the rows were divided into chunks, and not on the data under a null.
 *
 * Uncompressed, because compressed files of apache-arrow 21.2.0 are not valid.
 */
export class ArrowFileWriter {
  readonly #file: DigestingFile;
  readonly #encoder: IpcEncoder;
  readonly #batches: BatchGatherer;

  private constructor(file: DigestingFile, schema: Schema, batches: BatchGatherer) {
    this.#file = file;
    this.#batches = batches;
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
    }));
    const batches = new BatchGatherer(path, schema, gathered, batchRows);
    const file = await DigestingFile.create(path);
    try {
      return new ArrowFileWriter(file, schema, batches);
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
    this.#batches.append(chunk, (batch) => this.#encoder.encodeBatch(batch));
  }

  /**
   * Writes the last batch and the footer, and brings the file to the disk.
   *
   * A table without rows gets one batch without rows, so that its dictionaries are in the file too.
   */
  async close(): Promise<WrittenArrowFile> {
    this.#batches.finish((batch) => this.#encoder.encodeBatch(batch));
    this.#encoder.encodeFooter();
    const digest = await this.#file.finish();
    return { ...digest, rows: this.#batches.rows, nulls: this.#batches.nulls };
  }

  /** Closes and removes the file. */
  async abort(): Promise<void> {
    await this.#file.discard();
  }
}
