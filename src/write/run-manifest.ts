import { isAbsolute, win32 } from 'node:path';
import * as z from 'zod';
import { appliedOptOuts, count, digest, fileName, keyOrderOf, paper, run } from './schema-parts.ts';
import { stableJson } from './stable-json.ts';
import { WriteError } from './write-error.ts';

/** The manifest's name in the release folder. */
export const MANIFEST_FILE = 'manifest.json';
/** Version 1 had no release folder: the manifest held exact counts and the names of inputs. */
export const MANIFEST_VERSION = 2;

/** A column of a released table. */
const column = z.object({
  name: z.string(),
  type: z.string(),
  role: z.string(),
  /** the release rule, in words */
  rule: z.string(),
  /** the source of the values: `gp.gp_events.effective_date` */
  source: z.string(),
});

/** A released table. Its number of rows is in the operator's record: no document in the release has small numbers. */
const output = z.object({
  table: z.string(),
  /** a file of the release folder */
  file: fileName,
  bytes: count,
  sha256: digest,
  columns: z.array(column).readonly(),
});
export type ManifestOutput = z.infer<typeof output>;

/**
 * The description of a release, with the keys, rules and data sharing agreement under which it was made. It has no exact count of rows or
 * persons, no clock, no host and no path of the machine, so that the same run gives the same bytes; its date is the run date. This
 * is the one description of a manifest: all code that writes or reads one uses it.
 */
export const manifestSchema = z.object({
  formatVersion: z.literal(MANIFEST_VERSION),
  tool: z.object({ name: z.string(), version: z.string() }),
  run,
  agreement: z.string(),
  /** who is handed the release; absent where the pipeline file does not say, and in manifests of earlier versions */
  recipient: z.string().optional(),
  /** `store` is the key with which the provider signed the token stores */
  keyIds: z.object({ linkage: z.string(), release: z.string(), store: z.string().optional() }),
  rulesVersion: z.string(),
  /** absent in releases of earlier versions */
  optOuts: z
    .object({
      ...appliedOptOuts,
      /** digest of the state that was used, of this run only (`linker/opt-outs/state`) */
      state: digest,
      /** the result of reading the written files back: nobody is in them who must not be */
      proof: z.object({
        files: count,
        /** persons looked at, those of each file added up: as it may be published, null for a small number */
        persons: count.nullable(),
        violations: z.literal(0),
      }),
    })
    .optional(),
  outputs: z.array(output).readonly(),
  papers: z.array(paper).readonly(),
  /** gates that the run has passed */
  gates: z.array(z.object({ gate: z.string() })).readonly(),
});
export type RunManifest = z.infer<typeof manifestSchema>;

const KEY_ORDER = keyOrderOf(manifestSchema);

/**
 * The text of `manifest.json`.
 *
 * @throws WriteError `bad-data` when a file has an absolute path, which would reveal paths of this machine
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
