import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { assertTwoKeys, type KeyRing, openKeyFile } from '../keys/key-ring.ts';
import { linkAndRelease, type ReleaseDestination } from '../linker/link-and-release.ts';
import { openStores } from '../linker/open-stores.ts';
import type { RunResult } from '../linker/result.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { StageTimes } from '../program/progress.ts';
import type { RunSettings } from '../program/run-settings.ts';
import { tokeniseSources } from '../provider/tokenise-sources.ts';

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
