import { settleFindings, type Warning } from '../../domain/finding.ts';
import type { Receipt } from '../../domain/receipt.ts';
import { Turns } from '../../program/turns.ts';
import type { WrittenArrowFile } from '../../write/arrow-file-writer.ts';
import { RELEASE_FOLDER } from '../../write/run-place.ts';
import { PSEUDONYM_WIDTH } from '../link/person-numbers.ts';
import { runStep } from '../linker-engine.ts';
import type { RowsLeftOut } from '../opt-outs/rows-left-out.ts';
import type { WrittenTable } from '../publish/describe-tables.ts';
import { personOutputs, personsStep } from '../publish/person-outputs.ts';
import { writeTable } from '../publish/write-table.ts';
import { emptiedColumns } from './emptied-columns.ts';
import { seenName } from './person-steps.ts';
import type { TablePlan } from './plan-release.ts';
import type { Release } from './release.ts';
import { numberRecords } from './release-persons.ts';
import { type ReleasedTable, TableReleaser } from './release-rows.ts';
import { SeenDays } from './rows/seen-days.ts';

/** What was released: the files, in the order in which they were written, and a receipt for each table. */
export interface ReleasedTables {
  readonly written: readonly WrittenTable[];
  readonly receipts: readonly Receipt[];
  /** what is not released of each of these tables, by its name */
  readonly leftOut: ReadonlyMap<string, RowsLeftOut>;
  /** the findings of the written tables for which the run was not stopped */
  readonly warnings: readonly Warning[];
}

/**
 * Releases and writes every table, then persons; each file is read back through the gates. The engine finds out what is known of persons
 * while this program releases the tables, for which it needs the engine for moments only: each keeps a core busy.
 */
export async function releaseTables(release: Release): Promise<ReleasedTables> {
  const { pipeline, plan, linker, stores, pseudonyms, settings, times } = release;
  const { engine } = linker;
  const persons = pseudonyms.length / PSEUDONYM_WIDTH;
  const seen = plan.person.seen.map(({ careSetting, tables }) => ({
    careSetting,
    tables,
    days: SeenDays.of(persons),
  }));
  const facts = findPersonFacts(release);
  facts.catch(() => undefined); // awaited behind the tables
  const files = await releaseRecords(release, seen).finally(() => facts.catch(() => undefined)); // nothing may be at work when the engine is closed
  await facts;
  await times.time('release', async () => {
    for (const { careSetting, days } of seen) linker.addTable(days.table(seenName(careSetting)));
    await runStep(engine, personsStep(plan));
  });
  const written = [...files.map(({ table }) => table), await writePersons(release, persons)];
  const findings = await emptiedColumns(engine, pipeline, stores, written);
  return {
    written,
    receipts: files.map(({ receipt }) => receipt),
    leftOut: new Map(files.map(({ receipt, leftOut }) => [receipt.table, leftOut])),
    warnings: settleFindings(findings, settings.log),
  };
}

/** Settings whose records say when they saw each person, and the days so far. */
type SeenSettings = readonly { readonly tables: readonly string[]; readonly days: SeenDays }[];

/** Tables that are released at once: threads have something to do while the last ranges of one are written. */
const MOST_TABLES = 2;

/** A released file that the gates have read, and what became of the rows of its table. */
interface CheckedTable {
  readonly table: WrittenTable;
  readonly receipt: Receipt;
  readonly leftOut: RowsLeftOut;
}

/** Releases and writes the tables of records. Files are read back in the order of the tables, beside the release of the next. */
async function releaseRecords(release: Release, seen: SeenSettings): Promise<CheckedTable[]> {
  const { plan, linker, stores, run, settings, times } = release;
  const { engine } = linker;
  const daysOf = (name: string) => seen.find(({ tables }) => tables.includes(name))?.days ?? null;
  const read = plan.tables.filter(({ spec, isReleased }) => isReleased || daysOf(spec.name) !== null);
  const names = new Set(read.map(({ spec }) => spec.name));
  const rows = stores.receipts.reduce((sum, { table, rowsOut }) => sum + (names.has(table) ? rowsOut : 0), 0);
  /** the first fault ends everything that is under way */
  const fault = new AbortController();
  const signal = AbortSignal.any([settings.signal, fault.signal]);
  const releaser = new TableReleaser(release, await engine.memoryLimit(), rows, signal);
  const turns = new Turns(MOST_TABLES);
  const released: Promise<ReleasedTable | null>[] = [];
  const checked: Promise<CheckedTable | null>[] = [];
  /** Each is stopped when another fails, and awaited at the end all the same. */
  const begin = <T>(work: Promise<T>, all: Promise<T>[]) => {
    work.catch((reason: unknown) => fault.abort(reason));
    all.push(work);
  };
  const releaseTable = (table: TablePlan) => {
    const { name } = table.spec;
    const path = table.isReleased ? run.pathOf(RELEASE_FOLDER, `${name}.arrow`) : null;
    return turns.take(() => releaser.releaseTable(table, daysOf(name), path));
  };
  const checkTable = async (
    name: string,
    one: Promise<ReleasedTable | null>,
    before: Promise<unknown> | undefined,
  ) => {
    await before;
    const table = await one;
    if (table === null) return null;
    const { outputs, done, receipt, leftOut } = table;
    return { receipt, leftOut, table: await check(release, name, outputs, done) };
  };
  try {
    for (const table of plan.tables) {
      signal.throwIfAborted();
      await times.time('release', () => numberRecords(engine, table)); // children of an unreleased table need them too
      if (!read.includes(table)) continue;
      begin(releaseTable(table), released);
      begin(checkTable(table.spec.name, released.at(-1)!, checked.at(-1)), checked);
      // one thread does one thing after another: what it logs and shows has an order
      if (!releaser.hasThreads) await checked.at(-1);
    }
    return (await Promise.all(checked)).filter((one) => one !== null);
  } catch (reason) {
    fault.abort(reason);
    throw fault.signal.reason;
  } finally {
    await Promise.allSettled([...released, ...checked]); // no file may be open when the run is removed
    await releaser.close();
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
