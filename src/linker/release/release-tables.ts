import { settleFindings, type Warning } from '../../domain/finding.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { SensitiveCodes } from '../../domain/sensitive-code.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { StageTimes } from '../../program/progress.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import type { WrittenArrowFile } from '../../write/arrow-file-writer.ts';
import type { PartialRun } from '../../write/partial-run.ts';
import { RELEASE_FOLDER } from '../../write/run-place.ts';
import { PSEUDONYM_WIDTH } from '../link/person-numbers.ts';
import { type LinkerEngine, runStep } from '../linker-engine.ts';
import type { OpenStores } from '../open-stores.ts';
import type { WrittenTable } from '../publish/describe-tables.ts';
import type { Gates } from '../publish/gates.ts';
import { personOutputs, personsStep } from '../publish/person-outputs.ts';
import { writeTable } from '../publish/write-table.ts';
import { emptiedColumns } from './emptied-columns.ts';
import { seenName } from './person-steps.ts';
import type { ReleasePlan } from './plan-release.ts';
import type { PairHasher } from './pseudonym-function.ts';
import { numberRecords } from './release-persons.ts';
import { TableReleaser } from './release-rows.ts';
import { SeenDays } from './rows/seen-days.ts';

/** What releasing the tables needs. */
export interface Release {
  readonly pipeline: Pipeline;
  readonly plan: ReleasePlan;
  readonly linker: LinkerEngine;
  readonly stores: OpenStores;
  readonly sensitive: SensitiveCodes;
  /** makes the ids under which records are released */
  readonly records: PairHasher;
  readonly run: PartialRun;
  readonly gates: Gates;
  readonly metadata: ReadonlyMap<string, string>;
  readonly pseudonyms: Uint8Array;
  readonly settings: RunSettings;
  readonly times: StageTimes;
}

/** What was released: the files, in the order in which they were written, and a receipt for each table. */
export interface ReleasedTables {
  readonly written: readonly WrittenTable[];
  readonly receipts: readonly Receipt[];
  /** what the written tables show and nobody stopped for */
  readonly warnings: readonly Warning[];
}

/** Releases and writes every table, then persons; each file is read back through the gates. */
export async function releaseTables(release: Release): Promise<ReleasedTables> {
  const { pipeline, plan, linker, stores, pseudonyms, settings, times } = release;
  const { engine } = linker;
  const receipts: Receipt[] = [];
  const written: WrittenTable[] = [];
  const persons = pseudonyms.length / PSEUDONYM_WIDTH;
  const seen = plan.person.seen.map(({ careSetting, tables }) => ({
    careSetting,
    tables,
    days: new SeenDays(persons),
  }));
  const releaser = new TableReleaser(release, await engine.memoryLimit());
  for (const table of plan.tables) {
    settings.signal.throwIfAborted();
    const { name } = table.spec;
    await times.time('release', () => numberRecords(engine, table)); // children of an unreleased table need them too
    const days = seen.find(({ tables }) => tables.includes(name))?.days ?? null;
    if (!table.isReleased && days === null) continue;
    const rows = await times.time('release', () => releaser.count(table, days));
    if (!table.isReleased) continue;
    const file = `${name}.arrow`;
    const { outputs, done } = await releaser.write(rows, release.run.pathOf(RELEASE_FOLDER, file));
    receipts.push(releaser.receiptOf(rows, done.rows));
    written.push(await check(release, name, outputs, done));
  }
  await times.time('release', async () => {
    for (const { careSetting, days } of seen) linker.addTable(days.table(seenName(careSetting)));
    for (const { sql } of plan.person.dictionaries) await engine.run(sql.text, 'releasing persons');
    for (const step of plan.person.lookups) await runStep(engine, step);
    if (plan.person.facts !== null) await runStep(engine, plan.person.facts);
    await runStep(engine, personsStep(plan));
  });
  written.push(await writePersons(release, persons));
  const findings = await emptiedColumns(engine, pipeline, stores, written);
  return { written, receipts, warnings: settleFindings(findings, settings.log) };
}

async function writePersons(release: Release, persons: number): Promise<WrittenTable> {
  const { pipeline, plan, linker, run, metadata, pseudonyms, settings, times } = release;
  const { engine } = linker;
  const name = 'persons';
  const columns = await personOutputs(engine, pipeline, plan, pseudonyms, name);
  let rows = 0;
  settings.progress.begin(`write ${name}`, () => rows, persons);
  const path = run.pathOf(RELEASE_FOLDER, `${name}.arrow`);
  const done = await times.time('write', () =>
    writeTable(engine, name, columns, metadata, path, settings.signal, (more) => {
      rows += more;
    }),
  );
  return check(release, name, columns, done);
}

/** Reads a written file back through the gates, and describes it. */
async function check(
  { gates, settings, times }: Release,
  table: string,
  columns: WrittenTable['columns'],
  { rows, nulls, bytes, sha256 }: WrittenArrowFile,
): Promise<WrittenTable> {
  const file = `${table}.arrow`;
  await times.time('gates', () => gates.checkFile({ table, file, rows }));
  settings.log({ level: 'info', stage: 'write', table, rows, message: 'written' });
  const described = columns.map(({ column: { name, role, rule, source }, kind }) => ({
    name,
    type: kind.kind,
    role,
    rule,
    source,
  }));
  return { columns, nulls, rows, output: { table, file, bytes, sha256, columns: described } };
}
