import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { TallystickError } from '../domain/problem.ts';
import { entryAt, nameBehind } from './entry-at.ts';
import { readManifest } from './read-run.ts';
import { MANIFEST_FILE } from './run-manifest.ts';
import { LATEST, LINK_MAPS, linkMapName, RELEASE_FOLDER } from './run-place.ts';
import { listFiles } from './sync-directory.ts';
import { asWriteError } from './write-error.ts';

/** A published run among the others of its pipeline. */
export interface ListedRun {
  readonly runId: string;
  readonly runDate: string;
  readonly agreement: string;
  /** null where its manifest does not name one */
  readonly recipient: string | null;
  /** milliseconds since 1970: when its manifest was written */
  readonly publishedAt: number;
  readonly bytes: number;
  readonly isLatest: boolean;
  /** true where its link map is kept */
  readonly hasLinkMap: boolean;
}

/** The content of `OUT/<name>`. */
export interface ListedRuns {
  /** by run date, then publication */
  readonly runs: readonly ListedRun[];
  /** names of folders that cannot be read as a run, such as damaged ones and those of earlier versions */
  readonly others: readonly string[];
}

/** Lists the published runs of a pipeline. @throws WriteError where the folder cannot be read */
export async function listRuns(home: string): Promise<ListedRuns> {
  const latest = await latestId(home);
  const runs: ListedRun[] = [];
  const others: string[] = [];
  for (const name of await foldersIn(home)) {
    const run = await readListedRun(home, name, latest);
    if (run === null) others.push(name);
    else runs.push(run);
  }
  runs.sort(
    (a, b) =>
      compare(a.runDate, b.runDate) || compare(a.publishedAt, b.publishedAt) || compare(a.runId, b.runId),
  );
  return { runs, others };
}

async function readListedRun(home: string, name: string, latest: string | null): Promise<ListedRun | null> {
  const directory = join(home, name);
  try {
    const { run, agreement, recipient = null } = readManifest(join(directory, RELEASE_FOLDER));
    if (run.id !== name) return null;
    return {
      runId: name,
      runDate: run.date,
      agreement,
      recipient,
      publishedAt: (await stat(join(directory, RELEASE_FOLDER, MANIFEST_FILE))).mtimeMs,
      bytes: await bytesBelow(directory),
      isLatest: name === latest,
      hasLinkMap: (await entryAt(join(home, LINK_MAPS, linkMapName(name)))) !== null,
    };
  } catch (error) {
    if (error instanceof TallystickError) return null;
    throw error;
  }
}

/** Folders that could be runs: not hidden, and not the folder of the link maps. */
async function foldersIn(home: string): Promise<string[]> {
  try {
    const entries = await readdir(home, { withFileTypes: true });
    return entries
      .filter((entry) => entry.isDirectory() && !entry.name.startsWith('.') && entry.name !== LINK_MAPS)
      .map(({ name }) => name)
      .sort();
  } catch (error) {
    throw asWriteError(home, error);
  }
}

async function latestId(home: string): Promise<string | null> {
  const latest = join(home, LATEST);
  // none, or a file that is not ours
  if (!(await entryAt(latest))?.isSymbolicLink()) return null;
  return nameBehind(latest);
}

async function bytesBelow(directory: string): Promise<number> {
  let bytes = 0;
  for (const file of await listFiles(directory)) bytes += (await stat(join(directory, file))).size;
  return bytes;
}

function compare<T>(a: T, b: T): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
