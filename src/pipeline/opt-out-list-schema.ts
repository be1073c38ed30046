import * as z from 'zod';

const values = <const T extends string>(...meanings: readonly T[]) =>
  z.record(z.string(), z.enum(meanings)).describe('the meaning of each value; any other value stops the run');
/** Checked with those that `optOuts.types` declares when the file is completed. */
const type = z.string().min(1);

const column = z.discriminatedUnion(
  'role',
  [
    z.strictObject({ role: z.literal('nhs-number') }),
    z.strictObject({
      role: z.literal('type'),
      values: z
        .record(z.string(), type)
        .describe('type-1, type-2, national, a declared type, or none, for each value'),
    }),
    z.strictObject({
      role: z.literal('event'),
      type: type.optional().describe('the type of opt-out that this column is about'),
      values: values('registered', 'withdrawn', 'none'),
    }),
    z.strictObject({
      role: z.literal('date'),
      format: z.string().min(2).optional().describe('date format, such as %d/%m/%Y'),
      missing: z.array(z.string()).optional().describe('cells that mean "missing", besides the empty cell'),
    }),
  ],
  'must have one of the roles nhs-number, type, event, date',
);

/** What a list of `optOuts.lists` has besides the settings of every list: its layout, and what its lines say. */
export const listLayout = {
  header: z.boolean().optional().describe('false: the file has no header line, and names has its columns'),
  names: z.array(z.string().min(1)).min(1).optional().describe('header: false: every column, in order'),
  columns: z.record(z.string().min(1), column).describe('columns that are not declared are not read'),
  type: type.optional().describe('the type of every line, where no column has it'),
  event: z
    .enum(['registered', 'withdrawn'])
    .optional()
    .describe('the event of every line, where no column has it'),
  allow: z.boolean().optional().describe('the NHS numbers of the list are the only ones that may be used'),
};

export type ListColumnFile = z.infer<typeof column>;
