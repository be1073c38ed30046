import type { HeldReason } from '../../domain/held-reason.ts';
import { bug, refused } from '../../domain/problem.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { runStep } from '../linker-engine.ts';
import { countHeld, type HeldPersons, readDecisions } from '../opt-outs/held-persons.ts';
import { SETTING_COMBINATIONS } from '../publish/output-plans.ts';
import type { PersonCounts } from '../result.ts';
import type { TablePlan } from './plan-release.ts';

/** Persons by what became of them. */
export interface CountedPersons {
  readonly counts: PersonCounts;
  readonly held: HeldPersons;
}

/**
 * Counts of persons by what became of them.
 *
 * @param reasons why they may be held, in their order
 * @throws a bug where a subject has not exactly one person, or a person no token: somebody would be missing, or be two
 */
export async function countPersons(
  engine: DuckDbEngine,
  reasons: readonly HeldReason[],
): Promise<CountedPersons> {
  const about = 'counting persons';
  await assertAsMany(engine, ['subjects', 'subject_persons', 'subject_numbers']);
  await assertAsMany(engine, ['person_decisions', 'person_numbers']);
  const decided = await readDecisions(engine);
  const combinations = await engine.query(
    'SELECT settings::INTEGER AS settings, count(*)::DOUBLE AS persons FROM person_settings GROUP BY settings ORDER BY settings',
    about,
  );
  const bySettings: Record<string, number> = {};
  const metIn = { '1': 0, '2': 0, '3': 0 };
  for (const { settings: bits, persons } of combinations) {
    const combination = SETTING_COMBINATIONS[Number(bits)]!;
    bySettings[combination] = Number(persons);
    metIn[String(combination.split('+').length) as keyof typeof metIn] += Number(persons);
  }
  const held = countHeld(decided, reasons);
  const first = (...names: string[]) => names.reduce((sum, name) => sum + (held.first[name] ?? 0), 0);
  const counts = {
    released: decided.reduce((sum, { mask, persons }) => sum + (mask === 0 ? persons : 0), 0),
    typeTwoOptOut: first('type-2'),
    nationalOptOut: first('national'),
    heldBack: first('contradicted', 'unknown-number'),
    metIn,
    bySettings,
  };
  return { counts, held };
}

/** @throws a bug where the tables do not have as many rows as each other */
async function assertAsMany(engine: DuckDbEngine, tables: readonly string[]): Promise<void> {
  const counts = tables.map((table) => `(SELECT count(*) FROM ${table})::DOUBLE AS ${table}`);
  const [row] = await engine.query(`SELECT ${counts.join(', ')}`, 'counting subjects and persons');
  const differing = tables.filter((table) => row?.[table] !== row?.[tables[0]!]);
  if (differing.length > 0) throw bug(`${differing.join(' and ')} and ${tables[0]} differ in their rows`);
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
