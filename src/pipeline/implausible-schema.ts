import * as z from 'zod';

const columnNames = z.array(z.string().min(1)).min(1);
const prefixes = z
  .array(z.string().regex(/^[A-Z][0-9A-Z]{1,4}$/, 'must be a prefix of an ICD-10 code, without the dot'))
  .min(1);
/**
 * The shape of `link.implausible` in a pipeline file.
 *
 * @param tableName the shape of a table's name
 */
export const implausibleSchema = (tableName: z.ZodString) =>
  z
    .strictObject({
      activity: z
        .record(
          tableName,
          z.strictObject({
            where: z
              .strictObject({ column: z.string().min(1), values: z.array(z.string()).min(1) })
              .optional()
              .describe('only rows with one of these values, such as contacts that were attended'),
          }),
        )
        .optional()
        .describe('tables whose date is a day on which somebody was seen alive'),
      stays: z
        .record(
          tableName,
          z.strictObject({ from: z.string().min(1), to: z.string().min(1), provider: z.string().min(1) }),
        )
        .optional()
        .describe('tables of stays: columns of first day, last day and provider'),
      births: z
        .record(tableName, z.strictObject({ codes: columnNames }))
        .optional()
        .describe('tables whose ICD-10 columns record deliveries and births'),
      birthCodes: z
        .strictObject({ delivery: prefixes.optional(), newborn: prefixes.optional() })
        .optional()
        .describe('prefixes of codes, replacing the shipped ones'),
    })
    .describe('tables and columns for the rules of implausible links; nothing of this is released');
