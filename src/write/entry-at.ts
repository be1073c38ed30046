import type { Stats } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { asWriteError, systemErrorCode } from './write-error.ts';

/** What is at a path, which is not followed if it is a link; null for nothing. @throws WriteError */
export async function entryAt(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw asWriteError(path, error);
  }
}
