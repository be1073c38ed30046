import { join } from 'node:path';
import { countRows } from './count-rows.ts';
import { listRuns } from './list-runs.ts';
import { readManifest } from './read-run.ts';
import type { RunManifest } from './run-manifest.ts';
import { RELEASE_FOLDER } from './run-place.ts';

/** A kept release, and the rows of its tables: what its recipient has, and nothing of the operator's. */
export interface KeptRelease {
  readonly manifest: RunManifest;
  readonly rows: readonly { readonly table: string; readonly rows: number }[];
}

/** The kept releases of a folder of runs, and the names of folders that cannot be read as a run. */
export interface KeptReleases {
  readonly releases: readonly KeptRelease[];
  readonly others: readonly string[];
}

/** @param home `OUT/<name>` @throws WriteError for a table that cannot be read */
export async function readReleases(home: string): Promise<KeptReleases> {
  const { runs, others } = await listRuns(home);
  const releases: KeptRelease[] = [];
  for (const { runId } of runs) {
    const folder = join(home, runId, RELEASE_FOLDER);
    const manifest = readManifest(folder);
    const rows = [];
    for (const { table, file } of manifest.outputs) {
      rows.push({ table, rows: await countRows(join(folder, file)) });
    }
    releases.push({ manifest, rows });
  }
  return { releases, others };
}
