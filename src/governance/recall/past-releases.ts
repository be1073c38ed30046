import { readdirSync, realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { type Problem, TallystickError, usage } from '../../domain/problem.ts';
import type { OperatorRecord } from '../../write/operator-record.ts';
import { type RunFolders, readManifest, readRecord, runFolders } from '../../write/read-run.ts';
import { MANIFEST_FILE, type RunManifest } from '../../write/run-manifest.ts';
import { LINK_MAPS, parseLeftover } from '../../write/run-place.ts';

/** A published run that was kept. */
export interface PastRelease {
  readonly directory: string;
  readonly folders: RunFolders;
  readonly manifest: RunManifest;
  /** null where only the folder `release` was kept */
  readonly record: OperatorRecord | null;
}

/** A folder that may hold a release, and cannot be read as one. */
export interface UnreadableRelease {
  readonly directory: string;
  readonly problems: readonly Problem[];
}

/** What was found in the folders that the operator named. */
export interface PastReleases {
  /** by run date, then run id */
  readonly releases: readonly PastRelease[];
  readonly unreadable: readonly UnreadableRelease[];
}

/**
 * Finds the runs in some folders, each the folder of a pipeline's runs or of one run. A run that is in two of them is found once.
 *
 * @throws TallystickError (exit 2) for a path that is no folder
 */
export function findPastReleases(folders: readonly string[]): PastReleases {
  const releases = new Map<string, PastRelease>();
  const unreadable: UnreadableRelease[] = [];
  for (const folder of folders) {
    if (!isFolder(folder)) {
      throw usage({
        file: folder,
        message: 'there is no folder here',
        wayOut: 'name the folder of a pipeline’s runs, such as out/nightly',
      });
    }
    for (const directory of isRun(folder) ? [resolve(folder)] : runsIn(folder, unreadable)) {
      try {
        releases.set(realpathSync(directory), readRelease(directory));
      } catch (fault) {
        if (!(fault instanceof TallystickError)) throw fault;
        unreadable.push({ directory, problems: fault.problems });
      }
    }
  }
  const inOrder = [...releases.values()].sort(
    (a, b) =>
      compare(a.manifest.run.date, b.manifest.run.date) || compare(a.manifest.run.id, b.manifest.run.id),
  );
  return { releases: inOrder, unreadable };
}

function readRelease(directory: string): PastRelease {
  const folders = runFolders(directory);
  const record =
    folders.operator !== null && isFolder(folders.operator) ? readRecord(folders.operator) : null;
  return { directory, folders, manifest: readManifest(folders.release), record };
}

/** Every folder that is not known to be something else. A run that a process was replacing when it died is not at its place. */
function runsIn(home: string, unreadable: UnreadableRelease[]): string[] {
  const names = readdirSync(home, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => name)
    .sort();
  for (const name of names) {
    const leftover = parseLeftover(name);
    if (leftover?.what !== 'replaced' || names.includes(leftover.runId)) continue;
    unreadable.push({
      directory: resolve(home, name),
      problems: [
        {
          file: join(home, name),
          message: `run ${leftover.runId} was being replaced when a process died, and is not at its place`,
          wayOut: 'the next run of the pipeline puts it back',
        },
      ],
    });
  }
  return names
    .filter((name) => !name.startsWith('.') && name !== LINK_MAPS)
    .map((name) => resolve(home, name));
}

function isRun(folder: string): boolean {
  return statSync(join(runFolders(folder).release, MANIFEST_FILE), { throwIfNoEntry: false }) !== undefined;
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
