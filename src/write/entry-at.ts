import type { Stats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { basename } from 'node:path';
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

/** Name of what a link leads to at last, by whatever other links; null for one that leads nowhere. @throws WriteError */
export async function nameBehind(path: string): Promise<string | null> {
  try {
    return basename(await realpath(path));
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ELOOP') return null;
    throw asWriteError(path, error);
  }
}
