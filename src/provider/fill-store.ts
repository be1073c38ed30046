import { mkdirSync } from 'node:fs';
import { assertTwoKeyFiles, openKeyFile } from '../keys/key-ring.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { StageTimes } from '../program/progress.ts';
import type { RunSettings } from '../program/run-settings.ts';
import type { TokenStore } from '../store/token-store.ts';
import { checkStoreTexts } from './store-gate.ts';
import { tokeniseSources } from './tokenise-sources.ts';

/**
 * The first half of a run in a process of its own: it holds the linkage key, and never the release key.
 *
 * @param only names of the sources to tokenise; null for all
 * @param logged what has been logged so far, for the leak scan
 * @param directory made here, 0700; must not be there yet
 */
export async function fillStore(
  pipeline: Pipeline,
  only: readonly string[] | null,
  directory: string,
  settings: RunSettings,
  logged: () => readonly string[],
): Promise<TokenStore> {
  assertTwoKeyFiles(pipeline.keys.linkage, pipeline.keys.release);
  const linkageKey = openKeyFile(pipeline.keys.linkage, 'linkage');
  try {
    mkdirSync(directory, { mode: 0o700 });
    const times = new StageTimes();
    const { store } = await tokeniseSources(pipeline, only, linkageKey, directory, settings, times);
    checkStoreTexts(directory, pipeline, logged());
    return store;
  } finally {
    linkageKey.close();
  }
}
