import * as z from 'zod';
import { refuseAbsolutePaths } from './run-manifest.ts';
import { appliedOptOuts, count, day, digest, keyOrderOf, paper, run } from './schema-parts.ts';
import { stableJson } from './stable-json.ts';

/** The record's name in the operator's folder. */
export const RECORD_FILE = 'receipts.json';
export const RECORD_VERSION = 1;

/** A delivered file that was read. */
const input = z.object({
  source: z.string(),
  table: z.string(),
  /** relative to the pipeline file */
  file: z.string(),
  bytes: count,
  sha256: digest,
  rows: count,
});

const receipt = z.object({
  stage: z.enum(['tokenise', 'release']),
  source: z.string(),
  table: z.string(),
  rowsIn: count,
  rowsOut: count,
  dropped: z.record(z.string(), count),
});

const share = z.number().min(0).max(1).nullable();
const limits = z.tuple([z.number(), z.number()]).readonly().nullable();

/** The self-audit (src/linker/audit/README.md). */
const audit = z.object({
  sampled: count,
  seed: count,
  ranks: z
    .array(
      z.object({
        rank: count,
        links: count,
        sampled: count,
        precision: share,
        precisionInterval: limits,
        recall: share,
        recallInterval: limits,
        hiddenRecall: share,
        hiddenRecallInterval: limits,
      }),
    )
    .readonly(),
});

/**
 * The link map of the run, which is not published, and the inputs and rules of the linkage: compared with those of another run by
 * `tallystick diff`.
 */
const linkMap = z.object({
  rows: count,
  bytes: count,
  sha256: digest,
  /** digest of the tokens of everybody who has opted out, and of those whom a national reply allows */
  optOuts: digest,
  /** each rule by its name: its value, or a digest of it */
  rules: z.record(z.string(), z.string()),
});
export type RecordedLinkMap = z.infer<typeof linkMap>;

const counts = z.record(z.string(), count);

/** Who and what was held, by name of the reason (`linker/opt-outs/effect`). */
const effect = z.object({
  persons: z.object({
    first: counts,
    any: counts,
    alone: counts,
    combinations: counts,
    gpRecords: counts,
  }),
  rows: z.record(z.string(), counts),
});

/** What would have been released as well, had one reason been switched off. It is never in a release: there, it would say what opt-outs hide. */
const whatIf = z.object({ reason: z.string(), persons: count, rows: counts, rowsAtMost: counts });

/**
 * The exact account of what a run read, did and counted: it stays with the operator, beside the release and never in it. Like the
 * manifest it has no clock, no host and no path of the machine. This is the one description of a record: all code that writes or
 * reads one uses it. Where a part is loose, a stage may write more than readers use.
 */
export const recordSchema = z.object({
  formatVersion: z.literal(RECORD_VERSION),
  run,
  /** the manifest of the release that this record belongs to */
  manifest: z.object({ bytes: count, sha256: digest }),
  // records of earlier versions lack the next three
  /** digest of the pipeline file's text, comments and all, before variables are expanded: `sha256sum` gives the same */
  pipeline: z.object({ sha256: digest }).optional(),
  /** the content of each list, as a digest by name of list (`domain/list-name.ts`): keyed where the list may hold identifiers */
  lists: z.record(z.string(), z.string().regex(/^(?:[0-9a-f]{32}|[0-9a-f]{64})$/)).optional(),
  /** each setting on which the release depends: its value, or a digest of it */
  settings: z.record(z.string(), z.string()).optional(),
  inputs: z.array(input).readonly(),
  /** rows of each released table */
  outputs: z.array(z.object({ table: z.string(), rows: count })).readonly(),
  /** the other files of the operator's folder */
  papers: z.array(paper).readonly(),
  receipts: z.looseObject({
    rows: z.array(receipt).readonly(),
    persons: z.object({
      released: count,
      typeTwoOptOut: count,
      nationalOptOut: count,
      heldBack: count,
      metIn: z.object({ '1': count, '2': count, '3': count }),
      /** released persons by combination of care settings; absent in records of earlier versions */
      bySettings: z.record(z.string(), count).optional(),
    }),
    standardised: z
      .array(
        z.object({
          source: z.string(),
          table: z.string(),
          column: z.string(),
          outcomes: z.record(z.string(), count),
        }),
      )
      .readonly(),
  }),
  optOuts: z.looseObject({
    register: z.record(z.string(), count).nullable(),
    nationalAllowed: count.nullable(),
    lists: z.record(z.string(), z.record(z.string(), count)).optional(),
    keptRegister: z
      .object({ changes: count, events: count, digest, lastChange: z.string().nullable() })
      .optional(),
    coded: count.nullable(),
    waived: z
      .array(z.object({ what: z.string(), reason: z.string() }))
      .readonly()
      .optional(),
    // records of earlier versions lack the rest
    applied: z.object(appliedOptOuts).optional(),
    state: z
      .object({
        digest,
        /** what it is made of */
        lists: z.record(z.string(), z.string()),
        tokens: z.array(digest).readonly(),
      })
      .optional(),
    effect: effect.optional(),
    whatIf: z.array(whatIf).readonly().optional(),
    proof: z.object({ files: count, persons: count, violations: z.literal(0) }).optional(),
  }),
  /** results about the linkage, each part under its own key; absent where there are none */
  linkage: z.looseObject({ audit: audit.optional(), map: linkMap.optional() }).optional(),
  /**
   * A person was erased from the run on this day, and the manifest was replaced, whose SHA-256 had been this. Recipients have the
   * release with the first of these. Nothing here says who it was
   */
  erasures: z
    .array(z.object({ on: day, manifest: digest }))
    .readonly()
    .optional(),
  /** gates that the run has passed, and the number of items that each checked */
  gates: z.array(z.object({ gate: z.string(), looked: count })).readonly(),
});
export type OperatorRecord = z.infer<typeof recordSchema>;

const KEY_ORDER = keyOrderOf(recordSchema);

/**
 * The text of `receipts.json`.
 *
 * @throws WriteError `bad-data` when a file has an absolute path, which would reveal paths of this machine
 */
export function recordText(record: OperatorRecord): string {
  refuseAbsolutePaths(RECORD_FILE, [...record.inputs, ...record.papers]);
  return stableJson(record, KEY_ORDER);
}
