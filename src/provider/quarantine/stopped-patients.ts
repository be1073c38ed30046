import { refused } from '../../domain/problem.ts';
import type { TableSpec } from '../../pipeline/pipeline.ts';
import { repeatedKeys } from '../../program/repeated-keys.ts';
import { eachStoredToken, type StoredTokens } from '../tokenise/stored-tokens.ts';
import type { TableTokeniser } from '../tokenise/table-tokeniser.ts';
import { TokenSet } from '../tokenise/token-set.ts';

/**
 * No patient who was kept above the boundary may occur twice: the check below it (linker/link/patient-keys.ts) cannot see them. A key that a type 1 opt-out
 * stopped is neither on another stopped row nor on a stored one. Nor is a key in quarantine on a stored one:
 * the row in quarantine may be the one with the opt-out.
 *
 * @param stored the stored patients
 * @param files the names of the files they were read from
 * @throws TallystickError (exit 1)
 */
export function checkStoppedPatients(
  tokeniser: TableTokeniser,
  patients: TableSpec,
  stored: StoredTokens,
  files: readonly string[],
): void {
  const { stopper } = tokeniser;
  if (!stopper?.hasKeptBack) return;
  const repeated = stopper.stoppedAgain;
  eachStoredToken('subject', stored, (...token) => {
    if (stopper.keepsBack(...token)) repeated.add(...token);
  });
  if (repeated.size === 0) return;
  // the run stops: what it says counts keys, and those of stored rows alone as well
  const met = new TokenSet();
  eachStoredToken('subject', stored, (...token) => {
    if (met.has(...token)) repeated.add(...token);
    met.add(...token);
  });
  throw refused(repeatedKeys(patients, repeated.size, files));
}
