import { BATCH_ROWS, type BatchColumn, BatchGatherer } from '../write/batch-gatherer.ts';
import type { ColumnBuffer } from '../write/column-buffer.ts';
import { DigestingFile, type FileDigest } from '../write/digesting-file.ts';
import { IpcEncoder } from '../write/ipc-encoder.ts';
import { LateDictionaryBuffer } from '../write/late-dictionary-buffer.ts';
import { partBuffer } from '../write/parts/part-buffers.ts';
import { schemaOf } from '../write/parts/part-schema.ts';
import { WriteError } from '../write/write-error.ts';
import type { PartChunk, PartColumn, PartValues } from './part-columns.ts';

/** Tokens and free categories of patients: readable by the owner of the store only. */
const PART_MODE = 0o600;

/** A part as it was written. */
export interface WrittenPart extends FileDigest {
  readonly rows: number;
}

/**
 * Writes the stored rows of one file as an Arrow IPC file: record batches of 64,000 rows, then the dictionaries, whose texts are known
 * when the last row is. It holds one record batch in memory. The bytes depend on columns, values and dictionaries only: not on
 * how the rows are cut into chunks, and not on what is under a null.
 */
export class PartWriter {
  readonly #file: DigestingFile;
  readonly #columns: readonly PartColumn[];
  readonly #buffers: readonly ColumnBuffer[];
  readonly #batches: BatchGatherer;
  readonly #encoder: IpcEncoder;

  private constructor(file: DigestingFile, columns: readonly PartColumn[], batchRows: number) {
    const schema = schemaOf(columns);
    const gathered = columns.map(({ name, type }, index): BatchColumn => {
      const location = { path: file.path, column: name };
      return {
        name,
        nullable: true,
        buffer: partBuffer(location, type, schema.fields[index]!.type, batchRows),
      };
    });
    this.#file = file;
    this.#columns = columns;
    this.#buffers = gathered.map(({ buffer }) => buffer);
    this.#batches = new BatchGatherer(file.path, schema, gathered, batchRows);
    this.#encoder = new IpcEncoder(schema, (parts) => file.write(parts), { dictionariesLast: true });
  }

  /**
   * Creates `path`, 0600, which must not exist yet, and writes the schema.
   *
   * @param options.batchRows another batch size, for tests; a store has 64,000
   * @throws WriteError
   */
  static async open(
    path: string,
    columns: readonly PartColumn[],
    { batchRows = BATCH_ROWS }: { readonly batchRows?: number } = {},
  ): Promise<PartWriter> {
    if (new Set(columns.map(({ name }) => name)).size < columns.length) {
      throw new WriteError('bad-data', path, 'two columns have one name');
    }
    const file = await DigestingFile.create(path, PART_MODE);
    try {
      return new PartWriter(file, columns, batchRows);
    } catch (error) {
      await file.discard();
      throw error;
    }
  }

  /**
   * Adds any number of rows. Everything is copied before it returns, so the chunk's memory may be reused then.
   *
   * @throws WriteError `bad-data` where the chunk does not fit the columns, `no-space` and the like where a batch cannot be
   * written; the file is then lost, and `abort` removes it
   */
  append({ rows, columns }: PartChunk): void {
    const fitting = columns.map((column, index) => {
      const type = this.#columns[index]?.type;
      return type === 'int64' || type === 'timestamp' ? asBigInts(column) : column;
    });
    this.#batches.append({ rows, columns: fitting }, (batch) => this.#encoder.encodeBatch(batch));
  }

  /**
   * Writes the last batch, the dictionaries and the footer, and brings the file to the disk.
   *
   * @param dictionaries the texts of each text column by its name, each once, in the order of the codes
   * @throws WriteError `bad-data` where a text column has no dictionary, a code no text, or a dictionary a text twice
   */
  async close(dictionaries: ReadonlyMap<string, readonly string[]>): Promise<WrittenPart> {
    this.#batches.finish((batch) => this.#encoder.encodeBatch(batch));
    for (const [index, buffer] of this.#buffers.entries()) {
      if (!(buffer instanceof LateDictionaryBuffer)) continue;
      const { name } = this.#columns[index]!;
      const texts = dictionaries.get(name);
      if (texts === undefined) {
        throw new WriteError('bad-data', this.#file.path, `column ${name} has no dictionary`);
      }
      this.#encoder.encodeDictionary(index, buffer.dictionary(texts));
    }
    this.#encoder.encodeFooter();
    return { rows: this.#batches.rows, ...(await this.#file.finish()) };
  }

  /** Closes and removes the file. */
  async abort(): Promise<void> {
    await this.#file.discard();
  }
}

/** The same bytes as whole numbers of 8 bytes; copied only where they are not aligned. */
function asBigInts({ values, validity }: PartValues): PartValues {
  if (values instanceof BigInt64Array) return { values, validity };
  const { buffer, byteOffset, byteLength } = values;
  const length = Math.floor(byteLength / 8);
  if (byteOffset % 8 === 0) return { values: new BigInt64Array(buffer, byteOffset, length), validity };
  return {
    values: new BigInt64Array(buffer.slice(byteOffset, byteOffset + length * 8) as ArrayBuffer),
    validity,
  };
}
