import type { FileDigest } from './digesting-file.ts';
import { type ManifestPaper, refuseAbsolutePaths } from './run-manifest.ts';
import { stableJson } from './stable-json.ts';

/** The record's name in the operator's folder. */
export const RECORD_FILE = 'receipts.json';
export const RECORD_VERSION = 1;

/** An extract that was read. */
export interface RecordedInput {
  readonly source: string;
  readonly table: string;
  /** Relative to the pipeline file. */
  readonly file: string;
  readonly bytes: number;
  readonly sha256: string;
  readonly rows: number;
}

/**
 * The link map of the run, which is not published, and what decided who is linked to whom: held against another run's by
 * `tallystick diff`.
 */
export interface RecordedLinkMap {
  readonly rows: number;
  readonly bytes: number;
  readonly sha256: string;
  /** digest of the tokens of everybody who has opted out, and of those a national reply allows */
  readonly optOuts: string;
  /** each rule by its name: its value, or a digest of it */
  readonly rules: Readonly<Record<string, string>>;
}

/**
 * What a run read, did and counted, exactly: it stays with whoever runs the pipeline, beside the release and never in it.
 * Like the manifest it has no clock, no host and no path of the machine. What the stages say of themselves is typed by them.
 */
export interface OperatorRecord<Receipts = unknown, OptOuts = unknown> {
  readonly formatVersion: typeof RECORD_VERSION;
  readonly run: { readonly name: string; readonly id: string; readonly date: string };
  /** the manifest of the release that this record belongs to */
  readonly manifest: FileDigest;
  /** digest of the pipeline file's text, comments and all, before variables are expanded: `sha256sum` gives the same */
  readonly pipeline: { readonly sha256: string };
  /** what each list holds, as a digest by name of list (`domain/list-name.ts`): keyed where the list may hold identifiers */
  readonly lists: Readonly<Record<string, string>>;
  /** each setting that decides the release: its value, or a digest of it */
  readonly settings: Readonly<Record<string, string>>;
  readonly inputs: readonly RecordedInput[];
  /** rows of each released table */
  readonly outputs: readonly { readonly table: string; readonly rows: number }[];
  /** the other files of the operator's folder */
  readonly papers: readonly ManifestPaper[];
  readonly receipts: Receipts;
  readonly optOuts: OptOuts;
  /** what is said of the linkage, each part under a key of its own; absent where there is nothing to say */
  readonly linkage?: { readonly map?: RecordedLinkMap; readonly [part: string]: unknown };
  /** gates that the run has passed, and at how many things each looked */
  readonly gates: readonly { readonly gate: string; readonly looked: number }[];
}

/** The order in which a person wants to read it; receipts, opt-outs and linkage are sorted by key. */
const KEY_ORDER = {
  '': [
    'formatVersion',
    'run',
    'manifest',
    'pipeline',
    'lists',
    'settings',
    'inputs',
    'outputs',
    'papers',
    'receipts',
    'optOuts',
    'linkage',
    'gates',
  ],
  run: ['name', 'id', 'date'],
  manifest: ['bytes', 'sha256'],
  'inputs[]': ['source', 'table', 'file', 'bytes', 'sha256', 'rows'],
  'outputs[]': ['table', 'rows'],
  'papers[]': ['file', 'bytes', 'sha256'],
  'linkage.map': ['rows', 'bytes', 'sha256', 'optOuts', 'rules'],
  'gates[]': ['gate', 'looked'],
};

/**
 * The text of `receipts.json`.
 *
 * @throws WriteError `bad-data` when a file has an absolute path, which would tell of this machine
 */
export function recordText(record: OperatorRecord): string {
  refuseAbsolutePaths(RECORD_FILE, [...record.inputs, ...record.papers]);
  return stableJson(record, KEY_ORDER);
}
