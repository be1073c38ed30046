import type { KeyRing } from '../keys/key-ring.ts';
import { RULES_VERSION } from '../keys/recipes.ts';
import type { StoreKey } from '../keys/store-key.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { RunSettings } from '../program/run-settings.ts';
import { agreedSettings } from '../store/agreed-settings.ts';
import { decidedTokensFile } from '../store/decided-tokens.ts';
import { optOutCsv } from '../store/opt-out-list.ts';
import { BUSY_FILE, DECIDED_FILE, OPT_OUT_FILE, WITNESS_FILE } from '../store/token-lists.ts';
import type { TokenPlan } from '../store/token-plan.ts';
import {
  QUARANTINE_FILE,
  STORE_FORMAT_VERSION,
  STORE_FORMAT_WITH_DECIDED,
  type StoreDescription,
  type StoredInput,
} from '../store/token-store.ts';
import { TOKEN_WORDS } from '../store/word-order.ts';
import type { CheckedDelivery } from './check-delivery-read.ts';
import { publishedName, type TableInputs } from './extract/find-inputs.ts';
import { noteUndeclared } from './extract/note-undeclared.ts';
import { type LinkLists, providerListDigests } from './link-lists.ts';
import type { CollectedOptOuts } from './opt-outs/collect-opt-outs.ts';
import { quarantineCsv } from './quarantine/quarantine.ts';
import { readingDigests } from './reading-digests.ts';
import { storeAddress } from './store-address.ts';
import type { BinaryList } from './store-writer.ts';
import type { SubjectMemory } from './tokenise/subject-memory.ts';
import type { TokenisedTable } from './tokenise/tokenise-table.ts';

/** What a store holds beside its parts. */
export interface DescribedStore {
  readonly description: Omit<StoreDescription, 'tables' | 'subjects' | 'files'>;
  /** its text files, by name */
  readonly texts: ReadonlyMap<string, string>;
  /** those that are no text */
  readonly binary: ReadonlyMap<string, BinaryList>;
}

/** What `store.json` says, and the lists that go with it, from what the stages returned. */
export function describeStore(
  pipeline: Pipeline,
  inputs: readonly TableInputs[],
  plans: readonly TokenPlan[],
  lists: LinkLists,
  optOuts: CollectedOptOuts,
  tables: readonly TokenisedTable[],
  { sha256, warnings }: CheckedDelivery,
  memory: SubjectMemory,
  linkageKey: KeyRing,
  storeKey: StoreKey,
  settings: RunSettings,
): DescribedStore {
  const { implausible } = pipeline.link;
  const { exempt } = pipeline.optOuts;
  const agreed = {
    settings: agreedSettings(pipeline),
    lists: providerListDigests(pipeline, optOuts.lists, lists, linkageKey),
  };
  const storedInputs = describeInputs(inputs, tables, sha256);
  const optOutList = optOutCsv(optOuts.tokens);
  const linking = [
    plans.map((plan) => plan.linking),
    ...lists.content,
    ...(implausible === null ? [] : [implausible]), // decides which columns are stored
  ];
  const busy = memory.busyCsv();
  const texts = new Map([
    [OPT_OUT_FILE, optOutList],
    [WITNESS_FILE, memory.witnesses.csv()],
    ...(busy === null ? [] : [[BUSY_FILE, busy] as const]),
    [QUARANTINE_FILE, quarantineCsv(tables.flatMap(({ quarantined }) => quarantined))],
  ]);
  const binary = decidedList(optOuts);
  const description = {
    formatVersion: binary.size === 0 ? STORE_FORMAT_VERSION : STORE_FORMAT_WITH_DECIDED,
    pipeline: pipeline.name,
    runDate: settings.runDate,
    rulesVersion: RULES_VERSION,
    linkageKeyId: linkageKey.keyId,
    address: storeAddress(
      pipeline,
      storedInputs,
      [linking, agreed],
      optOutList,
      [linkageKey.keyId, storeKey.id],
      settings.runDate,
    ),
    ...agreed,
    listDates: optOuts.listDates,
    optOutTokens: OPT_OUT_FILE,
    ...(binary.size === 0 ? {} : { decidedTokens: DECIDED_FILE }),
    optOutCounts: optOuts.counts,
    optOutTally: optOuts.tally,
    waivers: pipeline.optOuts.waivers,
    ...(exempt.length === 0 ? {} : { exempt }),
    witnesses: WITNESS_FILE,
    ...(busy === null ? {} : { busyTuples: BUSY_FILE }),
    inputs: storedInputs,
    readings: readingDigests(
      pipeline,
      [...new Set(inputs.map(({ source }) => source))],
      lists.content,
      linkageKey,
    ),
    undeclared: noteUndeclared(pipeline, inputs, settings),
    warnings,
    receipts: tables.map(({ receipt }) => receipt),
    codes: tables.flatMap(({ codes }) => codes),
    outcomes: tables.flatMap(({ outcomes }) => outcomes),
    quarantine: QUARANTINE_FILE,
  } satisfies DescribedStore['description'];
  return { description, texts, binary };
}

/** The tokens that come from the kept register alone; nothing where none is kept. */
function decidedList({ decided, counts }: CollectedOptOuts): ReadonlyMap<string, BinaryList> {
  if (counts.keptRegister === undefined) return new Map();
  const bytes = decidedTokensFile(decided.map(({ type, words }) => ({ kind: type, words })));
  const rows = decided.reduce((sum, { words }) => sum + words.length / TOKEN_WORDS, 0);
  return new Map([[DECIDED_FILE, { bytes, rows }]]);
}

/** Every file that was read, in the order of the tables. */
function describeInputs(
  inputs: readonly TableInputs[],
  tables: readonly TokenisedTable[],
  sha256: readonly string[],
): StoredInput[] {
  const files = inputs.flatMap(({ source, table, files: found }) =>
    found.map(({ file }) => ({ source, table, file })),
  );
  const rows = tables.flatMap(({ rowsOfFiles }) => rowsOfFiles);
  return files.map(({ source, table, file }, index) => ({
    source: source.name,
    table: table.name,
    file: publishedName(file),
    bytes: file.bytes,
    sha256: sha256[index]!,
    rows: rows[index]!,
  }));
}
