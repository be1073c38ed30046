import { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import { asWriteError } from './write-error.ts';

/** Readable by its owner only. */
const PRIVATE = 0o600;

/** How a file is replaced. */
interface Replacement {
  /** the name under which it is written first; with `.new` at its end if absent */
  readonly next?: string;
  /** private if absent */
  readonly mode?: number;
}

/**
 * Writes a file beside the named one, syncs it and renames it: the file is either new and complete, or unchanged. Two that replace the
 * same file at once need names of their own (`next`), or a lock.
 *
 * @throws WriteError
 */
export function replaceWhole(
  path: string,
  bytes: Uint8Array,
  { next = `${path}.new`, mode }: Replacement = {},
): void {
  try {
    writeWhole(next, bytes, mode);
    renameSync(next, path);
    syncFolder(path);
  } catch (error) {
    rmSync(next, { force: true });
    throw asWriteError(path, error);
  }
}

/** Writes a file and syncs it; whatever was there is replaced. */
export function writeWhole(path: string, bytes: Uint8Array, mode = PRIVATE): void {
  rmSync(path, { force: true });
  const descriptor = openSync(path, constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL, mode);
  try {
    writeAll(descriptor, bytes, 0);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Writes all bytes at a position; the system may take fewer at a time. */
export function writeAll(descriptor: number, bytes: Uint8Array, position: number): void {
  for (let written = 0; written < bytes.length; ) {
    written += writeSync(descriptor, bytes, written, bytes.length - written, position + written);
  }
}

/** Syncs the folder of a file: a rename survives a power cut only after this. */
export function syncFolder(path: string): void {
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
