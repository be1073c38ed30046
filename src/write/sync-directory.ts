import { chmod, open, readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { asWriteError, WriteError } from './write-error.ts';

/** The widest modes that a tree may have when it is sealed. */
export interface TreeModes {
  readonly file: number;
  readonly directory: number;
}

/**
 * The files below `root`, relative to it and sorted.
 *
 * @throws WriteError `bad-data` on a link, socket or device: a run consists of files
 */
export async function listFiles(root: string): Promise<string[]> {
  const files: string[] = [];
  await walk(root, '', async (path, isDirectory) => {
    if (!isDirectory) files.push(path);
  });
  return files.sort();
}

/** Removes permissions beyond a limit, and adds none, because the umask has already been applied. */
export async function narrowMode(path: string, limit: number): Promise<void> {
  try {
    const mode = (await stat(path)).mode & 0o7777;
    const narrow = mode & (limit | 0o7000);
    if (narrow !== mode) await chmod(path, narrow);
  } catch (error) {
    throw asWriteError(path, error);
  }
}

/** Limits the modes of a tree and syncs it to the disk: each file, then the directory that lists it. */
export async function sealTree(root: string, modes: TreeModes): Promise<void> {
  const seal = async (path: string, isDirectory: boolean): Promise<void> => {
    await narrowMode(join(root, path), isDirectory ? modes.directory : modes.file);
    await syncPath(join(root, path));
  };
  await walk(root, '', seal);
  await seal('', true);
}

/** Syncs a file, or the entries of a directory, to the disk: a rename survives a power cut only after this. */
export async function syncPath(path: string): Promise<void> {
  try {
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  } catch (error) {
    throw asWriteError(path, error);
  }
}

/** Visits everything in `root`, a directory after its entries. */
async function walk(
  root: string,
  under: string,
  visit: (path: string, isDirectory: boolean) => Promise<void>,
): Promise<void> {
  try {
    for (const entry of await readdir(join(root, under), { withFileTypes: true })) {
      const path = under === '' ? entry.name : `${under}/${entry.name}`;
      if (entry.isDirectory()) await walk(root, path, visit);
      else if (!entry.isFile()) {
        throw new WriteError('bad-data', join(root, path), 'neither a file nor a directory');
      }
      await visit(path, entry.isDirectory());
    }
  } catch (error) {
    throw asWriteError(join(root, under), error);
  }
}
