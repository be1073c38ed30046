import * as z from 'zod';

const limit = z
  .string('must be a share such as 30%, or never')
  .regex(/^(?:never|\d{1,4}(?:\.\d+)?%)$/, 'must be a share such as 30%, or never');
const points = z
  .string('must be points such as "2 points", or never')
  .regex(/^(?:never|\d{1,3}(?:\.\d+)? points?)$/, 'must be points such as "2 points", or never');
const atLeast = z
  .string('must be a share such as 10%')
  .regex(/^(?:\d{1,2}(?:\.\d+)?|100)%$/, 'must be a share such as 10%')
  .describe('share of the cells that must be valid, regardless of earlier nights');

const byShare = { warn: limit.optional(), stop: limit.optional() };
const byPoints = { warn: points.optional(), stop: points.optional() };
const valid = { ...byPoints, atLeast: atLeast.optional() };

/**
 * The shape of `expect` in a pipeline file: the expectations of a night, absolute and compared with earlier nights.
 *
 * @param tableName the shape of a table's name
 */
export const expectSchema = (tableName: z.ZodString) =>
  z
    .strictObject({
      nights: z.int().min(2).max(400).optional().describe('nights that the baseline keeps; 30 if absent'),
      rows: z
        .strictObject({ ...byShare, tables: z.record(tableName, z.strictObject(byShare)).optional() })
        .optional()
        .describe('how far the rows of a table may differ from the median of the last seven nights'),
      valid: z
        .strictObject({
          ...valid,
          columns: z
            .record(tableName, z.record(z.string().min(1), z.strictObject(valid)))
            .optional()
            .describe('by table and column'),
        })
        .optional()
        .describe('how far the share of valid cells of an identifier column may fall below the best night'),
      linked: z
        .strictObject(byPoints)
        .optional()
        .describe('how far the share that is linked, of each source and by each match rank, may differ'),
      optOuts: z
        .strictObject({
          ...byShare,
          steady: z
            .strictObject(byShare)
            .optional()
            .describe('how far they may fall little by little over the nights kept'),
          practices: z
            .strictObject(byShare)
            .optional()
            .describe('how far those of one practice may fall below their usual number'),
        })
        .optional()
        .describe('how far the opt-outs of a type and origin may fall below the best night'),
      repeats: z
        .strictObject(byShare)
        .optional()
        .describe('share of a file that may also be in another file of its table'),
    })
    .describe('the expectations of a night, absolute and compared with earlier nights');

export type ExpectFile = z.infer<ReturnType<typeof expectSchema>>;
