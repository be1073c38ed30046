import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { environment } from '../domain/problem.ts';

const NAME = /^\.tallystick-work-(\d+)$/;

/**
 * A private folder (0700) for one process, removed at the end. Folders of processes that are gone are removed first:
 * they hold tokens, and nobody else would.
 *
 * @param parent where it stands: `--work`, or the output folder
 * @throws TallystickError (exit 3) where it cannot be made
 */
export function makeWorkFolder(parent: string): { readonly path: string; readonly remove: () => void } {
  const path = join(resolve(parent), `.tallystick-work-${process.pid}`);
  try {
    mkdirSync(parent, { recursive: true });
    for (const name of readdirSync(parent)) {
      const pid = Number(NAME.exec(name)?.[1] ?? 0);
      if (pid !== 0 && (pid === process.pid || !isAlive(pid))) {
        rmSync(join(parent, name), { recursive: true, force: true });
      }
    }
    mkdirSync(path, { mode: 0o700 });
  } catch {
    throw environment({
      file: parent,
      message: 'the work folder cannot be made there',
      wayOut: 'choose another with --work DIR: it needs to be writable, and as large as the token store',
    });
  }
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (fault) {
    return (fault as NodeJS.ErrnoException).code === 'EPERM';
  }
}
