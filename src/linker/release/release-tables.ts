import { settleFindings, type Warning } from '../../domain/finding.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { StageTimes } from '../../program/progress.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import type { PartialRun } from '../../write/partial-run.ts';
import { RELEASE_FOLDER } from '../../write/run-place.ts';
import { runStep } from '../linker-engine.ts';
import type { OpenStores } from '../open-stores.ts';
import type { WrittenTable } from '../publish/describe-tables.ts';
import type { Gates } from '../publish/gates.ts';
import { tableOutputs } from '../publish/output-plans.ts';
import { personOutputs, personsStep } from '../publish/person-outputs.ts';
import { writeTable } from '../publish/write-table.ts';
import { emptiedColumns } from './emptied-columns.ts';
import type { ReleasePlan } from './plan-release.ts';
import { numberRecords, releaseRows } from './release-persons.ts';
import { releasedName } from './table-steps.ts';

/** What releasing the tables needs. */
export interface Release {
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

/** What was released: the files, in the order in which they were written, and a receipt for each table. */
export interface ReleasedTables {
  readonly written: readonly WrittenTable[];
  readonly receipts: readonly Receipt[];
  /** what the written tables show and nobody stopped for */
  readonly warnings: readonly Warning[];
}

/**
 * Releases and writes every table, then persons. The engine makes the next table's rows while this program writes the
 * last one's file and reads it back through the gates: each keeps a core busy. One file is being written at a time.
 */
export async function releaseTables(release: Release): Promise<ReleasedTables> {
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
      await write(name, releasedName(name), await tableOutputs(engine, table, pseudonyms), receipt.rowsOut);
    }
    await times.time('release', async () => {
      for (const { sql } of plan.person.dictionaries) await engine.run(sql.text, 'releasing persons');
      for (const step of plan.person.lookups) await runStep(engine, step);
      if (plan.person.facts !== null) await runStep(engine, plan.person.facts);
      for (const { step } of plan.person.seen) await runStep(engine, step);
      await runStep(engine, personsStep(plan));
    });
    const columns = await personOutputs(engine, pipeline, plan, pseudonyms, 'persons');
    await write('persons', 'persons', columns, pseudonyms.length / 32);
  } finally {
    await writing.catch(() => undefined); // nothing may be at work when the engine is closed
  }
  await writing;
  const findings = await emptiedColumns(engine, pipeline, stores, written);
  return { written, receipts, warnings: settleFindings(findings, settings.log) };
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
    writeTable(
      engine,
      from,
      '',
      columns,
      metadata,
      run.pathOf(RELEASE_FOLDER, file),
      settings.signal,
      (more) => {
        rows += more;
      },
    ),
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
    rows: done.rows,
    output: { table, file, bytes, sha256, columns: described },
  };
}
