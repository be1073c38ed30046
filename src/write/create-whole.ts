import { link, open, readdir, rm, stat } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { asWriteError, systemErrorCode } from './write-error.ts';

/** What file systems say that know no hard links. */
const NO_LINKS: readonly (string | undefined)[] = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EMLINK'];
const MARK = '.new-';
/** A file beside that is older than an hour was left: it is linked in milliseconds. One that is not is made again. */
const LEFT_MS = 3_600_000;
/** Calls of this process: two of them never write one file. */
let calls = 0;
/** Another process may tidy the file away that is about to be linked. */
const TRIES = 3;

/**
 * Makes a file that is whole from its first moment, if there is none of its name: it is written and synced beside, and then linked. A
 * disk that is full leaves nothing under the name. Where the file system has no hard links, it is made in place, and removed again where it cannot be
 * written.
 *
 * @param maker drawn at random by the process
 * @returns false where there is one
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
  const handle = await open(path, 'wx', 0o644);
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
    await handle.writeFile(text);
    await handle.sync();
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  } finally {
    await handle.close();
  }
  return true;
}

/** What processes left that died before they could link it. */
async function clearBeside(path: string): Promise<void> {
  const folder = dirname(path);
  const start = `${basename(path)}${MARK}`;
  for (const name of await readdir(folder)) {
    if (!name.startsWith(start)) continue;
    const left = join(folder, name);
    const made = await stat(left).catch(() => null); // its process may be done with it by now
    if (made !== null && Date.now() - made.mtimeMs > LEFT_MS) await rm(left, { force: true });
  }
}
