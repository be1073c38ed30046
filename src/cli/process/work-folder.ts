import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { environment } from '../../domain/problem.ts';
import { type ProcessProbe, systemProcesses } from '../../write/process-probe.ts';

/** The folder's name says whose it is: host and process. */
const NAME = /^\.tallystick-work-(.+)-(\d+)$/;

export interface WorkFolder {
  readonly path: string;
  remove(): void;
}

/**
 * A private folder (0700) for one process, removed at the end. Folders of processes of this host that are gone are
 * removed first: they hold tokens, and nobody else would. Of another host, or another container, nothing can be known,
 * so its folders are only pointed out.
 *
 * @param parent where it stands: `--work`, or the output folder
 * @param notice told of folders that were found
 * @throws TallystickError (exit 3) where it cannot be made
 */
export function makeWorkFolder(
  parent: string,
  notice: (message: string) => void,
  processes: ProcessProbe = systemProcesses,
): WorkFolder {
  const { host, pid } = processes;
  const path = join(resolve(parent), `.tallystick-work-${host}-${pid}`);
  try {
    mkdirSync(parent, { recursive: true, mode: 0o755 }); // at most: the umask takes away
    for (const name of readdirSync(parent)) {
      const [, itsHost, itsPid] = NAME.exec(name) ?? [];
      if (itsHost === undefined) continue;
      if (itsHost !== host) {
        notice(`${join(parent, name)} is the work folder of another host; if that run is gone, remove it`);
      } else if (Number(itsPid) === pid || !processes.isAlive(Number(itsPid))) {
        remove(join(parent, name));
        notice(`removed the work folder of process ${itsPid}, which is gone`);
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
  return { path, remove: () => remove(path) };
}

/** Tried again if the engine is still writing in it. */
function remove(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}
