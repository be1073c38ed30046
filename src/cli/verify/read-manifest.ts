import { join } from 'node:path';
import { z } from 'zod';
import { refused, usage } from '../../domain/problem.ts';
import { readPlainText } from '../../read-plain-file.ts';
import { MANIFEST_FILE } from '../../write/run-manifest.ts';

const count = z.int().nonnegative();
const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** A file directly in the run's folder: nothing that a manifest says may lead out of it. */
const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

const share = z.number().min(0).max(1).nullable();
const limits = z.tuple([z.number(), z.number()]).nullable();

/** As much of a manifest as can be held against the files beside it. More may stand in it. */
const manifestSchema = z.looseObject({
  formatVersion: z.literal(1),
  tool: z.object({ name: z.string(), version: z.string() }),
  run: z.object({ name: z.string(), id: fileName, date: z.string() }),
  agreement: z.string(),
  keyIds: z.object({ linkage: z.string(), release: z.string(), store: z.string().optional() }),
  rulesVersion: z.string(),
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
  outputs: z.array(
    z.object({
      table: z.string(),
      file: fileName,
      rows: count,
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
  papers: z.array(z.object({ file: fileName, bytes: count, sha256: digest })),
  linkage: z
    .looseObject({
      audit: z
        .object({
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
        })
        .optional(),
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
  gates: z.array(z.object({ gate: z.string(), looked: count })),
});

export type ReadManifest = z.infer<typeof manifestSchema>;

/**
 * Reads the manifest of a published run.
 *
 * @throws TallystickError (exit 2) where there is no run, (exit 1) where its manifest is damaged
 */
export function readManifest(directory: string): ReadManifest {
  const path = join(directory, MANIFEST_FILE);
  let text: string;
  try {
    text = readPlainText(path);
  } catch {
    throw usage({
      file: directory,
      message: `there is no published run here: no ${MANIFEST_FILE} can be read`,
      wayOut: 'name a run such as out/nightly/latest',
    });
  }
  const damaged = (message: string) =>
    refused({ file: path, message, wayOut: 'this run is not to be trusted' });
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw damaged('is not JSON');
  }
  const parsed = manifestSchema.safeParse(value);
  if (!parsed.success) {
    const [first] = parsed.error.issues;
    throw damaged(`is not a manifest: \`${first?.path.join('.') ?? ''}\` is not as it must be`);
  }
  return parsed.data;
}
