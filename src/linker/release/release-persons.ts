import { refused } from '../../domain/problem.ts';
import type { Receipt } from '../../domain/receipt.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { Sql } from '../../sql/sql.ts';
import { runStep } from '../linker-engine.ts';
import { PERSON_REASONS } from '../opt-outs/steps.ts';
import { SETTING_COMBINATIONS } from '../publish/output-plans.ts';
import type { PersonCounts } from '../result.ts';
import type { TablePlan } from './plan-release.ts';
import {
  droppedByPersonSql,
  droppedBySensitiveCodeSql,
  orphansSql,
  withoutSubjectSql,
} from './table-steps.ts';

/** Counts of persons by what became of them. */
export async function countPersons(engine: DuckDbEngine): Promise<PersonCounts> {
  const about = 'counting persons';
  const reasons = await engine.query(
    'SELECT reason::INTEGER AS reason, count(*)::DOUBLE AS persons FROM person_decisions GROUP BY reason',
    about,
  );
  const combinations = await engine.query(
    'SELECT settings::INTEGER AS settings, count(*)::DOUBLE AS persons FROM person_settings GROUP BY settings ORDER BY settings',
    about,
  );
  const of = (reason: number) => Number(reasons.find((row) => row['reason'] === reason)?.['persons'] ?? 0);
  const bySettings: Record<string, number> = {};
  const metIn = { '1': 0, '2': 0, '3': 0 };
  for (const { settings: bits, persons } of combinations) {
    const combination = SETTING_COMBINATIONS[Number(bits)]!;
    bySettings[combination] = Number(persons);
    metIn[String(combination.split('+').length) as keyof typeof metIn] += Number(persons);
  }
  return { released: of(0), typeTwoOptOut: of(1), nationalOptOut: of(2), heldBack: of(3), metIn, bySettings };
}

/**
 * Numbers the records that other tables point at.
 *
 * @throws TallystickError (exit 1) for record ids that lead to more than one person: whose children are whose is uncertain
 */
export async function numberRecords(engine: DuckDbEngine, { spec, recordNumbers }: TablePlan): Promise<void> {
  if (recordNumbers === null) return;
  const rows = await runStep(engine, recordNumbers);
  const [distinct] = await engine.query(
    `SELECT count(*)::DOUBLE AS ids FROM (SELECT DISTINCT subject_a, subject_b FROM ${recordNumbers.name}) AS every_id`,
    `checking the records of ${spec.name}`,
  );
  const more = rows - Number(distinct?.['ids']);
  if (more === 0) return;
  throw refused({
    file: spec.files.map(({ shownAs }) => shownAs).join(', '),
    column: spec.columns.find(({ role }) => role === 'record-id')!.name,
    message: `${more} record ${more === 1 ? 'id leads' : 'ids lead'} to more than one person`,
    wayOut: 'other tables point at these records: each must belong to one patient',
  });
}

/** Makes a table's released rows and says what became of all the others. */
export async function releaseRows(engine: DuckDbEngine, plan: TablePlan, rowsIn: number): Promise<Receipt> {
  const about = `releasing ${plan.spec.name}`;
  for (const step of plan.excluded) await runStep(engine, step);
  for (const { sql } of plan.dictionaries) await engine.run(sql.text, about);
  for (const step of plan.lookups) await runStep(engine, step);
  const rowsOut = await runStep(engine, plan.rows);
  const dropped: Record<string, number> = {};
  const add = (reason: string, rows: number) => {
    if (rows > 0) dropped[reason] = (dropped[reason] ?? 0) + rows;
  };
  for (const row of await engine.query(droppedByPersonSql(plan.release).text, about)) {
    add(PERSON_REASONS[Number(row['reason'])]!, Number(row['rows']));
  }
  const count = async (sql: Sql | null) =>
    sql === null ? 0 : Number((await engine.query(sql.text, about))[0]?.['rows'] ?? 0);
  add('sensitive-code', await count(droppedBySensitiveCodeSql(plan.release)));
  add('held-back', await count(withoutSubjectSql(plan.release)));
  const accounted = rowsOut + Object.values(dropped).reduce((sum, rows) => sum + rows, 0);
  // Counting orphans takes an anti join over all rows: asked only when rows are missing. The receipt must then balance.
  if (accounted !== rowsIn) add('orphan', await count(orphansSql(plan.release)));
  return { stage: 'release', source: plan.spec.source, table: plan.spec.name, rowsIn, rowsOut, dropped };
}
