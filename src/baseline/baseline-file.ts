import { open, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { KeyRing } from '../keys/key-ring.ts';
import { baselineInfo } from '../keys/recipes.ts';
import { isSealed, sealText } from '../keys/seal-text.ts';
import { stableJson } from '../write/stable-json.ts';
import { syncPath } from '../write/sync-directory.ts';
import { asWriteError, systemErrorCode } from '../write/write-error.ts';
import { BASELINE_FORMAT_VERSION, type Baseline } from './baseline.ts';
import { parseSealed } from './baseline-schema.ts';

/** Name of the baseline in `OUT/<name>`. */
export const BASELINE_FILE = 'baseline.json';
/** It tells of deliveries what no published run tells: it is for whoever runs the pipeline. */
const MODE = 0o600;
const KEY_ORDER = { '': ['formatVersion', 'name', 'keyIds', 'knownUntil', 'nights', 'seal'] };

/** What was found where the baseline should be. */
export type FoundBaseline =
  | { readonly state: 'none' }
  /** no JSON of this kind */
  | { readonly state: 'damaged' }
  /** it says that it is of another format version */
  | { readonly state: 'other-version'; readonly version: number }
  /** the seal is that of this key and this pipeline */
  | { readonly state: 'sealed'; readonly baseline: Baseline }
  /** the seal is not that of this key, and the file names this key or another pipeline */
  | { readonly state: 'edited' }
  /** the seal cannot be checked: the file names another release key, or no key was given */
  | { readonly state: 'unchecked'; readonly baseline: Baseline };

/**
 * Reads the baseline of a pipeline.
 *
 * @param home `OUT/<name>`
 * @param key the release key; null where there is none at hand, so that the seal is not checked
 */
export async function readBaseline(home: string, name: string, key: KeyRing | null): Promise<FoundBaseline> {
  let text: string;
  try {
    text = await readFile(join(home, BASELINE_FILE), 'utf8');
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ENOTDIR') return { state: 'none' };
    throw asWriteError(join(home, BASELINE_FILE), error);
  }
  const parsed = parse(text);
  if (parsed === null) return { state: 'damaged' };
  if (typeof parsed === 'number') return { state: 'other-version', version: parsed };
  const { baseline, seal } = parsed;
  if (key === null) return { state: 'unchecked', baseline };
  if (baseline.keyIds.release !== key.keyId) return { state: 'unchecked', baseline };
  const isGenuine = baseline.name === name && isSealed(key, baselineInfo(), sealedText(baseline), seal);
  return isGenuine ? { state: 'sealed', baseline } : { state: 'edited' };
}

/** Writes the baseline beside its place, brings it to the disk and renames it: it is there whole, or as it was. */
export async function writeBaseline(home: string, baseline: Baseline, key: KeyRing): Promise<void> {
  const seal = sealText(key, baselineInfo(), sealedText(baseline));
  await replaceBaseline(home, stableJson({ ...baseline, seal }, KEY_ORDER));
}

/** The file's text as it is, to be put back if a run is not published after all; null for none. */
export async function baselineText(home: string): Promise<string | null> {
  try {
    return await readFile(join(home, BASELINE_FILE), 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return null;
    throw asWriteError(join(home, BASELINE_FILE), error);
  }
}

/** @param text null removes the file */
export async function replaceBaseline(home: string, text: string | null): Promise<void> {
  const path = join(home, BASELINE_FILE);
  // a name by which the next run knows and removes what a run that died has left (write/clear-leftovers.ts)
  const next = join(home, `.baseline.next-${process.pid}`);
  try {
    if (text === null) await rm(path, { force: true });
    else {
      await rm(next, { force: true });
      const file = await open(next, 'wx', MODE);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(next, path);
    }
  } catch (error) {
    await rm(next, { force: true });
    throw asWriteError(path, error);
  }
  await syncPath(home);
}

/** What the seal is of: everything but the seal, in one form whatever the file's own blanks and order. */
function sealedText(baseline: Baseline): string {
  return stableJson(baseline, KEY_ORDER);
}

/** The file's content; a number for one of another format version, null for anything else. */
function parse(text: string): ReturnType<typeof parseSealed> | number {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const version = (value as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof version === 'number' && version !== BASELINE_FORMAT_VERSION) return version;
  return parseSealed(value);
}
