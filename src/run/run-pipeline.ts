import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { assertTwoKeys, type KeyRing, openKeyFile } from '../tokenise/key-ring.ts';
import { tokeniseSources } from './above/tokenise-sources.ts';
import { linkAndRelease, type ReleaseDestination } from './below/link-and-release.ts';
import { openStores } from './below/open-stores.ts';
import { StageTimes } from './progress.ts';
import type { RunResult } from './result.ts';
import type { RunSettings } from './run-settings.ts';

/**
 * A whole run: extracts in, de-identified Arrow out.
 *
 * The two halves share nothing but the token store, and each holds only its own key: what `tokenise` and `link` do in
 * two processes, this does in one, with the same code.
 */
export async function runPipeline(
  pipeline: Pipeline,
  destination: ReleaseDestination,
  settings: RunSettings,
): Promise<RunResult> {
  const times = new StageTimes();
  const store = join(settings.privateDirectory, 'store');
  mkdirSync(store, { mode: 0o700 });

  const releaseKey = openKeyFile(pipeline.keys.release, 'release');
  let linkageKey: KeyRing | null = null;
  try {
    linkageKey = openKeyFile(pipeline.keys.linkage, 'linkage');
    assertTwoKeys(linkageKey.keyId, releaseKey, pipeline.keys.release);
    // extract · standardise · opt out (1) · tokenise
    const { store: made, digests } = await tokeniseSources(
      pipeline,
      null,
      linkageKey,
      store,
      settings,
      times,
    );
    linkageKey.close();
    // ═══ the identity boundary ═══
    const trust = { storeKeyId: made.storeKeyId, known: digests };
    const stores = await times.time('check store', () => openStores([store], pipeline, trust));
    // link · opt out (2) · de-identify · release · write
    return await linkAndRelease(pipeline, stores, releaseKey, destination, settings, times);
  } finally {
    linkageKey?.close();
    releaseKey.close();
  }
}
