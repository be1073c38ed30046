import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { openKeyFile } from '../../keys/key-ring.ts';
import { openStores } from '../../linker/open-stores.ts';
import { type Pipeline, tablesOf } from '../../pipeline/pipeline.ts';
import { StageTimes } from '../../program/progress.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import { tokeniseSources } from '../../provider/tokenise-sources.ts';
import type { Evaluation } from './evaluation.ts';
import { evaluatedTables, forEvaluation } from './evaluation-pipeline.ts';
import { judgeLinkage } from './judge-linkage.ts';
import { type TruthFile, tokeniseTruth } from './tokenise-truth.ts';

/**
 * Holds the linkage of a pipeline against the truth. Extracts are tokenised and linked as a run does it, by the same code,
 * which does not read the truth; then the persons are compared. Nothing is published, and all files are written to
 * the private folder.
 *
 * @throws TallystickError as a run does, and (exit 1) for a truth file that is missing, faulty, or of other records
 */
export async function evaluateLinkage(
  pipeline: Pipeline,
  truth: TruthFile,
  settings: RunSettings,
): Promise<Evaluation> {
  const times = new StageTimes();
  const own = forEvaluation(pipeline, settings.runDate);
  const tables = evaluatedTables(own);
  const names = {
    known: new Set(tablesOf(pipeline).map(({ name }) => name)),
    unnamed: new Set(tables.unnamed),
  };
  const store = join(settings.privateDirectory, 'store');
  const truthTokens = join(settings.privateDirectory, 'truth.csv');
  mkdirSync(store, { mode: 0o700 });

  const linkageKey = openKeyFile(pipeline.keys.linkage, 'linkage');
  try {
    const tokenised = await times.time('read truth', () =>
      tokeniseTruth(truth, tables.named, names, linkageKey, truthTokens, settings),
    );
    const { store: made, digests } = await tokeniseSources(own, null, linkageKey, store, settings, times);
    linkageKey.close();
    // ═══ the identity boundary ═══
    const trust = { storeKeyId: made.storeKeyId, known: digests };
    const stores = await openStores([store], own, trust);
    const judged = await judgeLinkage(
      own,
      stores,
      { ...tokenised, shownAs: truth.shownAs, path: truthTokens, tables },
      settings,
      times,
    );
    const { name, link } = pipeline;
    const { seconds: stages, elapsed: seconds } = times;
    return { name, runDate: settings.runDate, ladder: link.ladder, ...judged, seconds, stages };
  } finally {
    linkageKey.close();
  }
}
