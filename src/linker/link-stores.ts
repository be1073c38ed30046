import { assertTwoKeyFiles, assertTwoKeys, openKeyFile } from '../keys/key-ring.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { StageTimes } from '../program/progress.ts';
import type { RunSettings } from '../program/run-settings.ts';
import { linkAndRelease, type ReleaseDestination } from './link-and-release.ts';
import { openStores } from './open-stores.ts';
import type { RunResult } from './result.ts';

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
  assertTwoKeyFiles(pipeline.keys.linkage, pipeline.keys.release);
  const releaseKey = openKeyFile(pipeline.keys.release, 'release');
  try {
    const { storeKeyId } = pipeline.keys;
    const stores = await openStores(directories, pipeline, { storeKeyId });
    assertTwoKeys(stores.linkageKeyId, releaseKey.keyId, pipeline.keys.release);
    if (storeKeyId === null) {
      const message = `the stores are signed with store key ${stores.storeKeyId}, which keys.linkage.storeKeyId does not pin`;
      settings.log({ level: 'info', stage: 'link', message });
    }
    return await linkAndRelease(pipeline, stores, releaseKey, destination, settings, new StageTimes());
  } finally {
    releaseKey.close();
  }
}
