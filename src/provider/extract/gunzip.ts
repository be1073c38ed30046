import { createReadStream } from 'node:fs';
import { createGunzip } from 'node:zlib';

const UNPACKED_BYTES = 1 << 20;

/**
 * The text of a gzip file, of one member or several. zlib checks the length and the checksum of each. It stops at a zero behind a member
 * without an error: what follows may only be zeros (padding), or rows would be lost.
 *
 * @param readBytes how much of the file is read at a time
 * @throws Error for a file that is cut short, damaged, or followed by something else
 */
export async function* gunzip(path: string, readBytes: number): AsyncGenerator<Buffer> {
  const raw = createReadStream(path, { highWaterMark: readBytes });
  try {
    const unpacked = createGunzip({ chunkSize: UNPACKED_BYTES });
    raw.once('error', (fault) => unpacked.destroy(fault));
    yield* raw.pipe(unpacked) as AsyncIterable<Buffer>;
    for await (const piece of createReadStream(path, { start: unpacked.bytesWritten })) {
      if ((piece as Buffer).some((byte) => byte !== 0)) throw new Error('something follows the last member');
    }
  } finally {
    raw.destroy();
  }
}
