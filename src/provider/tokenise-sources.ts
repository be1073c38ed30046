import type { KeyRing } from '../keys/key-ring.ts';
import { StoreKey } from '../keys/store-key.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { StageTimes } from '../program/progress.ts';
import type { RunSettings } from '../program/run-settings.ts';
import { kindsOf, planTokens } from '../store/token-plan.ts';
import { assertPinned } from './assert-pinned.ts';
import { checkDeliveryRead } from './check-delivery-read.ts';
import { describeStore } from './describe-store.ts';
import { DeliveryDigests } from './extract/delivery-digests.ts';
import { findInputs } from './extract/find-inputs.ts';
import { readLinkLists } from './link-lists.ts';
import { collectOptOuts } from './opt-outs/collect-opt-outs.ts';
import { type FilledStore, StoreWriter } from './store-writer.ts';
import { addSharedTuples } from './tokenise/add-shared-tuples.ts';
import { type RangeSettings, ReaderThreads } from './tokenise/reader-threads.ts';
import { SubjectMemory } from './tokenise/subject-memory.ts';
import { SubjectParts } from './tokenise/subject-parts.ts';
import { TokenKernel } from './tokenise/token-kernel.ts';
import { type TokenisedTable, tokeniseTable } from './tokenise/tokenise-table.ts';

/**
 * The provider, above the identity boundary: extract, standardise, opt out (type 1), tokenise. It fills a token store, in
 * which no identifier and no key exists.
 *
 * @param only names of the sources to tokenise; null for all
 * @param storeDirectory an empty directory, 0700
 * @param ranges other ranges of files than those of the program, for tests: no result depends on them
 * @throws TallystickError for a delivery that is refused
 */
export async function tokeniseSources(
  pipeline: Pipeline,
  only: readonly string[] | null,
  linkageKey: KeyRing,
  storeDirectory: string,
  settings: RunSettings,
  times: StageTimes,
  ranges: Partial<RangeSettings> = {},
): Promise<FilledStore> {
  const storeKey = new StoreKey(linkageKey);
  assertPinned(pipeline, storeKey);
  const inputs = await times.time('find inputs', () => findInputs(pipeline, only));
  const lists = readLinkLists(pipeline);
  const plans = inputs.map(({ table }) => planTokens(table, pipeline));
  const digests = new DeliveryDigests(inputs);
  const memory = new SubjectMemory(pipeline);
  const kinds = kindsOf(plans);
  const tokens = new TokenKernel(linkageKey, kinds);
  const { runDate, signal } = settings;
  const { superseded, ignoredPostcodes } = lists;
  const threads = new ReaderThreads(
    settings.threads,
    { pipeline, runDate, kinds, lists: { superseded, ignoredPostcodes } },
    linkageKey,
    signal,
    ranges,
  );
  const writer = new StoreWriter(storeDirectory);
  const subjects = new SubjectParts();
  try {
    // opt out (1)
    const optOuts = await times.time('opt-out lists', () =>
      collectOptOuts(pipeline, inputs, tokens, lists.superseded, linkageKey, settings),
    );

    // extract · standardise · tokenise
    const sources = new Set(inputs.map(({ source }) => source.name));
    await subjects.open(sources, pipeline, storeDirectory);
    const tables: TokenisedTable[] = [];
    for (const [index, input] of inputs.entries()) {
      const context = {
        ...lists,
        ...memory.of(input.source),
        stops: optOuts.stops,
        witnesses: memory.witnesses,
        unnumbered: optOuts.stops.unnumbered,
        subjects: subjects.of(input.source.name),
      };
      const table = await times.time('tokenise', () =>
        tokeniseTable(
          pipeline,
          input,
          plans[index]!,
          tokens,
          context,
          optOuts,
          storeDirectory,
          threads,
          settings,
        ),
      );
      writer.add(table);
      tables.push(table);
    }
    await times.time('tokenise', async () => {
      writer.addSubjects(await subjects.finish());
      addSharedTuples(pipeline, memory.witnesses, tables, subjects, storeDirectory);
    });

    // check what was read · write the store
    const checked = await times.time('check delivery', () =>
      checkDeliveryRead(pipeline, inputs, tables, subjects, optOuts, digests, storeDirectory, settings),
    );
    const { description, texts, binary } = describeStore(
      pipeline,
      inputs,
      plans,
      lists,
      optOuts,
      tables,
      checked,
      memory,
      linkageKey,
      storeKey,
      settings,
    );
    return await times.time('write store', () => writer.finish(texts, binary, description, storeKey));
  } finally {
    digests.stop();
    tokens.close();
    await threads.close();
    await subjects.close();
    memory.clear();
  }
}
