import { copyFileSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { bug, refused } from '../domain/problem.ts';
import { publishedCount } from '../domain/small-number.ts';
import type { PastRelease } from '../governance/recall/past-releases.ts';
import { searchTable } from '../governance/recall/search-table.ts';
import { type OperatorRecord, RECORD_FILE } from '../write/operator-record.ts';
import { PartialRun } from '../write/partial-run.ts';
import type { LockOptions } from '../write/run-lock.ts';
import { MANIFEST_FILE, type RunManifest } from '../write/run-manifest.ts';
import { linkMapOf, OPERATOR_FOLDER, RELEASE_FOLDER } from '../write/run-place.ts';
import type { ErasedHashes } from './erased-hashes.ts';
import { countLinkMapRows, hasLinkMap, rewriteLinkMap } from './link-map-rows.ts';
import { withoutPerson } from './record-without-person.ts';
import { rewriteTable } from './rewrite-table.ts';

/** What a run has of the person. */
export interface FoundInRun {
  /** rows by table, of those that have any */
  readonly tables: Readonly<Record<string, number>>;
  /** in how many files, each of their pseudonyms counted */
  readonly appearances: number;
  /** care settings of each row of the table `persons`, such as `gp+hospital` */
  readonly settings: readonly string[];
  readonly linkMapRows: number;
}

/** Looks for the person in everything that was kept of a run. */
export async function findInRun(
  { directory, folders, manifest }: PastRelease,
  hashes: ErasedHashes,
): Promise<FoundInRun> {
  const tables: Record<string, number> = {};
  let appearances = 0;
  const settings: string[] = [];
  for (const { table, file } of manifest.outputs) {
    const found = await searchTable(join(folders.release, file), hashes.index);
    const rows = [...found.rows.values()].reduce((sum, count) => sum + count, 0);
    if (rows > 0) tables[table] = rows;
    appearances += found.rows.size;
    settings.push(...found.settings.values());
  }
  const map = linkMapOf(directory, manifest.run.id);
  return {
    tables,
    appearances,
    settings,
    linkMapRows: hasLinkMap(map) ? await countLinkMapRows(map, hashes) : 0,
  };
}

/** True where nothing of the person is in a run. */
export function isNothing({ tables, linkMapRows }: FoundInRun): boolean {
  return Object.keys(tables).length === 0 && linkMapRows === 0;
}

/**
 * Replaces a run by one without the person: tables, link map, counts and digests. It is written beside the run, and moved to its place
 * as a run that is published again: whoever looks sees the one or the other. `latest` stays where it is.
 *
 * @param on YYYY-MM-DD, for the note in the operator’s record
 * @throws TallystickError (exit 1) where the run is not the one that was looked at
 * @throws WriteError where it cannot be replaced: it is as it was then
 */
export async function eraseFromRun(
  release: PastRelease,
  found: FoundInRun,
  hashes: ErasedHashes,
  on: string,
  lock: LockOptions,
): Promise<void> {
  const { directory, manifest } = release;
  const home = dirname(directory);
  const from = (folder: typeof RELEASE_FOLDER | typeof OPERATOR_FOLDER, file: string) =>
    join(directory, folder, file);
  const partial = await PartialRun.open(
    { out: dirname(home), name: basename(home), runId: manifest.run.id },
    { ...lock, madeAt: statSync(from(RELEASE_FOLDER, MANIFEST_FILE)).mtime },
  );
  try {
    const [manifestText, recordText] = [
      readFileSync(from(RELEASE_FOLDER, MANIFEST_FILE), 'utf8'),
      readFileSync(from(OPERATOR_FOLDER, RECORD_FILE), 'utf8'),
    ];
    // read as they are, with everything that a later version may have added
    const whole = JSON.parse(manifestText) as RunManifest;
    const record = JSON.parse(recordText) as OperatorRecord;
    if (JSON.stringify(whole.outputs) !== JSON.stringify(manifest.outputs)) {
      throw refused({ file: directory, message: 'was published again meanwhile', wayOut: 'erase once more' });
    }
    const outputs: RunManifest['outputs'][number][] = [];
    for (const output of whole.outputs) {
      const to = partial.pathOf(RELEASE_FOLDER, output.file);
      if (found.tables[output.table] === undefined) {
        copyFileSync(from(RELEASE_FOLDER, output.file), to);
        outputs.push(output);
        continue;
      }
      const written = await rewriteTable(from(RELEASE_FOLDER, output.file), to, hashes.persons);
      if (written.erased !== found.tables[output.table]) throw bug('a run was rewritten without other rows');
      outputs.push({ ...output, bytes: written.bytes, sha256: written.sha256 });
    }
    for (const { file } of whole.papers)
      copyFileSync(from(RELEASE_FOLDER, file), partial.pathOf(RELEASE_FOLDER, file));
    for (const { file } of record.papers) {
      copyFileSync(from(OPERATOR_FOLDER, file), partial.pathOf(OPERATOR_FOLDER, file));
    }
    const map = await mapWithoutPerson(partial, release, hashes);
    const { manifest: before, ...rest } = withoutPerson(record, found, map, on);
    if (before.sha256 !== record.manifest.sha256) throw bug('the note of an erasure names another manifest');
    await partial.publish({ ...whole, ...proofOf(rest, whole), outputs }, rest);
  } catch (fault) {
    await partial.abandon();
    throw fault;
  }
}

/** What the manifest says of the opt-out proof, by the record; nothing in a run of an earlier version. */
function proofOf({ optOuts: { proof } }: Pick<OperatorRecord, 'optOuts'>, { optOuts }: RunManifest) {
  if (proof === undefined || optOuts === undefined) return {};
  return { optOuts: { ...optOuts, proof: { ...proof, persons: publishedCount(proof.persons) } } };
}

/** Puts a link map without the person, or the same if nothing of the person was in it, beside the run. */
async function mapWithoutPerson(
  partial: PartialRun,
  { directory, manifest }: PastRelease,
  hashes: ErasedHashes,
): Promise<{ readonly rows: number; readonly bytes: number; readonly sha256: string } | null> {
  const path = linkMapOf(directory, manifest.run.id);
  if (!hasLinkMap(path)) return null;
  const next = join(partial.directory, 'link-map.parquet');
  try {
    const rows = await rewriteLinkMap(path, next, partial.directory, hashes);
    return { rows, ...(await partial.keepLinkMap(next)) };
  } finally {
    rmSync(next, { force: true });
  }
}
