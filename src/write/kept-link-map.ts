import { mkdir, open, readdir, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { TallystickError } from '../domain/problem.ts';
import { digestFile } from './digest-file.ts';
import { DigestingFile, type FileDigest } from './digesting-file.ts';
import { entryAt } from './entry-at.ts';
import type { Moves } from './published-run.ts';
import { readRecord } from './read-run.ts';
import {
  LINK_MAPS,
  linkMapName,
  OPERATOR_FOLDER,
  parseLeftover,
  type RunPaths,
  runOfLinkMap,
} from './run-place.ts';
import { narrowMode, syncPath } from './sync-directory.ts';
import { asWriteError, systemErrorCode } from './write-error.ts';

/*
 * Two renames are not atomic. The run is renamed first, so that a map never exists without its run. A process that dies in between
 * leaves the map under its hidden name; the next run finds that the manifest names it and moves it in.
 */

/** The maps stay with the operator: no other user of the host may read them, not even the group that reads the runs. */
const MODES = { file: 0o600, directory: 0o700 };
/** Bytes copied at a time: 1 MiB. */
const COPIED_AT_ONCE = 2 ** 20;

/** Copies a private file to the temporary name of the run's link map, and syncs it to the disk. @throws WriteError */
export async function copyLinkMap(from: string, { partialLinkMap }: RunPaths): Promise<FileDigest> {
  const folder = dirname(partialLinkMap);
  try {
    await mkdir(folder, { recursive: true, mode: MODES.directory });
    await narrowMode(folder, MODES.directory);
  } catch (error) {
    throw asWriteError(folder, error);
  }
  const copy = await DigestingFile.create(partialLinkMap, MODES.file);
  try {
    const source = await open(from, 'r');
    try {
      const buffer = Buffer.alloc(COPIED_AT_ONCE);
      for (;;) {
        const { bytesRead } = await source.read(buffer);
        if (bytesRead === 0) break;
        copy.write([buffer.subarray(0, bytesRead)]);
      }
    } finally {
      await source.close();
    }
    return await copy.finish();
  } catch (error) {
    await copy.discard();
    throw asWriteError(partialLinkMap, error);
  }
}

/** Moves the map in beside a run that has just been published; the map of an earlier run with that id is removed. */
export async function putLinkMap({ linkMap, partialLinkMap }: RunPaths, moves: Moves): Promise<void> {
  try {
    if (await exists(partialLinkMap)) await moves.rename(partialLinkMap, linkMap);
    else if (await exists(linkMap)) await rm(linkMap);
    else return;
  } catch (error) {
    throw asWriteError(linkMap, error);
  }
  await syncPath(dirname(linkMap));
}

/** Removes the map of an abandoned run, and the folder if nothing else is in it. */
export async function dropPartialMap({ partialLinkMap }: RunPaths): Promise<void> {
  await rm(partialLinkMap, { force: true });
  await rmdir(dirname(partialLinkMap)).catch(() => undefined);
}

/**
 * Tidies the link maps of `OUT/<name>`, with the lock held and after the runs themselves have been tidied. A map whose run
 * no longer exists is removed; a map that a dead process had not yet moved in beside its run is moved in.
 *
 * @param alive owners that are alive; their files are left alone
 */
export async function clearLinkMaps(
  home: string,
  alive: ReadonlySet<string>,
  notice: (message: string) => void,
): Promise<void> {
  const folder = join(home, LINK_MAPS);
  for (const entry of await namesIn(folder)) {
    const path = join(folder, entry);
    const leftover = parseLeftover(entry);
    if (leftover !== null) {
      const { runId, owner } = leftover;
      if (alive.has(owner)) continue;
      if (await isMapOf(join(home, runId), path)) {
        await rename(path, join(folder, linkMapName(runId)));
        notice(`moved in the link map of run ${runId}, which a process was publishing when it died`);
      } else await rm(path, { force: true });
      continue;
    }
    const runId = runOfLinkMap(entry);
    if (runId !== null && !(await exists(join(home, runId)))) {
      await rm(path);
      notice(`removed the link map of run ${runId}, which is gone`);
    }
  }
}

/** True if a file is the map that the record of a published run names. */
async function isMapOf(run: string, file: string): Promise<boolean> {
  if (!(await exists(run))) return false;
  let named: string | undefined;
  try {
    named = readRecord(join(run, OPERATOR_FOLDER)).linkage?.map?.sha256;
  } catch (error) {
    if (error instanceof TallystickError) return false; // a damaged record cannot be trusted: the file belongs to no run
    throw error;
  }
  return named !== undefined && (await digestFile(file)).sha256 === named;
}

async function namesIn(folder: string): Promise<string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw asWriteError(folder, error);
  }
}

async function exists(path: string): Promise<boolean> {
  return (await entryAt(path)) !== null;
}
