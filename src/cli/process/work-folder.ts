import { lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { environment } from '../../domain/problem.ts';
import { startBeating, stopBeating } from '../../write/heartbeat.ts';
import { makeFolders } from '../../write/make-folders.ts';
import { judgeOwner, ownerText, parseOwner, watchForBeat } from '../../write/owner-mark.ts';
import { type ProcessProbe, systemProcesses } from '../../write/process-probe.ts';
import { OWNER_FILE } from '../../write/run-place.ts';

/** The name of the folder ends in the random id of its process; a mark in it identifies the process. */
const PREFIX = '.tallystick-work-';
/** A folder of an unknown owner without a beat for this long is removed at once: clocks may differ, but not by a day. */
const OLD_MS = 24 * 3600 * 1000;

export interface WorkFolder {
  readonly path: string;
  remove(): void;
}

/** The parameters of a work folder, for tests. */
export interface WorkFolderOptions {
  readonly processes?: ProcessProbe;
  readonly silenceMs?: number;
}

/**
 * A private folder (0700) for one process, removed at the end.
 *
 * Folders of dead processes are removed first: they hold tokens, and nothing else would remove them. Whether a process of another
 * container or host is dead is not known at once: its folder is watched while this run is working, and removed when there is no
 * beat.
 *
 * @param parent the enclosing folder: `--work`, or the output folder
 * @param notice called with a message on each folder that was found
 * @throws TallystickError (exit 3) where it cannot be made
 */
export function makeWorkFolder(
  parent: string,
  notice: (message: string) => void,
  { processes = systemProcesses, silenceMs }: WorkFolderOptions = {},
): WorkFolder {
  const path = join(resolve(parent), `${PREFIX}${processes.owner}`);
  const mark = join(path, OWNER_FILE);
  const watching = new AbortController();
  const watched = new Set<string>();
  try {
    makeFolders(parent, 0o755); // at most: the umask removes permissions
    for (const name of readdirSync(parent)) {
      if (!name.startsWith(PREFIX)) continue;
      const found = join(parent, name);
      const state =
        found === path || name === `${PREFIX}${processes.owner}` ? 'dead' : stateOf(found, processes);
      if (state === 'dead') {
        removeFolder(found);
        notice(`removed ${found}, the work folder of a dead process`);
      } else if (state === 'unknown') {
        watched.add(found);
        void watchFolder(found, notice, watching.signal, silenceMs).finally(() => watched.delete(found));
      }
    }
    mkdirSync(path, { mode: 0o700 });
    const text = ownerText(processes);
    writeFileSync(mark, text, { mode: 0o600 });
    startBeating(mark, text);
  } catch {
    watching.abort();
    throw environment({
      file: parent,
      message: 'the work folder cannot be made there',
      wayOut: 'choose another with --work DIR: it needs to be writable, and as large as the token store',
    });
  }
  return {
    path,
    remove: () => {
      // reported synchronously: a process that ends does not wait for its promises
      for (const folder of watched) {
        notice(`${folder} may be the work folder of a process that died: a later run removes it`);
      }
      watched.clear();
      watching.abort();
      stopBeating(mark);
      removeFolder(path);
    },
  };
}

/** The state of the owner of a work folder, as far as it is known at once. */
function stateOf(folder: string, processes: ProcessProbe): 'alive' | 'dead' | 'unknown' {
  let [text, path] = ['', join(folder, OWNER_FILE)];
  try {
    text = readFileSync(path, 'utf8');
  } catch {
    path = folder; // no mark: of an earlier version, or just made
  }
  const state = judgeOwner(parseOwner(text), processes);
  if (state !== 'unknown') return state;
  const beat = lstatSync(path, { throwIfNoEntry: false })?.mtimeMs;
  return beat === undefined || Date.now() - beat > OLD_MS ? 'dead' : 'unknown';
}

/** Removes the folder of an unknown owner once it has been silent for long enough, unless this run ends earlier. */
async function watchFolder(
  folder: string,
  notice: (message: string) => void,
  signal: AbortSignal,
  silenceMs: number | undefined,
): Promise<void> {
  try {
    const seen = await watchForBeat(join(folder, OWNER_FILE), { silenceMs, signal, inBackground: true });
    if (seen !== 'silent') return;
    removeFolder(folder);
    notice(`removed ${folder}, the work folder of a process that gave no sign of life`);
  } catch {
    if (!signal.aborted) notice(`${folder} is a work folder of an unknown process, and cannot be removed`);
  }
}

/** Retries if the engine is still writing in it. */
function removeFolder(path: string): void {
  rmSync(path, { recursive: true, force: true, maxRetries: 3 });
}
