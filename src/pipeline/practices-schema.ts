import * as z from 'zod';

/** The columns of `optOuts.practices`, the list of practices that share. */
const column = z.discriminatedUnion('role', [
  z.strictObject({ role: z.literal('organisation') }),
  z.strictObject({
    role: z.enum(['start', 'end']),
    format: z.string().min(2).optional().describe('date format, such as %d/%m/%Y'),
    missing: z.array(z.string()).optional().describe('cells that mean "missing", besides the empty cell'),
  }),
  z.strictObject({ role: z.literal('active'), values: z.record(z.string(), z.enum(['active', 'inactive'])) }),
  z.strictObject({
    role: z.literal('disabled'),
    values: z.record(z.string(), z.enum(['disabled', 'sharing'])),
  }),
]);

export type PracticeColumnFile = z.infer<typeof column>;

/** Its keys, besides those that all lists have. */
export const practicesLayout = {
  columns: z
    .record(z.string().min(1), column)
    .describe('the columns that are read: organisation, start, end, active, disabled'),
  organisations: z
    .record(z.string(), z.string())
    .optional()
    .describe('by GP source, the organisation column of its patients table, where it has several'),
};
