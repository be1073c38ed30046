import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Problem } from '../domain/problem.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { BASELINE_FILE, readBaseline } from './baseline-file.ts';

/**
 * Releases that the baseline of a pipeline knows and whose runs are not kept any more: who is in them cannot be found. A
 * baseline that cannot be trusted may hide such a release, and is a problem too; one that is missing knows of none.
 *
 * @param home `OUT/<name>`
 * @param from YYYY-MM-DD: of this run date or a later one; null for all
 */
export async function nightsNotKept(
  home: string,
  releaseKey: KeyRing,
  from: string | null,
): Promise<readonly { readonly runId: string | null; readonly problem: Problem }[]> {
  const found = await readBaseline(home, basename(resolve(home)), releaseKey);
  if (found.state === 'none') return [];
  if (found.state !== 'sealed' && found.state !== 'unchecked') {
    return [
      {
        runId: null,
        problem: {
          file: join(home, BASELINE_FILE),
          message: 'cannot be trusted, so that it is not known whether a release is missing here',
          wayOut: 'restore it from a backup, or begin anew with the next run (--new-baseline)',
        },
      },
    ];
  }
  return found.baseline.nights
    .filter(({ date, runId }) => (from === null || date >= from) && !existsSync(join(home, runId)))
    .map(({ runId }) => ({
      runId,
      problem: {
        file: join(home, runId),
        message: 'was published, and is not kept: it is not known who was in it',
        wayOut:
          'keep the runs of every release that a recipient has; or leave out older releases with --releases-from',
      },
    }));
}
