import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { bug } from '../domain/problem.ts';
import type { KeyRing } from '../keys/key-ring.ts';
import { baselineInfo } from '../keys/recipes.ts';
import { isSealed, sealText } from '../keys/seal-text.ts';
import { stableJson } from '../write/stable-json.ts';
import { syncPath } from '../write/sync-directory.ts';
import { replaceWhole } from '../write/whole-file.ts';
import { asWriteError, systemErrorCode } from '../write/write-error.ts';
import { BASELINE_FORMAT_VERSION, type Baseline } from './baseline.ts';
import { parseSealed } from './baseline-schema.ts';
import { type PackedBaseline, packBaseline, unpackBaseline } from './pack-nights.ts';

/** Name of the baseline in `OUT/<name>`. */
export const BASELINE_FILE = 'baseline.json';
const KEY_ORDER = { '': ['formatVersion', 'name', 'keyIds', 'knownUntil', 'nights', 'seal'] };

/** The state of the baseline file. */
export type FoundBaseline =
  | { readonly state: 'none' }
  /** no JSON of the expected shape */
  | { readonly state: 'damaged' }
  /** the file is of another format version */
  | { readonly state: 'other-version'; readonly version: number }
  /** the seal is valid for this key and this pipeline */
  | { readonly state: 'sealed'; readonly baseline: Baseline }
  /** the seal is not valid for this key, and the file names this key or another pipeline */
  | { readonly state: 'edited' }
  /** the seal cannot be checked: the file names another release key, or no key was given */
  | { readonly state: 'unchecked'; readonly baseline: Baseline };

/**
 * Reads the baseline of a pipeline.
 *
 * @param home `OUT/<name>`
 * @param key the release key; null where it is not available, so that the seal is not checked
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
  const { packed, seal } = parsed;
  const baseline = unpackBaseline(packed);
  if (key === null) return { state: 'unchecked', baseline };
  if (baseline.keyIds.release !== key.keyId) return { state: 'unchecked', baseline };
  const isGenuine = baseline.name === name && isSealed(key, baselineInfo(), sealedText(packed), seal);
  return isGenuine ? { state: 'sealed', baseline } : { state: 'edited' };
}

/** Writes the baseline to a temporary file, syncs it and renames it: the file is either new and complete, or unchanged. */
export async function writeBaseline(home: string, baseline: Baseline, key: KeyRing): Promise<void> {
  const packed = packBaseline(baseline);
  const seal = sealText(key, baselineInfo(), sealedText(packed));
  const text = stableJson({ ...packed, seal }, KEY_ORDER);
  // what the next night could not read would stop it, and every night after it
  if (typeof parse(text) !== 'object' || parse(text) === null) throw bug('a baseline that no run can read');
  await replaceBaseline(home, text);
}

/** The current text of the file, to be restored if the run is not published; null where there is no file. */
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
  // with this name the next run recognises and removes the file of a run that died (write/clear-leftovers.ts)
  const next = join(home, `.baseline.next-${process.pid}`);
  if (text !== null) {
    // readable by its owner only: it holds counts of deliveries that no published run holds
    replaceWhole(path, Buffer.from(text), { next });
    return;
  }
  try {
    await rm(path, { force: true });
  } catch (error) {
    throw asWriteError(path, error);
  }
  await syncPath(home);
}

/** The sealed text: everything but the seal, in one form whatever the blanks and the order in the file. */
function sealedText(baseline: PackedBaseline): string {
  return stableJson(baseline, KEY_ORDER);
}

/** The file's content; the version number where it is of another format version; null for anything else. */
function parse(text: string): ReturnType<typeof parseSealed> | number {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const version = (value as { formatVersion?: unknown } | null)?.formatVersion;
  if (typeof version === 'number' && version !== 1 && version !== BASELINE_FORMAT_VERSION) return version;
  return parseSealed(value);
}
