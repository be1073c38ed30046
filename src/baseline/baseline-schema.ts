import * as z from 'zod';
import { BASELINE_FORMAT_VERSION } from './baseline.ts';
import { MEASURES } from './night.ts';
import type { PackedBaseline } from './pack-nights.ts';

const count = z.int().nonnegative();
const counts = z.record(z.string(), count);
const part = z.strictObject({ part: count, of: count });
const date = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);
const keyIds = z.strictObject({ linkage: z.string(), release: z.string(), store: z.string() });

const practices = z.strictObject({
  since: z.enum(['nothing', 'the night before']),
  kinds: z.array(z.string()),
  counts: z.string().regex(/^(?:[A-Za-z0-9]+(?: (?:-|\d+(?: \d+)*))?(?:;|$))*$/),
});

const tally = z.strictObject({
  events: counts,
  inForce: counts,
  practices: z.record(z.string(), practices),
  register: z.strictObject({ changes: count, events: count, digest: z.string() }).nullable(),
});

const night = z.strictObject({
  date,
  keyIds,
  runId: z.string(),
  rows: counts,
  columns: z.record(
    z.string(),
    z.record(
      z.string(),
      z.strictObject({ valid: count, missing: count, placeholder: count, invalid: count }),
    ),
  ),
  optOutEvents: counts,
  optOutsInForce: counts,
  optOutTally: tally.optional(),
  stoppedPatients: z.record(z.string(), part),
  ladder: z.string(),
  linked: z.record(z.string(), part),
  ranks: counts,
  personsOptedOut: z.record(z.string(), part),
  accepted: z.array(z.enum(MEASURES)),
});

const baselineSchema = z.strictObject({
  formatVersion: z.literal([1, BASELINE_FORMAT_VERSION]),
  name: z.string(),
  keyIds,
  knownUntil: date,
  nights: z.array(night).min(1),
  peaks: z.record(z.string(), z.strictObject({ date, value: count })).optional(),
}) satisfies z.ZodType<PackedBaseline>;

const sealedSchema = baselineSchema.extend({ seal: z.string() });

/** A baseline and its seal, as in the file; null for any other shape. */
export function parseSealed(
  value: unknown,
): { readonly packed: PackedBaseline; readonly seal: string } | null {
  const parsed = sealedSchema.safeParse(value);
  if (!parsed.success) return null;
  const { seal, ...packed } = parsed.data;
  return { packed, seal };
}
