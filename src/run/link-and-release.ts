import { readSensitiveCodes, type SensitiveCode } from '../de-identify/sensitive-codes.ts';
import type { Receipt } from '../domain/receipt.ts';
import type { DuckDbEngine } from '../engine/duckdb/engine.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { PseudonymFunction } from '../release/pseudonym-function.ts';
import { PSEUDONYM_FUNCTION, RECORD_FUNCTION } from '../release/steps.ts';
import { releasedName } from '../release/table-steps.ts';
import type { KeyRing } from '../tokenise/key-ring.ts';
import { PairHasher } from '../tokenise/pair-hasher.ts';
import { RULES_VERSION, releaseInfo } from '../tokenise/recipes.ts';
import { TOOL, toolVersion } from '../tool.ts';
import { PartialRun } from '../write/partial-run.ts';
import type { RunLock } from '../write/run-lock.ts';
import { countImplausible } from './count-implausible.ts';
import type { WrittenTable } from './describe-tables.ts';
import { digestText } from './digest-text.ts';
import { EngineBelow, runStep } from './engine-below.ts';
import { Gates } from './gates.ts';
import { keepLinkMap } from './keep-link-map.ts';
import { linkSubjects } from './link-subjects.ts';
import type { OpenStores } from './open-stores.ts';
import { checkFall, optOutPseudonyms, readPublishedCounts } from './opt-out-checks.ts';
import { tableOutputs } from './output-plans.ts';
import { checkPatientKeys } from './patient-keys.ts';
import { readPseudonyms } from './person-numbers.ts';
import { personOutputs, personsRelation } from './person-outputs.ts';
import { planRelease, type ReleasePlan } from './plan-release.ts';
import type { StageTimes } from './progress.ts';
import { countPersons, loadOptOutTokens, numberRecords, releaseRows } from './release-persons.ts';
import type { RunResult } from './result.ts';
import type { RunSettings } from './run-settings.ts';
import { writePapers } from './write-papers.ts';
import { writeTable } from './write-table.ts';

export interface ReleaseDestination {
  readonly out: string;
  /** the lock of `OUT/<name>`, already taken */
  readonly lock: RunLock;
  /** what has been logged so far, for the leak scan */
  readonly logged: () => readonly string[];
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
  const plan = planRelease(pipeline, sensitive, stores.pathsOf);
  const published = readPublishedCounts(destination.out, pipeline.name);
  checkFall(pipeline, published, stores.optOutCounts);

  const below = await EngineBelow.open({ directories: stores.directories, files: [] }, settings);
  const { engine } = below;
  const persons = new PairHasher(releaseKey, releaseInfo(pipeline.release.agreement));
  const records = new PairHasher(releaseKey, `${releaseInfo(pipeline.release.agreement)}/record`);
  let run: PartialRun | null = null;
  try {
    engine.register(new PseudonymFunction(PSEUDONYM_FUNCTION, persons, true));
    engine.register(new PseudonymFunction(RECORD_FUNCTION, records, false));
    const weights = await times.time('link', async () => {
      await loadOptOutTokens(engine, stores);
      await checkPatientKeys(engine, pipeline, stores.pathsOf);
      const make = below.makerFor('link');
      const weights = await linkSubjects(engine, plan.link, pipeline.link.minProbability, make);
      for (const step of [...plan.optOut, ...plan.persons, plan.person.settings]) await make(step);
      return weights;
    });
    const counts = await countPersons(engine);
    const implausible = await countImplausible(engine, pipeline);
    const pseudonyms = await readPseudonyms(engine, counts.released);

    const runId = nameRun(pipeline, sensitive, stores, releaseKey.keyId);
    run = await PartialRun.open(
      { out: destination.out, name: pipeline.name, runId },
      { lock: destination.lock, notice: (message) => settings.log({ level: 'warn', message }) },
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

    const allReceipts = [...stores.receipts, ...receipts];
    const papers = await writePapers(run, pipeline, written, stores.quarantineFiles);
    const manifest = {
      formatVersion: 1 as const,
      tool: { name: TOOL, version: toolVersion() },
      run: { name: pipeline.name, id: runId, date: stores.runDate },
      agreement: pipeline.release.agreement,
      keyIds: { linkage: stores.linkageKeyId, release: releaseKey.keyId },
      rulesVersion: String(RULES_VERSION),
      inputs: stores.inputs,
      outputs: written.map(({ output }) => output),
      papers,
      receipts: {
        rows: allReceipts,
        persons: counts,
        standardised: stores.outcomes,
        notRead: stores.undeclared,
      },
      optOuts: stores.optOutCounts,
      ...(weights === null && implausible === null && map === null
        ? {}
        : {
            linkage: {
              ...(weights === null ? {} : { weights }),
              ...(implausible === null ? {} : { implausible }),
              ...(map === null ? {} : { map }),
            },
          }),
    };
    const passed = await times.time('gates', async () =>
      gates.finish(allReceipts, manifest, privateDirectory, destination.logged()),
    );
    signal.throwIfAborted();
    const done = await times.time('publish', () => run!.publish({ ...manifest, gates: passed }));
    run = null;
    return {
      name: pipeline.name,
      runId,
      runDate: stores.runDate,
      directory: done.directory,
      outcome: done.outcome,
      rowsIn: stores.receipts.reduce((sum, { rowsIn }) => sum + rowsIn, 0),
      rowsOut: written.reduce((sum, { output }) => sum + output.rows, 0),
      receipts: allReceipts,
      persons: counts,
      implausible,
      files: written.map(({ output: { file, rows, bytes } }) => ({ file, rows, bytes })),
      stages: times.seconds,
    };
  } finally {
    below.close();
    persons.close();
    records.close();
    await run?.abandon();
  }
}

/** What releasing the tables needs. */
interface Release {
  readonly pipeline: Pipeline;
  readonly plan: ReleasePlan;
  readonly engine: DuckDbEngine;
  readonly stores: OpenStores;
  readonly run: PartialRun;
  readonly gates: Gates;
  readonly metadata: ReadonlyMap<string, string>;
  readonly pseudonyms: Uint8Array;
  readonly settings: RunSettings;
  readonly times: StageTimes;
}

/**
 * Releases and writes every table, then persons. The engine makes the next table's rows while this program writes the
 * last one's file and reads it back through the gates: each keeps a core busy. One file is being written at a time.
 */
async function releaseTables(release: Release): Promise<{ written: WrittenTable[]; receipts: Receipt[] }> {
  const { pipeline, plan, engine, stores, pseudonyms, settings, times } = release;
  const { signal, progress } = settings;
  const receipts: Receipt[] = [];
  const written: WrittenTable[] = [];
  let writing: Promise<unknown> = Promise.resolve();
  const write = async (table: string, from: string, columns: WrittenTable['columns'], rows: number) => {
    await writing;
    writing = writeAndCheck(release, table, from, columns, rows).then((one) => written.push(one));
    writing.catch(() => undefined); // awaited before the next file and at the end
  };
  const seenAlone = new Set(plan.person.seen.flatMap(({ step }) => step.reads));
  try {
    for (const table of plan.tables) {
      signal.throwIfAborted();
      const { name } = table.spec;
      await times.time('release', () => numberRecords(engine, table)); // children of an unreleased table need them too
      if (!table.isReleased && !seenAlone.has(releasedName(name))) continue;
      const rowsIn = stores.receipts.find((receipt) => receipt.table === name)?.rowsOut ?? 0;
      progress.begin(`release ${name}`, () => 0, rowsIn);
      const receipt = await times.time('release', () => releaseRows(engine, table, rowsIn));
      if (!table.isReleased) continue;
      receipts.push(receipt);
      await write(
        name,
        releasedName(name),
        await tableOutputs(engine, table, pseudonyms, pipeline.link.ranks),
        receipt.rowsOut,
      );
    }
    await times.time('release', async () => {
      for (const { sql } of plan.person.dictionaries) await engine.run(sql, 'releasing persons');
      if (plan.person.facts !== null) await runStep(engine, plan.person.facts);
      for (const { step } of plan.person.seen) await runStep(engine, step);
      const sql = personsRelation(plan);
      await runStep(engine, { name: 'persons', about: 'released persons', reads: [], sql });
    });
    const columns = await personOutputs(engine, pipeline, plan, pseudonyms, 'persons');
    await write('persons', 'persons', columns, pseudonyms.length / 32);
  } finally {
    await writing.catch(() => undefined); // nothing may be at work when the engine is closed
  }
  await writing;
  return { written, receipts };
}

/** Writes one table's file and reads it back through the gates. */
async function writeAndCheck(
  { engine, run, gates, metadata, settings, times }: Release,
  table: string,
  from: string,
  columns: WrittenTable['columns'],
  expected: number,
): Promise<WrittenTable> {
  const file = `${table}.arrow`;
  let rows = 0;
  settings.progress.begin(`write ${table}`, () => rows, expected);
  const done = await times.time('write', () =>
    writeTable(engine, from, '', columns, metadata, run.pathOf(file), settings.signal, (more) => {
      rows += more;
    }),
  );
  await times.time('gates', () => gates.checkFile({ table, file, rows: done.rows }));
  settings.log({ level: 'info', stage: 'write', table, rows: done.rows, message: 'written' });
  const described = columns.map(({ column: { name, role, rule, source }, kind }) => ({
    name,
    type: kind.kind,
    role,
    rule,
    source,
  }));
  const { bytes, sha256 } = done;
  return {
    columns,
    nulls: done.nulls,
    output: { table, file, rows: done.rows, bytes, sha256, columns: described },
  };
}

/** The run's id: its date, and a digest over everything that decides its bytes. */
function nameRun(
  pipeline: Pipeline,
  sensitive: readonly SensitiveCode[],
  stores: OpenStores,
  releaseKeyId: string,
): string {
  const { name, release, optOuts, link } = pipeline;
  const decided = [
    toolVersion(),
    RULES_VERSION,
    name,
    stores.addresses,
    releaseKeyId,
    [link.ranks, link.implausible, link.quarantineImplausible],
    ...(link.minProbability === null ? [] : [{ minProbability: link.minProbability }]),
    { ...release, sensitiveCodes: sensitive },
    { untied: optOuts.untied, national: optOuts.national !== null },
  ];
  const digest = digestText(JSON.stringify(decided));
  return `${stores.runDate}-${digest.slice(0, 12)}`;
}
