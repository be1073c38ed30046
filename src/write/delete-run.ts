import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LINK_MAPS, linkMapName, prunedName } from './run-place.ts';
import { syncPath } from './sync-directory.ts';
import { asWriteError } from './write-error.ts';

/**
 * Deletes a published run, and its link map if there is one: with the lock held. It is moved out of sight first, by one
 * rename, so that a reader has all of it or nothing; what a process that dies leaves of it goes when the next run begins.
 *
 * @param owner what this process drew
 * @throws WriteError
 */
export async function deleteRun(home: string, runId: string, owner: string): Promise<void> {
  const aside = join(home, prunedName(runId, owner));
  try {
    await rename(join(home, runId), aside);
    await syncPath(home);
    await rm(join(home, LINK_MAPS, linkMapName(runId)), { force: true });
    await rm(aside, { recursive: true, force: true });
  } catch (error) {
    throw asWriteError(join(home, runId), error);
  }
}
