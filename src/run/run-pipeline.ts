import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { openKeyFile } from '../tokenise/key-ring.ts';
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
  const linkageKey = openKeyFile(pipeline.keys.linkage, 'linkage');
  try {
    // extract · standardise · opt out (1) · tokenise
    await tokeniseSources(pipeline, null, linkageKey, store, settings, times);
    linkageKey.close();
    // ═══ the identity boundary ═══
    const stores = openStores([store], pipeline);
    // link · opt out (2) · de-identify · release · write
    return await linkAndRelease(pipeline, stores, releaseKey, destination, settings, times);
  } finally {
    linkageKey.close();
    releaseKey.close();
  }
}
