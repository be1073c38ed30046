import { refused, type TallystickError } from '../domain/problem.ts';
import { duckdbDialect as dialect } from '../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../engine/duckdb/engine.ts';
import type { Pipeline, TableSpec } from '../pipeline/pipeline.ts';
import type { TableTokeniser } from '../tokenise/table-tokeniser.ts';
import { eachStoredToken } from './stored-tokens.ts';

/**
 * A patient key that stands twice makes it uncertain whose records are whose.
 *
 * @throws TallystickError (exit 1) naming each such table
 */
export async function checkPatientKeys(
  engine: DuckDbEngine,
  pipeline: Pipeline,
  pathsOf: (table: string) => readonly string[],
): Promise<void> {
  for (const { patients } of pipeline.sources) {
    if (patients === null) continue;
    const [row] = await engine.query(
      `SELECT count(*)::INTEGER AS keys FROM (SELECT 1 FROM ${dialect.readParquet(pathsOf(patients.name))}
       GROUP BY subject_a, subject_b HAVING count(*) > 1) AS repeated`,
      `checking the keys of ${patients.name}`,
    );
    const keys = Number(row?.['keys'] ?? 0);
    if (keys > 0) throw repeatedKeys(patients, keys);
  }
}

/**
 * The same for patients who were kept above the boundary, whom the check below it cannot see. A key that a type 1 opt-out
 * stopped stands neither on another stopped row nor on a stored one. Nor does a key in quarantine stand on a stored one:
 * it may be the row in quarantine that says who has opted out.
 *
 * @param paths the stored patients
 */
export async function checkStoppedPatients(
  engine: DuckDbEngine,
  tokeniser: TableTokeniser,
  patients: TableSpec,
  paths: readonly string[],
): Promise<void> {
  const { counts, stopper } = tokeniser;
  let keys = counts.stoppedAgain;
  if (stopper?.hasKeptBack) {
    await eachStoredToken(
      engine,
      'subject',
      paths,
      `checking the keys of ${patients.name}`,
      (a0, a1, b0, b1) => {
        if (stopper.keepsBack(a0, a1, b0, b1)) keys += 1;
      },
    );
  }
  if (keys > 0) throw repeatedKeys(patients, keys);
}

function repeatedKeys(patients: TableSpec, keys: number): TallystickError {
  const key = patients.columns.find(({ role }) => role === 'patient-key')!;
  return refused({
    file: patients.files.map(({ shownAs }) => shownAs).join(', '),
    column: key.name,
    message: `${keys} patient ${keys === 1 ? 'key stands' : 'keys stand'} more than once`,
    wayOut: 'each patient has one row in a patients table: deliver the latest state only',
  });
}
