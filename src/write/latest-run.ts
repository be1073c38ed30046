import { rm } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { entryAt, nameBehind } from './entry-at.ts';
import { type Moves, systemMoves } from './published-run.ts';
import { readManifest } from './read-run.ts';
import { MANIFEST_FILE } from './run-manifest.ts';
import { dateOfRunId, RELEASE_FOLDER, type RunPaths } from './run-place.ts';
import { syncPath } from './sync-directory.ts';
import { asWriteError, WriteError } from './write-error.ts';

/** The run that `latest` points at. */
export interface LatestRun {
  readonly runId: string;
  readonly runDate: string;
}

/**
 * The run that `latest` points at; null where there is no such link, or one that leads nowhere.
 *
 * @throws WriteError when `latest` is not a symbolic link and therefore not ours to replace
 * @throws TallystickError (exit 1) when the manifest it leads to is damaged: it is unknown which run is later
 */
export async function readLatest({ latest }: Pick<RunPaths, 'latest'>): Promise<LatestRun | null> {
  const there = await entryAt(latest);
  if (there === null) return null;
  if (!there.isSymbolicLink()) {
    throw new WriteError('already-there', latest, 'is not a symbolic link, and so not ours to replace');
  }
  const runId = await nameBehind(latest);
  if (runId === null) return null;
  const release = join(latest, RELEASE_FOLDER);
  if ((await entryAt(release)) === null) return null;
  // a lost manifest does not block later nights: the name of the folder has the date too
  const runDate = dateOfRunId(runId);
  if (runDate !== null && (await entryAt(join(release, MANIFEST_FILE))) === null) return { runId, runDate };
  return { runId, runDate: readManifest(release).run.date };
}

/**
 * Whether `latest` moves to a run: forward only, by run date; among runs of one date, to the run that was made last.
 */
export function movesLatest(latest: LatestRun | null, runDate: string): boolean {
  return latest === null || runDate >= latest.runDate;
}

/** Makes `latest` point at the run, by one rename of a finished link: a reader sees the old run or this one. */
export async function pointLatest(paths: RunPaths, moves: Moves = systemMoves): Promise<void> {
  await rm(paths.nextLatest, { force: true });
  try {
    // Relative, so that the output directory can be mounted elsewhere.
    await moves.symlink(basename(paths.published), paths.nextLatest);
    await moves.rename(paths.nextLatest, paths.latest);
  } catch (error) {
    await rm(paths.nextLatest, { force: true });
    throw asWriteError(paths.latest, error);
  }
  await syncPath(paths.home);
}
