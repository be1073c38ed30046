import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileDigest } from './digesting-file.ts';
import { asWriteError } from './write-error.ts';

/** Bytes read at a time: large enough that the digest, at about 2 GB/s, dominates the time. */
const READ_BYTES = 4 * 1024 * 1024;

/** Reads a file from beginning to end. @returns its size and digest. @throws WriteError when it cannot be read */
export async function digestFile(path: string): Promise<FileDigest> {
  try {
    const handle = await open(path, 'r');
    try {
      const hash = createHash('sha256');
      const buffer = Buffer.allocUnsafe(READ_BYTES);
      let bytes = 0;
      for (;;) {
        const { bytesRead } = await handle.read(buffer, 0, READ_BYTES, null);
        if (bytesRead === 0) return { bytes, sha256: hash.digest('hex') };
        hash.update(buffer.subarray(0, bytesRead));
        bytes += bytesRead;
      }
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw asWriteError(path, error);
  }
}
