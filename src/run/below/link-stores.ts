import type { Pipeline } from '../../pipeline/pipeline.ts';
import { openKeyFile } from '../../tokenise/key-ring.ts';
import { StageTimes } from '../progress.ts';
import type { RunResult } from '../result.ts';
import type { RunSettings } from '../run-settings.ts';
import { linkAndRelease, type ReleaseDestination } from './link-and-release.ts';
import { openStores } from './open-stores.ts';

/**
 * The second half of a run in a process of its own: it never sees the linkage key.
 *
 * @param directories absolute paths of token stores
 */
export async function linkStores(
  pipeline: Pipeline,
  directories: readonly string[],
  destination: ReleaseDestination,
  settings: RunSettings,
): Promise<RunResult> {
  const releaseKey = openKeyFile(pipeline.keys.release, 'release');
  try {
    const stores = openStores(directories, pipeline);
    return await linkAndRelease(pipeline, stores, releaseKey, destination, settings, new StageTimes());
  } finally {
    releaseKey.close();
  }
}
