import { z } from 'zod';
import { RECORD_VERSION } from './operator-record.ts';
import { MANIFEST_VERSION } from './run-manifest.ts';

const count = z.int().nonnegative();
const digest = z.string().regex(/^[0-9a-f]{64}$/);
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
/** A file directly in its folder: nothing that a manifest says may lead out of it. */
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);
const share = z.number().min(0).max(1).nullable();
const limits = z.tuple([z.number(), z.number()]).nullable();

const run = z.object({ name: z.string(), id: fileName, date });
const papers = z.array(z.object({ file: fileName, bytes: count, sha256: digest }));

/** The manifest of a release, as everything that reads one needs it. More may stand in it. */
export const manifestSchema = z.looseObject({
  formatVersion: z.literal(MANIFEST_VERSION),
  tool: z.object({ name: z.string(), version: z.string() }),
  run,
  agreement: z.string(),
  keyIds: z.object({ linkage: z.string(), release: z.string(), store: z.string().optional() }),
  rulesVersion: z.string(),
  outputs: z.array(
    z.object({
      table: z.string(),
      file: fileName,
      bytes: count,
      sha256: digest,
      columns: z.array(
        z.object({
          name: z.string(),
          type: z.string(),
          role: z.string(),
          rule: z.string(),
          source: z.string(),
        }),
      ),
    }),
  ),
  papers,
  gates: z.array(z.object({ gate: z.string() })),
});

const audit = z.object({
  sampled: count,
  seed: count,
  ranks: z.array(
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
  ),
});

/** The operator's record of a run, likewise. */
export const recordSchema = z.looseObject({
  formatVersion: z.literal(RECORD_VERSION),
  run,
  manifest: z.object({ bytes: count, sha256: digest }),
  // records of earlier versions have none of these three
  pipeline: z.object({ sha256: digest }).optional(),
  lists: z.record(z.string(), z.string().regex(/^(?:[0-9a-f]{32}|[0-9a-f]{64})$/)).optional(),
  settings: z.record(z.string(), z.string()).optional(),
  inputs: z.array(
    z.object({
      source: z.string(),
      table: z.string(),
      file: z.string(),
      bytes: count,
      sha256: digest,
      rows: count,
    }),
  ),
  outputs: z.array(z.object({ table: z.string(), rows: count })),
  papers,
  receipts: z.looseObject({
    rows: z.array(
      z.object({
        stage: z.enum(['tokenise', 'release']),
        source: z.string(),
        table: z.string(),
        rowsIn: count,
        rowsOut: count,
        dropped: z.record(z.string(), count),
      }),
    ),
    persons: z.looseObject({
      released: count,
      typeTwoOptOut: count,
      nationalOptOut: count,
      heldBack: count,
      metIn: z.object({ '1': count, '2': count, '3': count }),
    }),
    standardised: z.array(
      z.object({
        source: z.string(),
        table: z.string(),
        column: z.string(),
        outcomes: z.record(z.string(), count),
      }),
    ),
  }),
  optOuts: z.looseObject({
    register: z.record(z.string(), count).nullable(),
    nationalAllowed: count.nullable(),
    coded: count.nullable(),
    waived: z
      .array(z.object({ what: z.string(), reason: z.string() }))
      .readonly()
      .optional(),
  }),
  linkage: z
    .looseObject({
      audit: audit.optional(),
      map: z
        .object({
          rows: count,
          bytes: count,
          sha256: digest,
          optOuts: digest,
          rules: z.record(z.string(), z.string()),
        })
        .optional(),
    })
    .optional(),
  gates: z.array(z.object({ gate: z.string(), looked: count })),
});
