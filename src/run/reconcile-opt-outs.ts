import { aboutBaseline } from '../baseline/about-baseline.ts';
import { type Acceptance, NOTHING_ACCEPTED } from '../baseline/acceptance.ts';
import { nightsBefore } from '../baseline/baseline.ts';
import { type ComparedSeries, compareDelivered, compareSeries } from '../baseline/compare-opt-outs.ts';
import { type ComparedPractice, practicesCompared } from '../baseline/compare-practices.ts';
import type { Night } from '../baseline/night.ts';
import { openBaseline } from '../baseline/open-baseline.ts';
import type { Peaks } from '../baseline/opt-out-peaks.ts';
import { sinceAccepted } from '../baseline/since-accepted.ts';
import type { Finding } from '../domain/finding.ts';
import { assertTwoKeys, openKeyFile } from '../keys/key-ring.ts';
import { StoreKey } from '../keys/store-key.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { RunSettings } from '../program/run-settings.ts';
import { assertPinned } from '../provider/assert-pinned.ts';
import { findInputs } from '../provider/extract/find-inputs.ts';
import { readLinkLists } from '../provider/link-lists.ts';
import { type CollectedOptOuts, collectOptOuts } from '../provider/opt-outs/collect-opt-outs.ts';
import { TokenKernel } from '../provider/tokenise/token-kernel.ts';
import { optOutEventsOf } from '../store/opt-out-events.ts';
import { countOptOuts } from '../store/opt-out-list.ts';
import { kindsOf, planTokens } from '../store/token-plan.ts';
import { TOKEN_WORDS } from '../store/word-order.ts';

/** Tonight's opt-outs beside those of earlier nights. */
export interface Reconciliation {
  readonly date: string;
  /** run dates of the nights that were compared, oldest first */
  readonly nights: readonly string[];
  readonly series: readonly ComparedSeries[];
  readonly practices: readonly ComparedPractice[];
  /** of the lists and records, of the baseline, and of the comparison */
  readonly findings: readonly Finding[];
}

/**
 * Compares tonight's opt-outs with earlier nights before the run: it reads lists and records as a run does, by the same functions, and no
 * other row. It writes nothing and takes no lock.
 *
 * The release key, which seals the baseline, is closed before the linkage key is used and the first identifier is read.
 *
 * @param home `OUT/<name>`, which need not be there
 * @throws TallystickError for lists or records that a run would refuse, for a baseline that cannot be trusted, and for keys
 */
export async function reconcileOptOuts(
  pipeline: Pipeline,
  home: string,
  settings: RunSettings,
): Promise<Reconciliation> {
  const { runDate } = settings;
  const earlier = await openEarlier(pipeline, home, runDate, NOTHING_ACCEPTED);
  const collected = await collect(pipeline, settings);
  const tonight = {
    date: runDate,
    optOutEvents: optOutEventsOf(collected.counts),
    optOutsInForce: inForceOf(collected),
    optOutTally: collected.tally,
  };
  const { nights, peaks } = earlier;
  const limits = pipeline.expect.optOuts;
  return {
    date: runDate,
    nights: nights.map(({ date }) => date),
    series: compareSeries(limits, nights, peaks, tonight),
    practices: practicesCompared(
      limits.practices,
      sinceAccepted(nights, 'opt-outs'),
      tonight.optOutTally.practices,
    ),
    findings: [
      ...earlier.findings,
      ...collected.findings,
      ...compareDelivered(limits, nights, peaks, tonight),
    ],
  };
}

/** As the stores of a run count them. */
function inForceOf({ tokens, decided }: CollectedOptOuts): Record<string, number> {
  const counts = countOptOuts(tokens);
  for (const { type, words } of decided) {
    const key = `${type}/number`;
    if (words.length > 0) counts[key] = (counts[key] ?? 0) + words.length / TOKEN_WORDS;
  }
  return counts;
}

interface EarlierNights {
  readonly nights: readonly Night[];
  readonly peaks: Peaks;
  readonly findings: readonly Finding[];
}

async function openEarlier(
  { name, keys }: Pipeline,
  home: string,
  runDate: string,
  acceptance: Acceptance,
): Promise<EarlierNights> {
  const linkage = openKeyFile(keys.linkage, 'linkage');
  const store = new StoreKey(linkage).id;
  linkage.close();
  const release = openKeyFile(keys.release, 'release');
  try {
    assertTwoKeys(linkage.keyId, release.keyId, keys.release);
    const keyIds = { linkage: linkage.keyId, release: release.keyId, store };
    const opened = await openBaseline(home, name, keyIds, release, acceptance);
    const { baseline } = opened;
    return {
      nights: baseline === null ? [] : nightsBefore(baseline, runDate),
      peaks: baseline?.peaks ?? {},
      findings: aboutBaseline(opened, runDate),
    };
  } finally {
    release.close();
  }
}

async function collect(pipeline: Pipeline, settings: RunSettings): Promise<CollectedOptOuts> {
  const inputs = await findInputs(pipeline, null);
  const { superseded } = readLinkLists(pipeline);
  const kinds = kindsOf(inputs.map(({ table }) => planTokens(table, pipeline)));
  const linkage = openKeyFile(pipeline.keys.linkage, 'linkage');
  try {
    assertPinned(pipeline, new StoreKey(linkage));
    const tokens = new TokenKernel(linkage, kinds);
    try {
      return await collectOptOuts(pipeline, inputs, tokens, superseded, linkage, settings);
    } finally {
      tokens.close();
    }
  } finally {
    linkage.close();
  }
}
