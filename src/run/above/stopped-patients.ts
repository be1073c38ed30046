import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { TableSpec } from '../../pipeline/pipeline.ts';
import type { TableTokeniser } from '../../tokenise/table-tokeniser.ts';
import { repeatedKeys } from '../repeated-keys.ts';
import { eachStoredToken } from './stored-tokens.ts';

/**
 * That no patient who was kept above the boundary stands twice: the check below it (below/patient-keys.ts) cannot see them. A key that a type 1 opt-out
 * stopped stands neither on another stopped row nor on a stored one. Nor does a key in quarantine stand on a stored one:
 * it may be the row in quarantine that says who has opted out.
 *
 * @param paths the stored patients
 * @param files the names of the files they were read from
 * @throws TallystickError (exit 1)
 */
export async function checkStoppedPatients(
  engine: DuckDbEngine,
  tokeniser: TableTokeniser,
  patients: TableSpec,
  paths: readonly string[],
  files: readonly string[],
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
  if (keys > 0) throw repeatedKeys(patients, keys, files);
}
