import { join } from 'node:path';
import { type Acceptance, NOTHING_ACCEPTED } from '../baseline/acceptance.ts';
import { Nights } from '../baseline/nights.ts';
import { settleFindings } from '../domain/finding.ts';
import type { SensitiveCodes } from '../domain/sensitive-code.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { PairHasher } from '../keys/pair-hasher.ts';
import { RULES_VERSION, releaseInfo } from '../keys/recipes.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { StageTimes } from '../program/progress.ts';
import type { RunSettings } from '../program/run-settings.ts';
import { assertUnchanged } from '../store/store-files.ts';
import { TOOL, toolVersion } from '../tool.ts';
import { digestText } from '../write/digest-text.ts';
import { type OperatorRecord, RECORD_VERSION } from '../write/operator-record.ts';
import { PartialRun } from '../write/partial-run.ts';
import type { ReadRecord } from '../write/read-run.ts';
import type { RunLock } from '../write/run-lock.ts';
import { MANIFEST_VERSION, type RunManifest } from '../write/run-manifest.ts';
import { OPERATOR_FOLDER, RELEASE_FOLDER } from '../write/run-place.ts';
import { readKnownCodes } from './de-identify/known-codes.ts';
import { readSensitiveCodes } from './de-identify/sensitive-codes.ts';
import { deliveryOf } from './deliveries.ts';
import { EngineBelow } from './engine-below.ts';
import { linkPersons } from './link/link-persons.ts';
import { linkageOf } from './link/linked-shares.ts';
import { readPseudonyms } from './link/person-numbers.ts';
import { keepLinkMap } from './link-map/keep-link-map.ts';
import type { OpenStores } from './open-stores.ts';
import { optOutPseudonyms } from './opt-outs/opt-out-checks.ts';
import { Gates } from './publish/gates.ts';
import { recordSettings } from './publish/record-settings.ts';
import { writePapers } from './publish/write-papers.ts';
import { emptiedColumns } from './release/emptied-columns.ts';
import { planRelease } from './release/plan-release.ts';
import { PseudonymFunction } from './release/pseudonym-function.ts';
import { releaseTables } from './release/release-tables.ts';
import { PSEUDONYM_FUNCTION, RECORD_FUNCTION } from './release/steps.ts';
import type { RunResult } from './result.ts';

export interface ReleaseDestination {
  readonly out: string;
  /** the lock of `OUT/<name>`, already taken */
  readonly lock: RunLock;
  /** lets `latest` point at this run, even if the run that it points at is of a later date */
  readonly setLatest?: boolean;
  /** what has been logged so far, for the leak scan */
  readonly logged: () => readonly string[];
  /** what differs from earlier nights and is right all the same; nothing if absent */
  readonly acceptance?: Acceptance;
}

/**
 * The second half of a run, below the identity boundary: link, opt out (type 2 and national), de-identify, release,
 * write, pass the gates, publish. It sees tokens only, and holds the release key only.
 */
export async function linkAndRelease(
  pipeline: Pipeline,
  stores: OpenStores,
  releaseKey: KeyRing,
  destination: ReleaseDestination,
  settings: RunSettings,
  times: StageTimes,
): Promise<RunResult> {
  const { progress, signal, privateDirectory } = settings;
  const sensitive = readSensitiveCodes(pipeline);
  const nights = await Nights.open(
    join(destination.out, pipeline.name),
    pipeline,
    releaseKey,
    destination.acceptance ?? NOTHING_ACCEPTED,
    deliveryOf(pipeline, stores, releaseKey.keyId),
    settings.log,
  );

  const below = await EngineBelow.open({ directories: stores.directories, files: [] }, settings);
  const { engine } = below;
  const persons = new PairHasher(releaseKey, releaseInfo(pipeline.release.agreement));
  const records = new PairHasher(releaseKey, `${releaseInfo(pipeline.release.agreement)}/record`);
  let run: PartialRun | null = null;
  try {
    const known = await times.time('codes', () =>
      readKnownCodes(engine, pipeline, sensitive, stores.pathsOf),
    );
    const plan = planRelease(pipeline, known, stores.pathsOf);
    engine.register(new PseudonymFunction(PSEUDONYM_FUNCTION, persons, true));
    engine.register(new PseudonymFunction(RECORD_FUNCTION, records, false));
    const { counts, ...figures } = await linkPersons(pipeline, plan, stores, below, times);
    const { weights, audit, implausible, missed } = figures;
    nights.compareLinkage(await linkageOf(engine, pipeline, counts));
    const pseudonyms = await readPseudonyms(engine, counts.released);

    const runId = nameRun(pipeline, sensitive, stores, releaseKey.keyId);
    run = await PartialRun.open(
      { out: destination.out, name: pipeline.name, runId },
      {
        lock: destination.lock,
        setLatest: destination.setLatest === true,
        signal,
        notice: (message) => settings.log({ level: 'warn', message }),
      },
    );
    const metadata = new Map([
      ['tallystick', toolVersion()],
      ['run', runId],
      ['run_date', stores.runDate],
      ['agreement', pipeline.release.agreement],
      ['linkage_key_id', stores.linkageKeyId],
      ['release_key_id', releaseKey.keyId],
      ['rules_version', String(RULES_VERSION)],
    ]);
    const gates = new Gates(pipeline, run.directory, optOutPseudonyms(pipeline, stores, persons), signal);
    const release = { pipeline, plan, engine, stores, run, gates, metadata, pseudonyms, settings, times };
    const map = await times.time('link map', () =>
      keepLinkMap(engine, plan.linkMap, pipeline, stores, releaseKey, release.run, gates, below.spill),
    );
    const { written, receipts } = await releaseTables(release);
    progress.end();

    const emptied = settleFindings(await emptiedColumns(engine, pipeline, stores, written), settings.log);
    const warnings = [...stores.warnings, ...emptied];
    const allReceipts = [...stores.receipts, ...receipts];
    const papers = await writePapers(run, pipeline, written, stores.quarantineFiles, {
      pipeline,
      tool: `${TOOL} ${toolVersion()}`,
      runId,
      runDate: stores.runDate,
      rulesVersion: RULES_VERSION,
      inputs: stores.inputs,
      outcomes: stores.outcomes,
      receipts: allReceipts,
      persons: counts,
      ...figures,
    });
    const named = { name: pipeline.name, id: runId, date: stores.runDate };
    const manifest = {
      formatVersion: MANIFEST_VERSION,
      tool: { name: TOOL, version: toolVersion() },
      run: named,
      agreement: pipeline.release.agreement,
      keyIds: { linkage: stores.linkageKeyId, release: releaseKey.keyId, store: stores.storeKeyId },
      rulesVersion: String(RULES_VERSION),
      outputs: written.map(({ output }) => output),
      papers: papers[RELEASE_FOLDER],
    } satisfies Omit<RunManifest, 'gates'>;
    const record = {
      formatVersion: RECORD_VERSION,
      run: named,
      ...recordSettings(pipeline, sensitive, stores, releaseKey),
      inputs: stores.inputs,
      outputs: written.map(({ output: { table }, rows }) => ({ table, rows })),
      papers: papers[OPERATOR_FOLDER],
      receipts: {
        rows: allReceipts,
        persons: counts,
        standardised: stores.outcomes,
        codes: stores.codes,
        notRead: stores.undeclared,
        warnings,
      },
      // `verify`, `inspect` and `diff` read these: a count that is no longer made must not compile
      optOuts: { ...stores.optOutCounts, waived: stores.waivers } satisfies ReadRecord['optOuts'],
      linkage: {
        audit,
        missed,
        ...(weights === null ? {} : { weights }),
        ...(implausible === null ? {} : { implausible }),
        ...(map === null ? {} : { map }),
      },
    } satisfies Omit<OperatorRecord, 'gates' | 'manifest'>;
    const passed = await times.time('gates', async () =>
      gates.finish(allReceipts, manifest, record, privateDirectory, destination.logged()),
    );
    signal.throwIfAborted();
    assertUnchanged(stores.checkedFiles);
    const done = await times.time('publish', async () => {
      await nights.keep(runId);
      return run!
        .publish({ ...manifest, gates: passed.map(({ gate }) => ({ gate })) }, { ...record, gates: passed })
        .catch(async (fault: unknown) => {
          await nights.takeBack(runId);
          throw fault;
        });
    });
    run = null;
    return {
      name: pipeline.name,
      runId,
      runDate: stores.runDate,
      directory: done.directory,
      release: join(done.directory, RELEASE_FOLDER),
      outcome: done.outcome,
      latest: done.latest,
      rowsIn: stores.receipts.reduce((sum, { rowsIn }) => sum + rowsIn, 0),
      rowsOut: written.reduce((sum, { rows }) => sum + rows, 0),
      receipts: allReceipts,
      persons: counts,
      warnings: [...warnings, ...nights.warnings],
      waivers: stores.waivers,
      comparedWith: nights.comparison,
      implausible,
      audit,
      files: written.map(({ output: { file, bytes }, rows }) => ({ file, rows, bytes })),
      seconds: times.elapsed,
      stages: times.seconds,
    };
  } finally {
    below.close();
    persons.close();
    records.close();
    await run?.abandon();
  }
}

/** The run's id: its date, and a digest over everything that decides its bytes. */
function nameRun(
  pipeline: Pipeline,
  sensitive: SensitiveCodes,
  stores: OpenStores,
  releaseKeyId: string,
): string {
  const { name, release, optOuts, link } = pipeline;
  const decided = [
    toolVersion(),
    RULES_VERSION,
    name,
    stores.addresses,
    stores.storeKeyId,
    stores.contents,
    releaseKeyId,
    [link.ranks, link.implausible, link.quarantineImplausible],
    ...(link.minProbability === null ? [] : [{ minProbability: link.minProbability }]),
    { ...release, sensitiveCodes: sensitive },
    { untied: optOuts.untied, national: optOuts.national !== null },
    ...(stores.waivers.length === 0 ? [] : [{ waived: stores.waivers }]),
  ];
  const digest = digestText(JSON.stringify(decided));
  return `${stores.runDate}-${digest.slice(0, 12)}`;
}
