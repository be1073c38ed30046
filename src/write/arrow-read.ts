import { type FileHandle, open } from 'node:fs/promises';
import { type AsyncRecordBatchFileReader, RecordBatchReader } from 'apache-arrow';
import { type ReadColumn, readColumn } from './read-column.ts';
import { type ReadField, readFields } from './read-field.ts';
import { asWriteError, WriteError } from './write-error.ts';

/** A file begins and ends with this magic; with the length of the footer (4) and the padding after the first magic (2), at least 18 bytes. */
const MAGIC = 'ARROW1';
const LEAST_BYTES = 18;

/** One record batch, its columns in the order of the fields. */
export interface ReadBatch {
  readonly rows: number;
  readonly columns: readonly ReadColumn[];
}

/** An Arrow file that is open for reading, as the gates check it. */
export interface ArrowFile {
  readonly fields: readonly ReadField[];
  readonly metadata: ReadonlyMap<string, string>;
  /** The batches in order, one in memory at a time. They can be read again, but not concurrently. */
  batches(): AsyncGenerator<ReadBatch, void, undefined>;
  close(): Promise<void>;
}

/** Opens an uncompressed Arrow IPC file. @throws WriteError `not-arrow` when it is not one, or is truncated */
export async function openArrowFile(path: string): Promise<ArrowFile> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    throw asWriteError(path, error);
  }
  try {
    await checkMagic(path, handle);
    const reader = (await RecordBatchReader.from(handle)) as AsyncRecordBatchFileReader;
    await reader.open();
    const fields = readFields(path, reader.schema, reader.dictionaries);
    return {
      fields,
      metadata: reader.schema.metadata,
      batches: () => readBatches(path, reader, fields),
      close: () => handle.close(),
    };
  } catch (error) {
    await handle.close();
    throw error instanceof WriteError ? error : notArrow(path, 'its footer cannot be read', error);
  }
}

async function* readBatches(
  path: string,
  reader: AsyncRecordBatchFileReader,
  fields: readonly ReadField[],
): AsyncGenerator<ReadBatch, void, undefined> {
  for (let index = 0; index < reader.numRecordBatches; index++) {
    const unreadable = (cause?: unknown) => notArrow(path, `record batch ${index} cannot be read`, cause);
    const batch = await reader.readRecordBatch(index).catch((error: unknown) => {
      throw unreadable(error);
    });
    if (batch === null) throw unreadable();
    yield {
      rows: batch.numRows,
      columns: fields.map((field, position) => readColumn(field, batch.data.children[position]!)),
    };
  }
}

/** apache-arrow checks neither magic, and waits for ever for the rest of a truncated file. */
async function checkMagic(path: string, handle: FileHandle): Promise<void> {
  const { size } = await handle.stat();
  if (size < LEAST_BYTES) throw notArrow(path, 'too short');
  for (const position of [0, size - MAGIC.length]) {
    const { buffer } = await handle.read(Buffer.alloc(MAGIC.length), 0, MAGIC.length, position);
    if (buffer.toString('latin1') !== MAGIC) throw notArrow(path, 'the mark of an Arrow file is missing');
  }
}

function notArrow(path: string, what: string, cause?: unknown): WriteError {
  return new WriteError('not-arrow', path, `not a whole Arrow file: ${what}`, cause);
}
