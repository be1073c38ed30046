import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { assertTwoKeys, openKeyFile } from '../keys/key-ring.ts';
import type { ReleaseDestination } from '../linker/link-and-release.ts';
import type { RunResult } from '../linker/result.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { StageTimes } from '../program/progress.ts';
import type { RunSettings } from '../program/run-settings.ts';
import type { ProvidedStore } from './provider-channel.ts';

/** Whoever fills the store of a run. @param storeDirectory an empty directory, 0700 */
export type StoreProvider = (
  pipeline: Pipeline,
  releaseKeyId: string,
  storeDirectory: string,
  settings: RunSettings,
) => Promise<ProvidedStore>;

/**
 * A whole run: extracts in, de-identified Arrow out.
 *
 * The provider fills the store, and this process links. They share nothing but the store, and each holds only its own key:
 * this process opens the release key, and never the linkage key. It looks at its key before the provider starts, so that a
 * key that is missing is met at once, and holds it only when the provider is done.
 *
 * @param provide in a process of its own, `start-provider`
 */
export async function runPipeline(
  pipeline: Pipeline,
  destination: ReleaseDestination,
  settings: RunSettings,
  provide: StoreProvider,
): Promise<RunResult> {
  const times = new StageTimes();
  const store = join(settings.privateDirectory, 'store');
  mkdirSync(store, { mode: 0o700 });
  const openReleaseKey = () => openKeyFile(pipeline.keys.release, 'release');
  const seen = openReleaseKey();
  seen.close();
  // extract · standardise · opt out (1) · tokenise
  const provided = provide(pipeline, seen.keyId, store, settings);
  const linker = loadLinker(); // while the provider is at work
  linker.catch(() => undefined); // a fault is met below
  const { storeKeyId, digests, seconds } = await provided;
  times.add(seconds);
  // ═══ the identity boundary ═══
  const { openStores, linkAndRelease } = await linker;
  const releaseKey = openReleaseKey();
  try {
    const trust = { storeKeyId, known: digests };
    const stores = await times.time('check store', () => openStores([store], pipeline, trust));
    assertTwoKeys(stores.linkageKeyId, releaseKey.keyId, pipeline.keys.release);
    // link · opt out (2) · de-identify · release · write
    return await linkAndRelease(pipeline, stores, releaseKey, destination, settings, times);
  } finally {
    releaseKey.close();
  }
}

async function loadLinker() {
  const { openStores } = await import('../linker/open-stores.ts');
  const { linkAndRelease } = await import('../linker/link-and-release.ts');
  return { openStores, linkAndRelease };
}
