import { type Problem, refused } from '../../domain/problem.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { repeatedKeys } from '../../program/repeated-keys.ts';
import type { OpenStores } from '../open-stores.ts';

/**
 * A patient key that occurs twice makes it uncertain whose records are whose.
 *
 * @throws TallystickError (exit 1) naming each such table
 */
export async function checkPatientKeys(
  engine: DuckDbEngine,
  pipeline: Pipeline,
  { inputs }: Pick<OpenStores, 'inputs'>,
): Promise<void> {
  const problems: Problem[] = [];
  for (const { patients } of pipeline.sources) {
    if (patients === null) continue;
    const [row] = await engine.query(
      `SELECT count(*)::INTEGER AS keys FROM (SELECT 1 FROM ${dialect.readStore(patients.name)}
       GROUP BY subject HAVING count(*) > 1) AS repeated`,
      `checking the keys of ${patients.name}`,
    );
    const keys = Number(row?.['keys'] ?? 0);
    if (keys === 0) continue;
    const files = inputs.filter(({ table }) => table === patients.name).map(({ file }) => file);
    problems.push(repeatedKeys(patients, keys, files));
  }
  if (problems.length > 0) throw refused(...problems);
}
