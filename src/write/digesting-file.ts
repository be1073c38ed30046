import { createHash } from 'node:crypto';
import { writevSync } from 'node:fs';
import { type FileHandle, open, rm } from 'node:fs/promises';
import { asWriteError, WriteError } from './write-error.ts';

/** Mode of a released file. Its run's directory decides who may reach it. */
const FILE_MODE = 0o644;

/** What a file holds, as the manifest lists it. */
export interface FileDigest {
  readonly bytes: number;
  /** Lower-case hexadecimal. */
  readonly sha256: string;
}

/** A new file that is written from front to back, and digested and counted as it is written. */
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

  /** Creates `path`; it must not be there yet. @throws WriteError */
  static async create(path: string, mode = FILE_MODE): Promise<DigestingFile> {
    try {
      return new DigestingFile(path, await open(path, 'wx', mode));
    } catch (error) {
      throw asWriteError(path, error);
    }
  }

  /**
   * Writes `parts` one after the other and returns when the system has them, so that the memory may be reused. It is
   * synchronous on purpose: the caller is a batch job with nothing to do meanwhile, and nothing can pile up in memory.
   *
   * @throws WriteError; the file is then incomplete and only `discard` makes sense
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

  /** Brings everything to the disk and closes. @throws WriteError */
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

/** What is left of `parts` once `written` bytes of them are out: a full disk or a signal may stop a write half-way. */
function dropBytes(parts: readonly Uint8Array[], written: number): Uint8Array[] {
  const left: Uint8Array[] = [];
  let skip = written;
  for (const part of parts) {
    if (skip < part.byteLength) left.push(part.subarray(skip));
    skip = Math.max(0, skip - part.byteLength);
  }
  return left;
}
