import { isAbsolute, win32 } from 'node:path';
import { stableJson } from './stable-json.ts';
import { WriteError } from './write-error.ts';

/** The manifest's name in the release folder. */
export const MANIFEST_FILE = 'manifest.json';
/** 1 had no release folder: exact counts and the names of inputs were in the manifest. */
export const MANIFEST_VERSION = 2;

/** A column of a released table. */
export interface ManifestColumn {
  readonly name: string;
  readonly type: string;
  readonly role: string;
  /** What was done to the values. */
  readonly rule: string;
  /** Where they come from: `gp.gp_events.effective_date`. */
  readonly source: string;
}

/** A released table. How many rows it has is in the operator's record: small numbers are in no paper that is handed over. */
export interface ManifestOutput {
  readonly table: string;
  /** A file of the release folder. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly columns: readonly ManifestColumn[];
}

/** A text file beside the tables, such as the data dictionary. The manifest itself is not among them. */
export interface ManifestPaper {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * What is handed over, and under which keys, rules and agreement it was made. It has no count of rows or persons, no clock,
 * no host and no path of the machine, so that the same run gives the same bytes; its date is the run's own.
 */
export interface RunManifest {
  readonly formatVersion: typeof MANIFEST_VERSION;
  readonly tool: { readonly name: string; readonly version: string };
  readonly run: { readonly name: string; readonly id: string; readonly date: string };
  readonly agreement: string;
  /** `store` is the key by which the provider signed the token stores */
  readonly keyIds: { readonly linkage: string; readonly release: string; readonly store?: string };
  readonly rulesVersion: string;
  readonly outputs: readonly ManifestOutput[];
  readonly papers: readonly ManifestPaper[];
  /** gates that the run has passed */
  readonly gates: readonly { readonly gate: string }[];
}

/** The order in which a person wants to read it. */
const KEY_ORDER = {
  '': ['formatVersion', 'tool', 'run', 'agreement', 'keyIds', 'rulesVersion', 'outputs', 'papers', 'gates'],
  tool: ['name', 'version'],
  run: ['name', 'id', 'date'],
  keyIds: ['linkage', 'release', 'store'],
  'outputs[]': ['table', 'file', 'bytes', 'sha256', 'columns'],
  'papers[]': ['file', 'bytes', 'sha256'],
  'outputs[].columns[]': ['name', 'type', 'role', 'rule', 'source'],
};

/**
 * The text of `manifest.json`.
 *
 * @throws WriteError `bad-data` when a file has an absolute path, which would tell of this machine
 */
export function manifestText(manifest: RunManifest): string {
  refuseAbsolutePaths(MANIFEST_FILE, [...manifest.outputs, ...manifest.papers]);
  return stableJson(manifest, KEY_ORDER);
}

/** @throws WriteError `bad-data` for a file with an absolute path */
export function refuseAbsolutePaths(inFile: string, files: readonly { readonly file: string }[]): void {
  for (const { file } of files) {
    if (isAbsolute(file) || win32.isAbsolute(file)) {
      throw new WriteError('bad-data', inFile, `${file} is an absolute path`);
    }
  }
}
