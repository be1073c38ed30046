import { type FileHandle, open } from 'node:fs/promises';
import { Message } from 'apache-arrow';
import { asWriteError, WriteError } from './write-error.ts';

/** Before the first message: the magic and its padding. */
const HEADER_BYTES = 8;
/** Each message begins with this mark and the length of its description. */
const PREFIX_BYTES = 8;
const MARK = -1;

/**
 * The rows of an Arrow file, from the descriptions of its record batches: no value is read, so that it takes no longer for a large file than for
 * a small one.
 *
 * @throws WriteError `not-arrow` when it is not one, or is truncated
 */
export async function countRows(path: string): Promise<number> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (error) {
    throw asWriteError(path, error);
  }
  try {
    const { size } = await handle.stat();
    let rows = 0;
    for (let offset = HEADER_BYTES; ; ) {
      const prefix = await read(path, handle, offset, PREFIX_BYTES);
      const length = prefix.readInt32LE(4);
      if (prefix.readInt32LE(0) !== MARK || length < 0 || length > size) throw notArrow(path);
      if (length === 0) return rows;
      const message = decode(path, await read(path, handle, offset + PREFIX_BYTES, length));
      if (message.isRecordBatch()) rows += message.header().length;
      offset += PREFIX_BYTES + length + message.bodyLength;
    }
  } finally {
    await handle.close();
  }
}

async function read(path: string, handle: FileHandle, offset: number, bytes: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(bytes), 0, bytes, offset);
  if (bytesRead < bytes) throw notArrow(path);
  return buffer;
}

function decode(path: string, bytes: Buffer): Message {
  try {
    return Message.decode(bytes);
  } catch (error) {
    throw notArrow(path, error);
  }
}

function notArrow(path: string, cause?: unknown): WriteError {
  return new WriteError('not-arrow', path, 'not a whole Arrow file: a message cannot be read', cause);
}
