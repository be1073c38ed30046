import { settleFindings, type Warning } from '../../domain/finding.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { WrittenArrowFile } from '../../write/arrow-file-writer.ts';
import { RELEASE_FOLDER } from '../../write/run-place.ts';
import { PSEUDONYM_WIDTH } from '../link/person-numbers.ts';
import { runStep } from '../linker-engine.ts';
import type { WrittenTable } from '../publish/describe-tables.ts';
import { personOutputs, personsStep } from '../publish/person-outputs.ts';
import { writeTable } from '../publish/write-table.ts';
import { emptiedColumns } from './emptied-columns.ts';
import { seenName } from './person-steps.ts';
import type { Release } from './release.ts';
import { numberRecords } from './release-persons.ts';
import { TableReleaser } from './release-rows.ts';
import { SeenDays } from './rows/seen-days.ts';

/** What was released: the files, in the order in which they were written, and a receipt for each table. */
export interface ReleasedTables {
  readonly written: readonly WrittenTable[];
  readonly receipts: readonly Receipt[];
  /** what the written tables show and nobody stopped for */
  readonly warnings: readonly Warning[];
}

/**
 * Releases and writes every table, then persons; each file is read back through the gates. The engine finds out what is known of persons
 * while this program releases the tables, for which it needs the engine for moments only: each keeps a core busy.
 */
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
  const facts = findPersonFacts(release);
  facts.catch(() => undefined); // awaited behind the tables
  try {
    await releaseRecords(release, releaser, seen, { written, receipts });
  } finally {
    await facts.catch(() => undefined); // nothing may be at work when the engine is closed
  }
  await facts;
  await times.time('release', async () => {
    for (const { careSetting, days } of seen) linker.addTable(days.table(seenName(careSetting)));
    await runStep(engine, personsStep(plan));
  });
  written.push(await writePersons(release, persons));
  const findings = await emptiedColumns(engine, pipeline, stores, written);
  return { written, receipts, warnings: settleFindings(findings, settings.log) };
}

/** Settings whose records say when they saw each person, and the days so far. */
type SeenSettings = readonly { readonly tables: readonly string[]; readonly days: SeenDays }[];

/** Releases and writes the tables of records. What was written, and the receipts, are added to those of the run. */
async function releaseRecords(
  release: Release,
  releaser: TableReleaser,
  seen: SeenSettings,
  { written, receipts }: { readonly written: WrittenTable[]; readonly receipts: Receipt[] },
): Promise<void> {
  const { plan, linker, run, settings, times } = release;
  for (const table of plan.tables) {
    settings.signal.throwIfAborted();
    const { name } = table.spec;
    await times.time('release', () => numberRecords(linker.engine, table)); // children of an unreleased table need them too
    const days = seen.find(({ tables }) => tables.includes(name))?.days ?? null;
    if (!table.isReleased && days === null) continue;
    const rows = await times.time('release', () => releaser.count(table, days));
    if (!table.isReleased) continue;
    const file = `${name}.arrow`;
    const { outputs, done } = await releaser.write(rows, run.pathOf(RELEASE_FOLDER, file));
    receipts.push(releaser.receiptOf(rows, done.rows));
    written.push(await check(release, name, outputs, done));
  }
}

function findPersonFacts({ plan, linker: { engine }, times }: Release): Promise<void> {
  return times.time('release', async () => {
    for (const { sql } of plan.person.dictionaries) await engine.run(sql.text, 'releasing persons');
    for (const step of plan.person.lookups) await runStep(engine, step);
    if (plan.person.facts !== null) await runStep(engine, plan.person.facts);
  });
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
