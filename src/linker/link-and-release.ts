import { join } from 'node:path';
import { type Acceptance, NOTHING_ACCEPTED } from '../baseline/acceptance.ts';
import { Nights } from '../baseline/nights.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { StageTimes } from '../program/progress.ts';
import type { RunSettings } from '../program/run-settings.ts';
import { assertUnchanged } from '../store/store-files.ts';
import { PartialRun } from '../write/partial-run.ts';
import type { RunLock } from '../write/run-lock.ts';
import { readKnownCodes } from './de-identify/known-codes.ts';
import { readSensitiveCodes } from './de-identify/sensitive-codes.ts';
import { deliveryOf } from './deliveries.ts';
import { linkPersons } from './link/link-persons.ts';
import { linkageOf } from './link/linked-shares.ts';
import { readPseudonyms } from './link/person-numbers.ts';
import { keepLinkMap } from './link-map/keep-link-map.ts';
import { LinkerEngine } from './linker-engine.ts';
import { listFiles, type OpenStores } from './open-stores.ts';
import { optOutPseudonyms } from './opt-outs/opt-out-checks.ts';
import { describeOptOuts } from './publish/describe-opt-outs.ts';
import { describeRun } from './publish/describe-run.ts';
import { Gates } from './publish/gates.ts';
import { writePapers } from './publish/write-papers.ts';
import { planRelease } from './release/plan-release.ts';
import { Pseudonymiser } from './release/pseudonymiser.ts';
import { RELEASE_DIVISION, type ReleaseDivision } from './release/release-division.ts';
import { releaseTables } from './release/release-tables.ts';
import type { RunResult } from './result.ts';
import { resultOf } from './result-of.ts';
import { fileMetadata, runIdOf } from './run-id.ts';

export interface ReleaseDestination {
  readonly out: string;
  /** the lock of `OUT/<name>`, already taken */
  readonly lock: RunLock;
  /** lets `latest` point at this run, even if the run that it points at is of a later date */
  readonly setLatest?: boolean;
  /** what has been logged so far, for the leak scan */
  readonly logged: () => readonly string[];
  /** how tables are divided among threads: what is published does not depend on it */
  readonly division?: Partial<ReleaseDivision>;
  /** what differs from earlier nights and is right all the same; nothing if absent */
  readonly acceptance?: Acceptance;
}

/**
 * The linker, below the identity boundary: link, opt out (type 2 and national), de-identify, release, write, pass the
 * gates, publish. It sees tokens only, and holds the release key only.
 *
 * @throws TallystickError for a release that is refused; nothing of it is left
 */
export async function linkAndRelease(
  pipeline: Pipeline,
  stores: OpenStores,
  releaseKey: KeyRing,
  destination: ReleaseDestination,
  settings: RunSettings,
  times: StageTimes,
): Promise<RunResult> {
  const { signal, privateDirectory, progress } = settings;
  const sensitive = readSensitiveCodes(pipeline);
  const nights = await openNights(pipeline, stores, releaseKey, destination, settings);
  const linker = await LinkerEngine.open(listFiles(stores), settings);
  const { engine } = linker;
  const pseudonymiser = new Pseudonymiser(engine, releaseKey, pipeline.release.agreement);
  let run: PartialRun | null = null;
  try {
    // link · opt out (2)
    linker.readStores(pipeline, stores);
    const known = await times.time('codes', () => readKnownCodes(engine, pipeline));
    const plan = planRelease(pipeline, known);
    const linked = await linkPersons(pipeline, plan, stores, linker, times);
    nights.compareLinkage(await linkageOf(engine, pipeline, linked));
    const pseudonyms = await readPseudonyms(engine, linked.counts.released);

    // de-identify · release · write
    const runId = runIdOf(pipeline, sensitive, stores, releaseKey);
    run = await openRun(pipeline, runId, destination, settings);
    const optOuts = optOutPseudonyms(pipeline, stores, pseudonymiser.persons);
    const gates = new Gates(pipeline, sensitive, run.directory, optOuts, signal);
    const map = await times.time('link map', () =>
      keepLinkMap(engine, plan.linkMap, pipeline, stores, releaseKey, run!, gates, linker.spill),
    );
    linker.numbers.close();
    const metadata = fileMetadata(pipeline, stores, releaseKey, runId);
    const released = await releaseTables({
      pipeline,
      plan,
      linker,
      stores,
      sensitive,
      records: pseudonymiser.records,
      recordKey: () => pseudonymiser.recordKey(),
      division: { ...RELEASE_DIVISION, ...destination.division },
      run,
      gates,
      metadata,
      pseudonyms,
      settings,
      times,
    });
    progress.end();
    const leftOut = { persons: linked.held, receipts: stores.receipts, rows: released.leftOut };
    const optOutsFound = describeOptOuts(pipeline, stores, runId, leftOut, gates.proof);
    const papers = await writePapers(run, pipeline, stores, runId, linked, released, optOutsFound);
    const described = describeRun(
      pipeline,
      sensitive,
      stores,
      releaseKey,
      runId,
      linked,
      optOutsFound,
      map,
      released,
      papers,
    );

    // gates · publish
    const receipts = [...stores.receipts, ...released.receipts];
    const passed = await times.time('gates', async () =>
      gates.finish(receipts, described.manifest, described.record, privateDirectory, destination.logged()),
    );
    signal.throwIfAborted();
    assertUnchanged(stores.checkedFiles);
    const manifest = { ...described.manifest, gates: passed.map(({ gate }) => ({ gate })) };
    const published = await times.time('publish', () =>
      nights.keepWith(runId, () => run!.publish(manifest, { ...described.record, gates: passed })),
    );
    run = null;
    return resultOf(pipeline, stores, runId, linked, optOutsFound, released, published, nights, times);
  } finally {
    linker.close();
    pseudonymiser.close();
    await run?.abandon();
  }
}

/** What earlier nights of this pipeline were like; tonight's delivery is compared with them here. */
function openNights(
  pipeline: Pipeline,
  stores: OpenStores,
  releaseKey: KeyRing,
  { out, acceptance = NOTHING_ACCEPTED }: ReleaseDestination,
  { log }: RunSettings,
): Promise<Nights> {
  const delivery = deliveryOf(pipeline, stores, releaseKey.keyId);
  return Nights.open(join(out, pipeline.name), pipeline, releaseKey, acceptance, delivery, log);
}

function openRun(
  { name }: Pipeline,
  runId: string,
  { out, lock, setLatest = false }: ReleaseDestination,
  { signal, log }: RunSettings,
): Promise<PartialRun> {
  const notice = (message: string) => log({ level: 'warn', message });
  return PartialRun.open({ out, name, runId }, { lock, setLatest, signal, notice });
}
