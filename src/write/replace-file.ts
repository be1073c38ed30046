import { open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { syncPath } from './sync-directory.ts';
import { asWriteError } from './write-error.ts';

/**
 * Writes a text to a temporary file beside the named one, syncs it and renames it: the file is either new and complete, or unchanged.
 *
 * @param owner random id of this process
 * @throws WriteError
 */
export async function replaceFile(path: string, text: string, mode: number, owner: string): Promise<void> {
  const next = `${path}.next-${owner}`;
  try {
    const file = await open(next, 'wx', mode);
    try {
      await file.writeFile(text);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(next, path);
  } catch (error) {
    await rm(next, { force: true });
    throw asWriteError(path, error);
  }
  await syncPath(dirname(path));
}
