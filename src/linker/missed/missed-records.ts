import type { Characteristic } from '../../domain/characteristic.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { type Pipeline, sourceIndexOf, subjectTablesOf } from '../../pipeline/pipeline.ts';
import type { Step } from '../../sql/step.ts';
import { storedRows } from '../stored-relations.ts';
import { type MissedSource, whoIsMissed } from './missed.ts';
import { characteristicsOf } from './row-characteristics.ts';
import { type MissedTable, missedSteps } from './steps.ts';

/** The tables whose rows carry identifiers, with the characteristics of their rows. */
export function missedTables(pipeline: Pipeline): MissedTable[] {
  return subjectTablesOf(pipeline).map((table) => ({
    source: sourceIndexOf(pipeline, table),
    relation: storedRows(pipeline, table),
    characteristics: characteristicsOf(table, pipeline),
  }));
}

/** The steps that count who is missed. */
export function planMissed(tables: readonly MissedTable[]): Step[] {
  return missedSteps(tables, dialect);
}

/**
 * Counts linked against unlinked records (src/linker/missed/README.md).
 *
 * @param make runs one step
 */
export async function countMissed(
  engine: DuckDbEngine,
  pipeline: Pipeline,
  steps: readonly Step[],
  make: (step: Step) => Promise<void>,
): Promise<MissedSource[]> {
  for (const step of steps) await make(step);
  const rows = await engine.query('SELECT * FROM missed_groups', 'reading who is missed');
  return whoIsMissed(
    rows.map((row) => ({
      source: Number(row['source']),
      by: row['characteristic'] as Characteristic | null,
      value: row['value'] as string | null,
      records: Number(row['records']),
      linked: Number(row['linked']),
    })),
    pipeline.sources.map(({ name }) => name),
  );
}
