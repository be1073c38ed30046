import type { Stats } from 'node:fs';
import { lstat, realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import { asWriteError, systemErrorCode } from './write-error.ts';

/** The entry at a path; a link is not followed; null where there is nothing. @throws WriteError */
export async function entryAt(path: string): Promise<Stats | null> {
  try {
    return await lstat(path);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw asWriteError(path, error);
  }
}

/** The name of the final target of a link, through other links; null for a dangling link. @throws WriteError */
export async function nameBehind(path: string): Promise<string | null> {
  try {
    return basename(await realpath(path));
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ELOOP') return null;
    throw asWriteError(path, error);
  }
}
