import { join } from 'node:path';
import type { Warning } from '../../domain/finding.ts';
import { type Problem, refused } from '../../domain/problem.ts';
import type { Receipt } from '../../domain/receipt.ts';
import { type Pipeline, tablesOf } from '../../pipeline/pipeline.ts';
import {
  type OptOutCounts,
  readStore,
  type StoredInput,
  type StoredOutcomes,
  type TokenStore,
} from '../../store/token-store.ts';
import { RULES_VERSION } from '../../tokenise/recipes.ts';

/** One or more token stores, seen as one. */
export interface OpenStores {
  readonly directories: readonly string[];
  readonly linkageKeyId: string;
  readonly runDate: string;
  /** digest over every store's address, for the run id */
  readonly addresses: readonly string[];
  readonly inputs: readonly StoredInput[];
  /** how the files of each source were read, as a digest by name of source */
  readonly readings: Readonly<Record<string, string>>;
  /** what checks above the identity boundary found and did not stop for */
  readonly warnings: readonly Warning[];
  readonly receipts: readonly Receipt[];
  readonly outcomes: readonly StoredOutcomes[];
  readonly undeclared: TokenStore['undeclared'];
  readonly optOutCounts: OptOutCounts;
  readonly optOutFiles: readonly string[];
  /** files of tuples at the busiest postcodes */
  readonly busyTupleFiles: readonly string[];
  readonly quarantineFiles: readonly string[];
  pathsOf(table: string): readonly string[];
}

/**
 * Opens token stores and checks that they belong together: one key, one version of the rules, one run date, and between
 * them every table of the pipeline exactly once.
 *
 * @throws TallystickError (exit 1) for stores that must not be joined
 */
export function openStores(directories: readonly string[], pipeline: Pipeline): OpenStores {
  const stores = directories.map((directory) => ({ directory, store: readStore(directory) }));
  const [first] = stores;
  if (first === undefined) throw refused({ message: 'no token store was given' });
  const asksForBusiest = pipeline.link.ignoreBusiestPostcodes !== null;
  const problems: Problem[] = [];
  for (const { directory, store } of stores) {
    if (store.linkageKeyId !== first.store.linkageKeyId) {
      problems.push({
        file: directory,
        message: `was made with another linkage key (key id ${store.linkageKeyId}, not ${first.store.linkageKeyId})`,
        wayOut: 'tokens of different keys link nothing: tokenise both with the same key file',
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
    if (asksForBusiest && store.busyTuples === undefined) {
      problems.push({
        file: directory,
        message: 'does not say which postcodes are the busiest',
        wayOut: 'tokenise again with link.ignoreBusiestPostcodes, which is decided there',
      });
    }
  }
  const files = new Map<string, string[]>();
  for (const { directory, store } of stores) {
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
  if (problems.length > 0) throw refused(...problems);
  const all = stores.map(({ store }) => store);
  return {
    directories,
    linkageKeyId: first.store.linkageKeyId,
    runDate: first.store.runDate,
    addresses: all.map(({ address }) => address),
    inputs: all.flatMap(({ inputs }) => inputs),
    readings: Object.assign({}, ...all.map(({ readings }) => readings)),
    warnings: all.flatMap(({ warnings }) => warnings),
    receipts: all.flatMap(({ receipts }) => receipts),
    outcomes: all.flatMap(({ outcomes }) => outcomes),
    undeclared: all.flatMap(({ undeclared }) => undeclared),
    optOutCounts: mergeCounts(all.map(({ optOutCounts }) => optOutCounts)),
    optOutFiles: stores.map(({ directory, store }) => join(directory, store.optOutTokens)),
    busyTupleFiles: stores.flatMap(({ directory, store }) =>
      store.busyTuples === undefined || !asksForBusiest ? [] : [join(directory, store.busyTuples)],
    ),
    quarantineFiles: stores.map(({ directory, store }) => join(directory, store.quarantine)),
    pathsOf: (table) => files.get(table) ?? [],
  };
}

/** Every site reads the same register, so its counts are not added up; coded events are, for each source has its own. */
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
