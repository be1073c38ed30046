import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { EXIT, type Problem, refused, TallystickError, usage } from '../domain/problem.ts';
import { findPastReleases, type PastRelease } from '../governance/recall/past-releases.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { PairHasher } from '../keys/pair-hasher.ts';
import { releaseInfo } from '../keys/recipes.ts';
import { StoreKey } from '../keys/store-key.ts';
import { checkStoreFiles } from '../store/store-files.ts';
import { readStore } from '../store/token-store.ts';
import { clearLeftovers } from '../write/clear-leftovers.ts';
import { clearLinkMaps } from '../write/kept-link-map.ts';
import { systemProcesses } from '../write/process-probe.ts';
import { readManifest } from '../write/read-run.ts';
import { type LockOptions, RunLock } from '../write/run-lock.ts';
import { WriteError } from '../write/write-error.ts';
import { eraseFromRun, type FoundInRun, findInRun, isNothing } from './erase-from-run.ts';
import {
  eraseFromStore,
  isNothingIn,
  type LeavingRows,
  planStore,
  recoverStore,
  type StorePlan,
} from './erase-from-store.ts';
import { type ErasedHashes, type ErasedTokens, erasedHashes } from './erased-hashes.ts';
import { FewTokens } from './few-tokens.ts';
import { type FoundInStores, findInStores, type StoreAt } from './find-in-store.ts';
import { addNumber, addPseudonym, addToken, Traces } from './find-traces.ts';

/** What is to be erased, and from where. */
export interface ErasureRequest {
  /** the person’s NHS numbers: the current one, and those that it replaced */
  readonly numbers: readonly string[];
  /** their tokens, each 16 bytes */
  readonly tokensOf: (linkageKey: KeyRing) => readonly Uint8Array[];
  readonly openLinkageKey: () => KeyRing;
  readonly openReleaseKey: () => KeyRing;
  /** folders of token stores that belong together */
  readonly stores: readonly string[];
  /** folders of the runs of a pipeline each, such as `out/nightly` */
  readonly runs: readonly string[];
  /** files that keep opt-outs, which stay: they keep the person out */
  readonly kept: readonly string[];
  /** YYYY-MM-DD */
  readonly on: string;
  readonly isDry: boolean;
  /** everything that is wrong with a run, as `tallystick verify` finds it */
  readonly verify: (release: PastRelease) => Promise<readonly Problem[]>;
  readonly lock: LockOptions;
  readonly notice: (message: string) => void;
}

/** What an erasure found and did. */
export interface Erasure {
  readonly isDry: boolean;
  readonly stores: readonly ({ readonly directory: string } & LeavingRows)[];
  readonly runs: readonly ({ readonly directory: string; readonly runId: string } & Pick<
    FoundInRun,
    'tables' | 'linkMapRows'
  >)[];
  /** runs and stores without the person, which stay as they are */
  readonly untouched: number;
  /** runs of which it is not known whether the person is in them */
  readonly unchecked: readonly { readonly directory: string; readonly problems: readonly Problem[] }[];
  /** null for a dry one: how many files were read afterwards, and in which of them anything of the person is left */
  readonly proof: { readonly files: number; readonly found: readonly string[] } | null;
}

/** A run that the person is in. */
interface RunPlan {
  readonly release: PastRelease;
  readonly found: FoundInRun;
  readonly hashes: ErasedHashes;
}

/**
 * Erases a person from token stores, published runs and link maps, and reads every file afterwards to prove it. Opt-outs of the person in
 * the register stay.
 *
 * Each key is open by itself, for as long as it is needed: the linkage key to find the person in the stores, the release key to find and
 * replace runs, and the linkage key again to sign the stores. Runs come first: what leads from a store to a run is not gone before
 * the run is. So an erasure that was interrupted is completed by the same command.
 *
 * @throws TallystickError (exit 1) for a store that is not what the provider signed, (exit 2) for a folder that is none, (exit 3) for a
 *   store of another key
 */
export async function erase(request: ErasureRequest): Promise<Erasure> {
  const { stores, runs, isDry, on } = request;
  for (const folder of runs) assertHome(folder);
  const locks: RunLock[] = [];
  try {
    for (const store of stores) {
      locks.push(await RunLock.take(`${resolve(store)}.lock`, request.lock));
      if (!isDry) recoverStore(store, request.notice);
    }
    if (!isDry) for (const folder of runs) await tidy(folder, request);

    const { plans, found, numbers, tokens, linkageKeyId } = await withKey(request.openLinkageKey, (key) =>
      planStores(request, key),
    );
    const { planned, untouched, unchecked, traces } = await withKey(request.openReleaseKey, async (key) => {
      const outcome = await planRuns(request, tokens, plans, { release: key, linkageKeyId });
      if (!isDry) {
        for (const { release, found: inRun, hashes } of outcome.planned) {
          await eraseFromRun(release, inRun, hashes, on, request.lock);
          const manifest = readManifest(release.folders.release);
          const problems = await request.verify({ ...release, manifest });
          if (problems.length > 0) throw refused(...problems);
        }
      }
      return outcome;
    });
    const changed = plans.filter(({ leaving }) => !isNothingIn(leaving));
    if (!isDry) {
      await withKey(request.openLinkageKey, async (key) => {
        const storeKey = new StoreKey(key);
        for (const plan of changed) await eraseFromStore(plan, found, numbers, storeKey, on);
      });
    }
    return {
      isDry,
      stores: changed.map(({ at, leaving }) => ({ directory: at.directory, ...leaving })),
      runs: planned.map(({ release, found: { tables, linkMapRows } }) => ({
        directory: release.directory,
        runId: release.manifest.run.id,
        tables,
        linkMapRows,
      })),
      untouched: untouched + plans.length - changed.length,
      unchecked,
      proof: isDry ? null : prove(traces, request),
    };
  } finally {
    for (const lock of locks) await lock.release();
  }
}

/** Opens a key for some work, and forgets it. */
async function withKey<T>(open: () => KeyRing, work: (key: KeyRing) => Promise<T>): Promise<T> {
  const key = open();
  try {
    return await work(key);
  } finally {
    key.close();
  }
}

/** Tidies the folder of a pipeline’s runs after processes that died: what they left may hold the person. */
async function tidy(home: string, { lock: options, notice }: ErasureRequest): Promise<void> {
  const lock = await RunLock.take(join(home, '.lock'), options);
  try {
    await clearLinkMaps(home, await clearLeftovers(home, systemProcesses, notice), notice);
  } finally {
    await lock.release();
  }
}

async function planStores(
  request: ErasureRequest,
  linkageKey: KeyRing,
): Promise<{
  readonly plans: readonly StorePlan[];
  readonly found: FoundInStores;
  readonly numbers: FewTokens;
  readonly tokens: ErasedTokens;
  readonly linkageKeyId: string;
}> {
  const storeKey = new StoreKey(linkageKey);
  const stores: StoreAt[] = [];
  for (const directory of request.stores) {
    const store = readStore(directory);
    if (store.linkageKeyId !== linkageKey.keyId || store.storeKeyId !== storeKey.id) {
      throw refused({
        file: directory,
        message: 'was made with another linkage key: nobody in it can be found by this one',
        wayOut: 'name the pipeline file of the key that made it',
      });
    }
    await checkStoreFiles(directory, store);
    stores.push({ directory, store });
  }
  const numbers = new FewTokens(request.tokensOf(linkageKey));
  const found = findInStores(stores, numbers);
  return {
    plans: stores.map((at) => planStore(at, found, numbers)),
    found,
    numbers,
    linkageKeyId: linkageKey.keyId,
    tokens: { numbers: numbers.all(), subjects: found.subjectTokens.all(), tuples: found.tuples.all() },
  };
}

async function planRuns(
  request: ErasureRequest,
  tokens: ErasedTokens,
  stores: readonly StorePlan[],
  { release: releaseKey, linkageKeyId }: { readonly release: KeyRing; readonly linkageKeyId: string },
): Promise<{
  readonly planned: readonly RunPlan[];
  readonly untouched: number;
  readonly unchecked: Erasure['unchecked'];
  readonly traces: Traces;
}> {
  const traces = new Traces();
  for (const number of request.numbers) addNumber(traces, number);
  for (const token of [...tokens.numbers, ...tokens.subjects]) addToken(traces, token);
  const records = stores.flatMap((plan) => plan.records.all());
  for (const token of records) addToken(traces, token);
  const { releases, unreadable } = findPastReleases(request.runs);
  const unchecked: { directory: string; problems: readonly Problem[] }[] = [...unreadable];
  const planned: RunPlan[] = [];
  const byAgreement = new Map<string, ErasedHashes>();
  for (const release of releases) {
    const { agreement } = release.manifest;
    const hashes = byAgreement.get(agreement) ?? erasedHashes(tokens, releaseKey, agreement);
    if (!byAgreement.has(agreement)) {
      byAgreement.set(agreement, hashes);
      addPseudonyms(traces, tokens, records, hashes, releaseKey, agreement);
    }
    try {
      const wrongKeys = keyProblems(release, { release: releaseKey.keyId, linkage: linkageKeyId });
      const problems = wrongKeys.length > 0 ? wrongKeys : await request.verify(release);
      if (problems.length > 0) throw refused(...problems);
      const found = await findInRun(release, hashes);
      if (!isNothing(found)) planned.push({ release, found, hashes });
    } catch (fault) {
      const problems = problemsOfFault(fault);
      if (problems === null) throw fault;
      unchecked.push({ directory: release.directory, problems });
    }
  }
  const untouched = releases.length - planned.length - (unchecked.length - unreadable.length);
  return { planned, untouched, unchecked, traces };
}

/** All that a run of the agreement may have of the person. A tuple is not among it: a twin has the same. */
function addPseudonyms(
  traces: Traces,
  { numbers, subjects }: ErasedTokens,
  records: readonly Uint8Array[],
  hashes: ErasedHashes,
  releaseKey: KeyRing,
  agreement: string,
): void {
  const [ofPersons, ofRecords] = [releaseInfo(agreement), `${releaseInfo(agreement)}/record`].map(
    (info) => new PairHasher(releaseKey, info),
  ) as [PairHasher, PairHasher];
  try {
    for (const token of [...numbers, ...subjects]) addPseudonym(traces, ofPersons.hashOne(token));
    for (const pseudonym of hashes.subjects) addPseudonym(traces, pseudonym);
    for (const record of records) addPseudonym(traces, ofRecords.hashOne(record));
  } finally {
    ofPersons.close();
    ofRecords.close();
  }
}

/** Why nobody can be found in a run: it was made with another key. */
function keyProblems(
  { directory: file, manifest }: PastRelease,
  keyIds: Readonly<Record<'linkage' | 'release', string>>,
): readonly Problem[] {
  return (['linkage', 'release'] as const).flatMap((purpose) => {
    const id = manifest.keyIds[purpose];
    if (id === keyIds[purpose]) return [];
    return [
      {
        file,
        message: `was made with another ${purpose} key (key id ${id}): nobody in it can be found by this one`,
        wayOut: 'erase once more with a pipeline file that names that key',
      },
    ];
  });
}

/** A run that is refused, or cannot be read, is left as it is, and named; null for any other fault. */
function problemsOfFault(fault: unknown): readonly Problem[] | null {
  if (fault instanceof TallystickError) return fault.exitCode === EXIT.refused ? fault.problems : null;
  if (fault instanceof WriteError) return [{ file: fault.path, message: 'cannot be read' }];
  return null;
}

/** Reads everything in the folders, and beside the stores. */
function prove(traces: Traces, { stores, runs, kept }: ErasureRequest): NonNullable<Erasure['proof']> {
  const apart = new Set(kept.filter(existsSync).map((file) => realpathSync(file)));
  const folders = [...new Set([...stores, ...runs].map((folder) => realpathSync(folder)))];
  const { looked, found } = traces.filesWithin(folders, apart);
  return { files: looked, found };
}

/** @throws TallystickError (exit 2) for anything but the folder of a pipeline’s runs */
function assertHome(folder: string): void {
  const wayOut = 'name the folder of a pipeline’s runs, such as out/nightly';
  if (statSync(folder, { throwIfNoEntry: false })?.isDirectory() !== true) {
    throw usage({ file: folder, message: 'there is no folder here', wayOut });
  }
  if (['release', 'operator'].some((name) => existsSync(join(folder, name)))) {
    const home = dirname(resolve(folder));
    throw usage({
      file: folder,
      message: 'is a run, and not the folder of a pipeline’s runs',
      wayOut: `a person is erased from all runs: name ${basename(home)}, which it is in`,
    });
  }
}
