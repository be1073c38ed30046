import { readFile, rename, rm, stat, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { digestFile } from './digest-file.ts';
import { entryAt } from './entry-at.ts';
import { RECORD_FILE } from './operator-record.ts';
import { MANIFEST_FILE } from './run-manifest.ts';
import { OPERATOR_FOLDER, RELEASE_FOLDER, type RunPaths } from './run-place.ts';
import { listFiles, syncPath } from './sync-directory.ts';
import { asWriteError, WriteError } from './write-error.ts';

/** The result of moving a run to its place. */
export type PublishOutcome =
  /** There was no run of this id. */
  | 'published'
  /** There was one with the same bytes, and it was kept. */
  | 'unchanged'
  /** There was a different one, and it was replaced. */
  | 'replaced';

/** The two calls on which publishing depends; parameters, so that a test can make either fail. */
export interface Moves {
  rename(from: string, to: string): Promise<void>;
  symlink(target: string, path: string): Promise<void>;
}

export const systemMoves: Moves = { rename, symlink };

/**
 * Moves a complete and synced partial run to its place, by one rename. If anything fails, the earlier run is still there.
 *
 * Replacing takes two renames, because Node has no atomic exchange. A process that dies between them leaves the old run
 * under its `.replaced` name, and the next run puts it back (see `clearLeftovers`).
 *
 * @throws WriteError
 */
export async function putInPlace(paths: RunPaths, moves: Moves = systemMoves): Promise<PublishOutcome> {
  const outcome = await compareWithPublished(paths);
  if (outcome === 'unchanged') {
    await rm(paths.partial, { recursive: true });
    return outcome;
  }
  if (outcome === 'published') await move(moves, paths.partial, paths.published);
  else {
    await move(moves, paths.published, paths.replaced);
    try {
      await move(moves, paths.partial, paths.published);
    } catch (error) {
      await move(moves, paths.replaced, paths.published);
      throw error;
    }
  }
  await syncPath(paths.home);
  if (outcome === 'replaced') await rm(paths.replaced, { recursive: true });
  return outcome;
}

async function compareWithPublished({ published, partial }: RunPaths): Promise<PublishOutcome> {
  const there = await entryAt(published);
  if (there === null) return 'published';
  if (!there.isDirectory()) throw new WriteError('already-there', published, 'is not a directory');
  return (await sameRun(published, partial)) ? 'unchanged' : 'replaced';
}

/** Whether two runs have the same files with the same bytes. Manifest and record are small and reveal most differences. */
async function sameRun(one: string, other: string): Promise<boolean> {
  const files = await listFiles(one);
  if (files.join('\0') !== (await listFiles(other)).join('\0')) return false;
  for (const paper of [join(RELEASE_FOLDER, MANIFEST_FILE), join(OPERATOR_FOLDER, RECORD_FILE)]) {
    if (!files.includes(paper)) return false;
    if (!(await readFile(join(one, paper))).equals(await readFile(join(other, paper)))) return false;
  }
  for (const file of files) {
    if ((await stat(join(one, file))).size !== (await stat(join(other, file))).size) return false;
  }
  for (const file of files) {
    if ((await digestFile(join(one, file))).sha256 !== (await digestFile(join(other, file))).sha256)
      return false;
  }
  return true;
}

async function move(moves: Moves, from: string, to: string): Promise<void> {
  try {
    await moves.rename(from, to);
  } catch (error) {
    throw asWriteError(to, error);
  }
}
