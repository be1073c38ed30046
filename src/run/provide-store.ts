import { assertTwoKeys, openKeyFile } from '../keys/key-ring.ts';
import { StageTimes } from '../program/progress.ts';
import type { RunSettings } from '../program/run-settings.ts';
import { tokeniseSources } from '../provider/tokenise-sources.ts';
import type { ProvidedStore, ProviderOrder } from './provider-channel.ts';

/**
 * The provider's half of a run: extract, standardise, opt out (1), tokenise. It opens the linkage key, and never the release
 * key.
 *
 * @throws TallystickError for keys that are one key, and for a delivery that is refused
 */
export async function provideStore(
  {
    pipeline,
    releaseKeyId,
    storeDirectory,
  }: Pick<ProviderOrder, 'pipeline' | 'releaseKeyId' | 'storeDirectory'>,
  settings: RunSettings,
): Promise<ProvidedStore> {
  const times = new StageTimes();
  const linkageKey = openKeyFile(pipeline.keys.linkage, 'linkage');
  try {
    assertTwoKeys(linkageKey.keyId, releaseKeyId, pipeline.keys.release);
    const filled = await tokeniseSources(pipeline, null, linkageKey, storeDirectory, settings, times);
    const { store, digests } = filled;
    return { storeKeyId: store.storeKeyId, digests, seconds: times.seconds };
  } finally {
    linkageKey.close();
  }
}
