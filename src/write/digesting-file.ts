import { createHash } from 'node:crypto';
import { writevSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { asWriteError, WriteError } from './write-error.ts';

/** Mode of a released file. The mode of its run's folder decides who can reach it. */
const FILE_MODE = 0o644;

/** Size and digest of a file, as the manifest lists them. */
export interface FileDigest {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** A new file that is written sequentially, and digested and counted as it is written. */
export class DigestingFile {
  readonly path: string;
  readonly #handle: FileHandle;
  readonly #hash = createHash('sha256');
  #bytes = 0;
  #open = true;

  private constructor(path: string, handle: FileHandle) {
    this.path = path;
    this.#handle = handle;
  }

  /** Creates `path`; it must not exist yet. @throws WriteError */
  static async create(path: string, mode = FILE_MODE): Promise<DigestingFile> {
    try {
      return new DigestingFile(path, await open(path, 'wx', mode));
    } catch (error) {
      throw asWriteError(path, error);
    }
  }

  /**
   * Writes `parts` one after another and returns when the system has them, so that the memory may be reused. It is
   * synchronous on purpose: the caller is a batch job with nothing to do meanwhile, and no data can accumulate in memory.
   *
   * @throws WriteError; the file is then incomplete, and must be discarded
   */
  write(parts: readonly Uint8Array[]): void {
    if (!this.#open) throw new WriteError('failed', this.path, 'written to after it was closed');
    let left = parts.filter((part) => part.byteLength > 0);
    for (const part of left) this.#hash.update(part);
    try {
      while (left.length > 0) {
        const written = writevSync(this.#handle.fd, left);
        this.#bytes += written;
        left = dropBytes(left, written);
      }
    } catch (error) {
      throw asWriteError(this.path, error);
    }
  }

  /** Syncs everything to the disk and closes the file. @throws WriteError */
  async finish(): Promise<FileDigest> {
    this.#open = false;
    try {
      await this.#handle.sync();
      await this.#handle.close();
    } catch (error) {
      throw asWriteError(this.path, error);
    }
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  /** Closes and removes the file. Harmless after `finish` or a second time. */
  async discard(): Promise<void> {
    this.#open = false;
    await this.#handle.close().catch(() => undefined);
    await rm(this.path, { force: true }).catch((error: unknown) => {
      throw asWriteError(this.path, error);
    });
  }
}

/** The rest of `parts` after `written` bytes: a full disk or a signal may interrupt a write. */
function dropBytes(parts: readonly Uint8Array[], written: number): Uint8Array[] {
  const left: Uint8Array[] = [];
  let skip = written;
  for (const part of parts) {
    if (skip < part.byteLength) left.push(part.subarray(skip));
    skip = Math.max(0, skip - part.byteLength);
  }
  return left;
}
