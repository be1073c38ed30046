import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { LINK_MAPS, linkMapName, prunedName } from './run-place.ts';
import { syncPath } from './sync-directory.ts';
import { asWriteError } from './write-error.ts';

/**
 * Deletes a published run, and its link map if there is one. Call it with the lock held. The run is first hidden by one
 * rename, so that a reader sees all of it or nothing; the next run removes what a process that died left of it.
 *
 * @param owner random id of this process
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
