import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { MANIFEST_FILE } from '../write/run-manifest.ts';
import { dateOfRunId, RELEASE_FOLDER } from '../write/run-place.ts';
import { asWriteError, systemErrorCode } from '../write/write-error.ts';

/** What is to be seen of published runs without opening any: names only, for a manifest may be edited or gone. */
export interface PublishedRuns {
  readonly exist: boolean;
  /** the latest run date of those that are still there; null where none is */
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
 * The release key that the last published run says it was made with; null where no run says so. Nothing is decided by it but
 * which of two refusals is given.
 */
export async function publishedReleaseKeyId(home: string): Promise<string | null> {
  try {
    const manifest: unknown = JSON.parse(
      await readFile(join(home, 'latest', RELEASE_FOLDER, MANIFEST_FILE), 'utf8'),
    );
    const { keyIds } = (manifest ?? {}) as { keyIds?: { release?: unknown } };
    return typeof keyIds?.release === 'string' ? keyIds.release : null;
  } catch {
    return null; // no run, or one that is damaged: the refusal without it is the stricter one
  }
}
