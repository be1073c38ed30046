import { isAbsolute, win32 } from 'node:path';
import { stableJson } from './stable-json.ts';
import { WriteError } from './write-error.ts';

/** The manifest's name in the run's directory. */
export const MANIFEST_FILE = 'manifest.json';

/** An extract that was read. */
export interface ManifestInput {
  readonly source: string;
  readonly table: string;
  /** Relative to the pipeline file. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly rows: number;
}

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

/** A released table. */
export interface ManifestOutput {
  readonly table: string;
  /** Relative to the run's directory. */
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  readonly columns: readonly ManifestColumn[];
}

/** A text file that goes with the tables: data dictionary, quarantine list. The manifest itself is not among them. */
export interface ManifestPaper {
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
}

/**
 * The link map of the run, which is not published, and what decided who is linked to whom: held against another run's by
 * `tallystick diff`.
 */
export interface ManifestLinkMap {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** digest of the tokens of everybody who has opted out, and of those a national reply allows */
  readonly optOuts: string;
  /** each rule by its name: its value, or a digest of it */
  readonly rules: Readonly<Record<string, string>>;
}

/**
 * What a run read, did and released. It has no clock, no host and no path of the machine, so that the same run gives
 * the same bytes; its date is the run's own. What the stages say of themselves is typed by them.
 */
export interface RunManifest<Receipts = unknown, OptOuts = unknown, Gate = unknown> {
  readonly formatVersion: 1;
  readonly tool: { readonly name: string; readonly version: string };
  readonly run: { readonly name: string; readonly id: string; readonly date: string };
  readonly agreement: string;
  /** `store` is the key by which the provider signed the token stores */
  readonly keyIds: { readonly linkage: string; readonly release: string; readonly store?: string };
  readonly rulesVersion: string;
  readonly inputs: readonly ManifestInput[];
  readonly outputs: readonly ManifestOutput[];
  readonly papers: readonly ManifestPaper[];
  readonly receipts: Receipts;
  readonly optOuts: OptOuts;
  /** what is said of the linkage, each part under a key of its own; absent where there is nothing to say */
  readonly linkage?: { readonly map?: ManifestLinkMap; readonly [part: string]: unknown };
  readonly gates: readonly Gate[];
}

/** The order in which a person wants to read it; receipts, opt-outs, linkage and gates are sorted by key. */
const KEY_ORDER = {
  '': [
    'formatVersion',
    'tool',
    'run',
    'agreement',
    'keyIds',
    'rulesVersion',
    'inputs',
    'outputs',
    'papers',
    'receipts',
    'optOuts',
    'linkage',
    'gates',
  ],
  tool: ['name', 'version'],
  run: ['name', 'id', 'date'],
  keyIds: ['linkage', 'release', 'store'],
  'inputs[]': ['source', 'table', 'file', 'bytes', 'sha256', 'rows'],
  'outputs[]': ['table', 'file', 'rows', 'bytes', 'sha256', 'columns'],
  'papers[]': ['file', 'bytes', 'sha256'],
  'linkage.map': ['rows', 'bytes', 'sha256', 'optOuts', 'rules'],
  'outputs[].columns[]': ['name', 'type', 'role', 'rule', 'source'],
};

/**
 * The text of `manifest.json`.
 *
 * @throws WriteError `bad-data` when a file has an absolute path, which would tell of this machine
 */
export function manifestText<Receipts, OptOuts, Gate>(
  manifest: RunManifest<Receipts, OptOuts, Gate>,
): string {
  for (const { file } of [...manifest.inputs, ...manifest.outputs, ...manifest.papers]) {
    if (isAbsolute(file) || win32.isAbsolute(file)) {
      throw new WriteError('bad-data', MANIFEST_FILE, `${file} is an absolute path`);
    }
  }
  return stableJson(manifest, KEY_ORDER);
}
