import * as z from 'zod';
import { EXEMPTION_BASES } from '../domain/held-reason.ts';

export const count = z.int().nonnegative();
/** SHA-256, as 64 hexadecimal digits. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** The name of a file directly in its folder: no path in a manifest may lead out of it. */
export const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

/** YYYY-MM-DD */
export const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

export const run = z.object({
  name: z.string(),
  id: fileName,
  date: day,
});

/** Which opt-outs a run applied: the same in the release and in the operator's record. */
export const appliedOptOuts = {
  /** types of opt-outs that were applied */
  types: z.array(z.string()).readonly(),
  /** types that were switched off for this agreement, each with the legal basis and the reason */
  exempt: z
    .array(z.object({ type: z.string(), basis: z.enum(EXEMPTION_BASES), because: z.string() }))
    .readonly(),
  /** sources of opt-outs that the pipeline file leaves out */
  waived: z.array(z.object({ what: z.string(), reason: z.string() })).readonly(),
  /** the date of each opt-out list, as its age was judged by it, by its name in the pipeline file; none where only the time of its file dates it */
  asOf: z.record(z.string(), z.string().regex(/^\d{4}-\d{2}-\d{2}$/)),
};

/** A text file beside the tables, such as the data dictionary. Manifest and record are not among them. */
export const paper = z.object({ file: fileName, bytes: count, sha256: digest });
export type Paper = z.infer<typeof paper>;

/**
 * The order of an object's keys by where the object is, as `stableJson` expects it: the order of the schema, which suits a human
 * reader. In objects that allow other keys, those follow the declared keys, sorted.
 */
export function keyOrderOf(
  schema: z.ZodType,
  place = '',
  order: Record<string, readonly string[]> = {},
): Readonly<Record<string, readonly string[]>> {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodReadonly) {
    return keyOrderOf(schema.unwrap() as z.ZodType, place, order);
  }
  if (schema instanceof z.ZodArray) return keyOrderOf(schema.element as z.ZodType, `${place}[]`, order);
  if (!(schema instanceof z.ZodObject)) return order;
  order[place] = Object.keys(schema.shape);
  for (const [key, member] of Object.entries(schema.shape)) {
    keyOrderOf(member as z.ZodType, place === '' ? key : `${place}.${key}`, order);
  }
  return order;
}
