import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { environment, refused, usage } from '../domain/problem.ts';
import { type OperatorRecord, RECORD_FILE, recordSchema } from './operator-record.ts';
import { MANIFEST_FILE, manifestSchema, type RunManifest } from './run-manifest.ts';
import { OPERATOR_FOLDER, RELEASE_FOLDER } from './run-place.ts';
import { systemErrorCode } from './write-error.ts';

/** The available folders of a published run. */
export interface RunFolders {
  /** the release folder */
  readonly release: string;
  /** the operator folder; null where a release folder was named, because a recipient has no other */
  readonly operator: string | null;
}

/** The folders at a path: those of a complete run, or a release alone. */
export function runFolders(directory: string): RunFolders {
  const [release, operator] = [join(directory, RELEASE_FOLDER), join(directory, OPERATOR_FOLDER)];
  return isFolder(release) || isFolder(operator)
    ? { release, operator }
    : { release: directory, operator: null };
}

/**
 * Reads the manifest of a release folder.
 *
 * @throws TallystickError (exit 2) where there is none, (exit 3) where it is another user's, (exit 1) where it is damaged or of
 *   another version
 */
export function readManifest(release: string): RunManifest {
  return readJson(release, MANIFEST_FILE, manifestSchema, {
    message: `there is no published run here: no ${MANIFEST_FILE} can be read`,
    wayOut: 'name a run such as out/nightly/latest, or its folder release',
  });
}

/**
 * Reads the record of an operator's folder.
 *
 * @throws TallystickError (exit 2) where there is none, (exit 3) where it is another user's, (exit 1) where it is damaged or of
 *   another version
 */
export function readRecord(operator: string): OperatorRecord {
  return readJson(operator, RECORD_FILE, recordSchema, {
    message: `there is no operator’s record here: no ${RECORD_FILE} can be read`,
    wayOut:
      'the operator keeps it beside the release; if you have the release alone, name the folder release',
  });
}

/**
 * A run: the manifest, and the operator's record, which is null where only the release is available.
 *
 * @throws TallystickError as the two above
 */
export function readRun(directory: string): {
  readonly manifest: RunManifest;
  readonly record: OperatorRecord | null;
} {
  const { release, operator } = runFolders(directory);
  const manifest = readManifest(release);
  return { manifest, record: operator === null || !isFolder(operator) ? null : readRecord(operator) };
}

function readJson<T extends z.ZodType>(
  folder: string,
  file: string,
  schema: T,
  ifMissing: { readonly message: string; readonly wayOut: string },
): z.infer<T> {
  const path = join(folder, file);
  const damaged = (message: string) =>
    refused({ file: path, message, wayOut: 'this run is not to be trusted' });
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (fault) {
    const code = systemErrorCode(fault);
    if (code === 'ENOENT' || code === 'ENOTDIR') throw usage({ file: folder, ...ifMissing });
    throw environment({
      file: path,
      message: `cannot be read (${code ?? 'failed'})`,
      wayOut: 'the operator folder is private; to see the release, name the folder release',
    });
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged('is not JSON');
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [first] = parsed.error.issues;
  const place = first?.path.join('.') || 'its outermost value';
  throw damaged(`is not what it must be, at \`${place}\``);
}

function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
