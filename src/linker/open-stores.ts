import { join } from 'node:path';
import type { Warning } from '../domain/finding.ts';
import { EMPTY_TALLY, joinTallies, type OptOutTally } from '../domain/opt-out-tally.ts';
import { type Problem, refused } from '../domain/problem.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { Waiver } from '../domain/waiver.ts';
import { RULES_VERSION } from '../keys/recipes.ts';
import { type Pipeline, tablesOf } from '../pipeline/pipeline.ts';
import { type CheckedFiles, checkStoreFiles, type KnownDigests } from '../store/store-files.ts';
import {
  type OptOutCounts,
  readStore,
  type StoredCodes,
  type StoredInput,
  type StoredOutcomes,
  type TokenStore,
} from '../store/token-store.ts';
import type { FileStamp } from '../write/file-digester.ts';
import { disagreements } from './disagreements.ts';

/** One or more token stores, seen as one. */
export interface OpenStores {
  readonly directories: readonly string[];
  readonly linkageKeyId: string;
  /** by whom the stores are signed */
  readonly storeKeyId: string;
  readonly runDate: string;
  /** digest over every store's address, for the run id */
  readonly addresses: readonly string[];
  /** what the files hold, of every store, for the run id: digests where equal contents are equal bytes, else rows */
  readonly contents: readonly (readonly (readonly [file: string, rows: number, sha256: string | null])[])[];
  /** the state in which every file was checked */
  readonly checkedFiles: CheckedFiles;
  readonly inputs: readonly StoredInput[];
  /** what the lists held that were read above the boundary, as a keyed digest by name of list; the same in every store */
  readonly lists: Readonly<Record<string, string>>;
  /** the dates of opt-out lists by name of list: the earliest that a provider states */
  readonly listDates: Readonly<Record<string, string>>;
  /** how the files of each source were read, as a digest by name of source */
  readonly readings: Readonly<Record<string, string>>;
  /** what checks above the identity boundary found and did not stop for */
  readonly warnings: readonly Warning[];
  readonly receipts: readonly Receipt[];
  readonly outcomes: readonly StoredOutcomes[];
  readonly codes: readonly StoredCodes[];
  readonly undeclared: TokenStore['undeclared'];
  readonly optOutCounts: OptOutCounts;
  readonly optOutTally: OptOutTally;
  /** what the pipeline files of the providers left out of opt-outs, each once */
  readonly waivers: readonly Waiver[];
  readonly optOutFiles: readonly string[];
  /** their digests, which the provider signed */
  readonly optOutDigests: readonly string[];
  /** likewise, of tokens that come from a kept register alone */
  readonly decidedFiles: readonly string[];
  /** files of tuples at the busiest postcodes */
  readonly busyTupleFiles: readonly string[];
  /** files of what rows that stayed above the boundary know */
  readonly witnessFiles: readonly string[];
  readonly quarantineFiles: readonly string[];
  /** paths of the parts of a table */
  readonly pathsOf: (table: string) => readonly string[];
  /** the part of the subjects of a source, and how many they are */
  readonly subjectsOf: (source: string) => SourceSubjects;
}

/** The subjects of a source: each has a number below `subjects`. */
interface SourceSubjects {
  readonly path: string;
  readonly subjects: number;
}

/** The text files of the stores, which the engine reads itself; all others are read for it. */
export function listFiles({ optOutFiles, busyTupleFiles, witnessFiles }: OpenStores): readonly string[] {
  return [...optOutFiles, ...busyTupleFiles, ...witnessFiles];
}

/** How a linker knows that stores are its provider's. */
export interface StoreTrust {
  /** the store key that the pipeline file pins, or, where the linker started the provider, the one by which that signed */
  readonly storeKeyId: string | null;
  /** digests that this program has worked out, here or in the provider's process */
  readonly known?: KnownDigests;
}

/**
 * Opens token stores. Every file is checked against what the provider signed; then, that the stores belong together and to
 * the pipeline file: one key, one version of the rules, one run date, the settings that both sides must agree on, and between
 * them every table of the pipeline exactly once.
 *
 * @throws TallystickError (exit 1) for stores that are not what a provider made, or must not be joined
 */
export async function openStores(
  directories: readonly string[],
  pipeline: Pipeline,
  trust: StoreTrust,
): Promise<OpenStores> {
  const stores = directories.map((directory) => ({ directory, store: readStore(directory) }));
  const [first] = stores;
  if (first === undefined) throw refused({ message: 'no token store was given' });
  const asksForBusiest = pipeline.link.ignoreBusiestPostcodes !== null;
  const problems: Problem[] = [];
  const expected = trust.storeKeyId ?? first.store.storeKeyId;
  for (const { directory, store } of stores) {
    if (store.linkageKeyId !== first.store.linkageKeyId) {
      problems.push({
        file: directory,
        message: `was made with another linkage key (key id ${store.linkageKeyId}, not ${first.store.linkageKeyId})`,
        wayOut: 'tokens of different keys link nothing: tokenise both with the same key file',
      });
    }
    // of two linkage keys, the message above says it all
    const isComparable = trust.storeKeyId !== null || store.linkageKeyId === first.store.linkageKeyId;
    if (store.storeKeyId !== expected && isComparable) {
      problems.push({
        file: directory,
        message: `is signed with store key ${store.storeKeyId}, not ${expected}`,
        wayOut:
          trust.storeKeyId === null
            ? 'stores of one linkage key have one store key: one of these is not the provider’s'
            : 'keys.linkage.storeKeyId names the provider’s: this store was made by somebody else',
      });
    }
    if (store.rulesVersion !== RULES_VERSION) {
      problems.push({
        file: directory,
        message: `follows rules version ${store.rulesVersion}, not ${RULES_VERSION}`,
      });
    }
    if (store.runDate !== first.store.runDate) {
      problems.push({
        file: directory,
        message: `was made for run date ${store.runDate}, not ${first.store.runDate}`,
        wayOut:
          'opt-outs and birth dates are decided on one run date: tokenise again with the same --run-date',
      });
    }
    if (store.witnesses === undefined) {
      problems.push({
        file: directory,
        message: 'does not say what the rows that were stopped know',
        wayOut: 'it was made by an earlier version of tallystick: tokenise again',
      });
    }
    if (asksForBusiest && store.busyTuples === undefined) {
      problems.push({
        file: directory,
        message: 'does not say which postcodes are the busiest',
        wayOut: 'tokenise again with link.ignoreBusiestPostcodes, which is decided there',
      });
    }
  }
  const files = new Map<string, string[]>();
  const subjects = new Map<string, SourceSubjects>();
  for (const { directory, store } of stores) {
    for (const { source, part, rows } of store.subjects) {
      // rows of two stores would have one number for two subjects
      if (subjects.has(source))
        problems.push({ file: directory, message: `the source ${source} is in another store as well` });
      subjects.set(source, { path: join(directory, part), subjects: rows });
    }
    for (const { table, parts } of store.tables) {
      if (files.has(table))
        problems.push({ file: directory, message: `the table ${table} is in another store as well` });
      files.set(
        table,
        parts.map((part) => join(directory, part)),
      );
    }
  }
  for (const { name, source } of tablesOf(pipeline)) {
    if (!files.has(name)) {
      problems.push({
        message: `no store holds the table ${name} of ${source}`,
        wayOut: `tokenise it, or give its store with --store`,
      });
    }
  }
  problems.push(...disagreements(stores, pipeline));
  if (problems.length > 0) throw refused(...problems);
  const checked = new Map<string, FileStamp>();
  for (const { directory, store } of stores) {
    for (const [path, stamp] of await checkStoreFiles(directory, store, trust.known))
      checked.set(path, stamp);
  }
  const all = stores.map(({ store }) => store);
  return {
    directories,
    linkageKeyId: first.store.linkageKeyId,
    storeKeyId: first.store.storeKeyId,
    runDate: first.store.runDate,
    addresses: all.map(({ address }) => address),
    contents: all.map(contentsOf),
    checkedFiles: checked,
    inputs: all.flatMap(({ inputs }) => inputs),
    lists: first.store.lists,
    listDates: earliestDates(all.map((store) => store.listDates ?? {})),
    readings: Object.assign({}, ...all.map(({ readings }) => readings)),
    warnings: all.flatMap(({ warnings }) => warnings),
    receipts: all.flatMap(({ receipts }) => receipts),
    outcomes: all.flatMap(({ outcomes }) => outcomes),
    codes: all.flatMap(({ codes }) => codes ?? []),
    undeclared: all.flatMap(({ undeclared }) => undeclared),
    optOutCounts: mergeCounts(all.map(({ optOutCounts }) => optOutCounts)),
    optOutTally: joinTallies(all.map(({ optOutTally }) => optOutTally ?? EMPTY_TALLY)),
    waivers: distinct(all.flatMap(({ waivers }) => waivers ?? [])),
    optOutFiles: stores.map(({ directory, store }) => join(directory, store.optOutTokens)),
    optOutDigests: all.flatMap(({ files, optOutTokens, decidedTokens }) =>
      [optOutTokens, ...(decidedTokens === undefined ? [] : [decidedTokens])].map(
        (name) => files[name]!.sha256,
      ),
    ),
    decidedFiles: stores.flatMap(({ directory, store }) =>
      store.decidedTokens === undefined ? [] : [join(directory, store.decidedTokens)],
    ),
    busyTupleFiles: stores.flatMap(({ directory, store }) =>
      store.busyTuples === undefined || !asksForBusiest ? [] : [join(directory, store.busyTuples)],
    ),
    witnessFiles: stores.flatMap(({ directory, store }) =>
      store.witnesses === undefined ? [] : [join(directory, store.witnesses)],
    ),
    quarantineFiles: stores.map(({ directory, store }) => join(directory, store.quarantine)),
    pathsOf: (table) => files.get(table) ?? [],
    subjectsOf: (source) => subjects.get(source)!,
  };
}

/**
 * What decides the run's bytes in the files of a store. The bytes of a part depend on the order of the delivered rows, and the release does
 * not: the signature covers them, and the run id their number. Parts are named after the store's address.
 */
function contentsOf({ files, tables, subjects }: TokenStore): OpenStores['contents'][number] {
  const parts = new Set([...tables.flatMap((table) => table.parts), ...subjects.map(({ part }) => part)]);
  return Object.entries(files).map(([name, { rows, sha256 }]) => [
    name,
    rows,
    parts.has(name) ? null : sha256,
  ]);
}

/** Sites read the same list, and may state other dates for it. */
function earliestDates(dates: readonly Readonly<Record<string, string>>[]): Record<string, string> {
  const earliest: Record<string, string> = {};
  for (const [name, date] of dates.flatMap((one) => Object.entries(one))) {
    const other = earliest[name];
    if (other === undefined || date < other) earliest[name] = date;
  }
  return earliest;
}

function distinct(waivers: readonly Waiver[]): Waiver[] {
  return [...new Map(waivers.map((one) => [`${one.what}\n${one.reason}`, one])).values()];
}

/** Every site reads the same register, so its counts are not added up; each source's records are read at one site, and are added up. */
function mergeCounts(counts: readonly OptOutCounts[]): OptOutCounts {
  const coded = counts.flatMap((one) => (one.coded === null ? [] : [one.coded]));
  const byOrigin: Record<string, number> = {};
  for (const [origin, events] of counts.flatMap(({ codedByOrigin }) => Object.entries(codedByOrigin ?? {}))) {
    byOrigin[origin] = (byOrigin[origin] ?? 0) + events;
  }
  return {
    ...counts[0]!,
    coded: coded.length === 0 ? null : coded.reduce((sum, one) => sum + one, 0),
    ...(Object.keys(byOrigin).length === 0 ? {} : { codedByOrigin: byOrigin }),
  };
}
