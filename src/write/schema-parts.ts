import { z } from 'zod';

export const count = z.int().nonnegative();
/** SHA-256, as 64 hexadecimal digits. */
export const digest = z.string().regex(/^[0-9a-f]{64}$/);
/** A file directly in its folder: nothing that a manifest says may lead out of it. */
export const fileName = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]*$/);

export const run = z.object({
  name: z.string(),
  id: fileName,
  date: z.string().regex(/^\d{4}-\d{2}-\d{2}$/),
});

/** A text file beside the tables, such as the data dictionary. Manifest and record are not among them. */
export const paper = z.object({ file: fileName, bytes: count, sha256: digest });
export type Paper = z.infer<typeof paper>;

/**
 * The order of an object's keys by where the object is, as `stableJson` takes it: the order of the schema, in which a person
 * wants to read it. Objects that allow other keys as well are sorted by key behind those that are declared.
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
