import { type FileHandle, link, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asWriteError, systemErrorCode } from './write-error.ts';

/** Error codes of file systems without hard links. */
const NO_LINKS: readonly (string | undefined)[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];
const MARK = '.new-';
/** A temporary file older than an hour is a leftover: it is normally linked within milliseconds. If it was not one, its process makes it again. */
const LEFT_MS = 3_600_000;
/** Counts the calls of this process, so that no two write the same file. */
let calls = 0;
/** Another process may remove the temporary file before it is linked. */
const TRIES = 3;

/**
 * Makes a file that is complete from its first moment, if no file of that name exists: it is written and synced under a temporary
 * name, and then linked. A full disk leaves nothing under the final name. Where the file system has no hard links, the file is made
 * in place, and removed again where it cannot be written.
 *
 * @param maker random id of this process
 * @returns false where the file exists already
 * @throws WriteError
 */
export async function createWhole(path: string, text: string, maker: string): Promise<boolean> {
  calls += 1;
  const beside = `${path}${MARK}${maker}-${calls}`;
  try {
    for (let tries = 1; ; tries += 1) {
      await write(beside, text);
      try {
        await link(beside, path);
        break;
      } catch (error) {
        const code = systemErrorCode(error);
        if (code === 'EEXIST') return false;
        if (NO_LINKS.includes(code)) return await createInPlace(path, text);
        if (code !== 'ENOENT' || tries === TRIES) throw error;
      }
    }
  } catch (error) {
    throw asWriteError(path, error);
  } finally {
    await rm(beside, { force: true });
  }
  await clearBeside(path);
  return true;
}

async function write(path: string, text: string): Promise<void> {
  await fill(await open(path, 'wx', 0o644), text);
}

async function fill(handle: FileHandle, text: string): Promise<void> {
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function createInPlace(path: string, text: string): Promise<boolean> {
  const handle = await open(path, 'wx', 0o644).catch((error: unknown) => {
    if (systemErrorCode(error) === 'EEXIST') return null;
    throw error;
  });
  if (handle === null) return false;
  try {
    await fill(handle, text);
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
  return true;
}

/** Removes temporary files of processes that died before linking them. */
async function clearBeside(path: string): Promise<void> {
  const folder = dirname(path);
  const start = `${basename(path)}${MARK}`;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(start)) continue;
    const left = join(folder, name);
    const made = await stat(left).catch(() => null); // its process may have removed it meanwhile
    if (made !== null && Date.now() - made.mtimeMs > LEFT_MS) await rm(left, { force: true });
  }
}
