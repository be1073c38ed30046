import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_FILE } from '../write/run-manifest.ts';
import { dateOfRunId, RELEASE_FOLDER } from '../write/run-place.ts';
import { asWriteError, systemErrorCode } from '../write/write-error.ts';

/** What the folder shows of published runs: names only, because a manifest may be edited or missing. */
export interface PublishedRuns {
  readonly exist: boolean;
  /** the latest run date of the runs that still exist; null where there is none */
  readonly until: string | null;
}

/** @param home `OUT/<name>` */
export async function findPublishedRuns(home: string): Promise<PublishedRuns> {
  let names: string[];
  try {
    names = await readdir(home);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return { exist: false, until: null };
    throw asWriteError(home, error);
  }
  const dates = names.flatMap((name) => dateOfRunId(name) ?? []).sort();
  return { exist: dates.length > 0 || names.includes('latest'), until: dates.at(-1) ?? null };
}

/**
 * The release key id in the manifest of the last published run; null where there is none. It only decides which of two
 * refusals is given.
 */
export async function publishedReleaseKeyId(home: string): Promise<string | null> {
  try {
    const manifest: unknown = JSON.parse(
      await readFile(join(home, 'latest', RELEASE_FOLDER, MANIFEST_FILE), 'utf8'),
    );
    const { keyIds } = (manifest ?? {}) as { keyIds?: { release?: unknown } };
    return typeof keyIds?.release === 'string' ? keyIds.release : null;
  } catch {
    return null; // no run, or a damaged one: without a key id the stricter refusal is given
  }
}
