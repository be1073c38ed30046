import { refused } from '../../domain/problem.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { runStep } from '../linker-engine.ts';
import { SETTING_COMBINATIONS } from '../publish/output-plans.ts';
import type { PersonCounts } from '../result.ts';
import type { TablePlan } from './plan-release.ts';

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
    `SELECT count(*)::DOUBLE AS ids FROM (SELECT DISTINCT record_a, record_b FROM ${recordNumbers.name}) AS every_id`,
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
