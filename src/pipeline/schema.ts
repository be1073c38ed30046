import { z } from 'zod';
import { isIsoDate } from '../domain/date-format.ts';
import { AGREEMENTS, EXCEPTIONS, LADDERS, type LadderName, MOST_RANKS } from '../domain/match-rank.ts';
import { CODE_SYSTEMS, ROLE_NAMES, SETTINGS } from '../domain/role.ts';
import { expectSchema } from './expect-schema.ts';
import { implausibleSchema } from './implausible-schema.ts';

/**
 * The shape of a pipeline file as people write it: what may stand where, before defaults and cross-checks.
 * Everything is strict: a key that is not known here is a fault, never silently ignored.
 */

const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, 'must be lower case letters, digits, - or _, at most 40')
  .describe('lower case letters, digits, hyphen, underscore');
const tableName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be lower case letters, digits or _, at most 40');
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;
const isoDate = z
  .string('must be a date, YYYY-MM-DD')
  .regex(ISO_DATE, 'must be a date, YYYY-MM-DD')
  // what has another shape has been told so
  .refine((text) => !ISO_DATE.test(text) || isIsoDate(text), 'is no date of the calendar');
const share = z
  .string('must be a share such as 0.1%')
  .regex(/^(?:\d{1,2}(?:\.\d+)?|100)%$/, 'must be a share such as 0.1%')
  .describe('a share, such as 0.1%');

/** A share as it is written, such as 0.1%, from 0 to 1. */
export function shareOf(text: string): number {
  return Number(text.slice(0, -1)) / 100;
}
const age = z
  .string('must be a number of days such as 7d')
  .regex(/^\d+d$/, 'must be a number of days such as 7d')
  .describe('days, such as 7d');
/** Why something that protects people is left out: it is kept in the operator's record and printed in the report. */
const reason = z
  .string('must be a reason in words')
  .regex(/^(?=[\s\S]*\p{L}{2})\P{Cc}*$/u, 'must be a reason in words')
  .max(300, 'must be a reason of at most 300 characters')
  .describe('why: it is printed in the report and kept in operator/receipts.json');
const none = z.strictObject({ none: reason });
const expectation = z
  .strictObject({
    rows: z.int().nonnegative().optional(),
    sha256: z
      .string()
      .regex(/^[0-9a-f]{64}$/, 'must be 64 hexadecimal digits')
      .optional(),
  })
  .describe('what the file must be; anything else stops the run');
const A_FILE = 'must be a path, or a mapping of path and expect';
const oneFile = z.union(
  [z.string().min(1), z.strictObject({ path: z.string().min(1), expect: expectation.optional() })],
  A_FILE,
);
const files = z
  .union([oneFile, z.array(oneFile).min(1)], `${A_FILE}, or a list of these`)
  .describe('paths or globs, from the pipeline file');

/** One byte in every encoding that is read, and no part of a line end. */
const oneCharacter = z
  .string()
  .regex(/^[\t!-~]$/, 'must be one printable ASCII character, or a tab ("\\t")')
  .describe('one printable ASCII character, or a tab');

const format = z
  .strictObject({
    delimiter: oneCharacter.optional(),
    quote: oneCharacter.optional(),
    encoding: z.enum(['utf-8', 'windows-1252', 'latin-1', 'utf-16']).optional(),
    date: z.string().min(2).optional().describe('date format of every date column, such as %d/%m/%Y'),
    timestamp: z.string().min(2).optional(),
  })
  .describe('how the files are written: declared, never guessed');

const codeExpectation = z
  .strictObject({
    codeShape: z
      .union(
        [share, z.strictObject({ none: z.string().min(1, 'must say why') })],
        'must be a share such as 95%, or { none: why nobody minds }',
      )
      .optional()
      .describe('share of the cells of a code column that must look like codes of its system'),
  })
  .describe('what must be true of the cells; anything else stops the run');

const column = z.strictObject({
  role: z.enum(ROLE_NAMES),
  format: z.string().min(2).optional().describe('date format, such as %d/%m/%Y'),
  map: z.record(z.string(), z.literal([0, 1, 2, 9])).optional(),
  system: z.enum(CODE_SYSTEMS).optional(),
  references: tableName.optional().describe('parent-key: the table whose record-id this column points at'),
  provider: z.string().optional().describe('local-patient-id: the column that names the provider'),
  missing: z.array(z.string()).optional().describe('cells that mean nothing here, besides the empty cell'),
  type: z.enum(['type-1', 'type-2', 'national']).optional().describe('opt-out-flag: which opt-out'),
  values: z
    .record(z.string(), z.enum(['registered', 'none']))
    .optional()
    .describe('opt-out-flag: what each value means; any other, and the empty cell, is an opt-out'),
  description: z.string().optional(),
  expect: codeExpectation.optional(),
});

const tableBody = {
  files,
  format: format.optional(),
  allowEmpty: z.boolean().optional(),
  columns: z.record(z.string().min(1), column),
  optOutCodes: none.optional().describe('GP tables: why no opt-out is looked for in its code columns'),
};

const source = z.strictObject({
  setting: z.enum(SETTINGS),
  format: format.optional(),
  quarantine: z.strictObject({ max: share }).optional(),
  typeOne: none.optional().describe('GP sources: why nothing says who has a type 1 opt-out'),
  expect: codeExpectation.optional(),
  patients: z.strictObject(tableBody).optional(),
  addresses: z
    .strictObject(tableBody)
    .optional()
    .describe('earlier addresses of the patients: a patient-key and a postcode a row'),
  tables: z.record(tableName, z.strictObject({ ...tableBody, date: z.string().optional() })).optional(),
});

const nameWithDate = z
  .strictObject({ name: z.string().min(1) })
  .describe("the date in the file's name, such as { name: register_%Y%m%d.csv }");
const list = {
  maxAge: age.optional(),
  asOf: z
    .union(
      [isoDate, nameWithDate],
      'must be a date, YYYY-MM-DD, or { name: PATTERN } such as { name: register_%Y%m%d.csv }',
    )
    .optional(),
  allowEmpty: z.boolean().optional(),
};
const codedTable = z.strictObject({
  table: tableName,
  column: z.union([z.string(), z.array(z.string()).min(1)]),
  date: z.string(),
});

const optOuts = z.strictObject({
  register: z.strictObject({ file: z.string().min(1), ...list }).optional(),
  national: z
    .strictObject({
      reply: z.string().min(1),
      request: z.string().min(1).optional().describe('what was asked: the reply must be a part of it'),
      ...list,
    })
    .optional(),
  codes: z
    .union([codedTable, z.array(codedTable).min(1)])
    .optional()
    .describe('dates of coded opt-outs, where they are not the date of the table'),
  codeOverrides: z
    .array(
      z.strictObject({
        type: z.enum(['type-1', 'type-2']),
        event: z.enum(['registered', 'withdrawn']),
        system: z.enum(['read-v2', 'ctv3', 'snomed']),
        code: z.string(),
      }),
    )
    .optional(),
  waived: z
    .strictObject({ 'type-2': reason.optional(), national: reason.optional() })
    .optional()
    .describe('why nothing says who has such an opt-out'),
  expectedRate: z
    .union([share, none], 'must be a share such as 1%, or { none: "reason" }')
    .optional()
    .describe('share of people who have opted out, at least: a GP source without any is checked against it'),
  maxUnmatched: share
    .optional()
    .describe(
      'share of the opt-outs recorded in a source that may be of nobody who is in it, or (type 2, national) of patients without a valid NHS number',
    ),
  lookAlikes: z
    .array(
      z.strictObject({
        system: z.enum(['read-v2', 'ctv3', 'snomed']),
        code: z.string(),
        because: z.string().min(1, 'must say why'),
      }),
    )
    .optional()
    .describe('codes that are written like an opt-out code, such as in another case, and are others'),
  maxFall: share.optional().describe('another name of expect.optOuts.stop'),
  untied: z.enum(['hold-back', 'release']).optional(),
});

const PLAIN_RULES = ['keep', 'drop', 'year', 'month', 'year-of-birth'] as const;
const A_RULE = `must be one of the rules ${PLAIN_RULES.join(', ')}, age-band, truncate, map`;
const rule = z.union(
  [
    z.enum(PLAIN_RULES),
    z.discriminatedUnion(
      'rule',
      [
        z.strictObject({ rule: z.enum(PLAIN_RULES) }),
        z.strictObject({
          rule: z.literal('age-band'),
          at: isoDate.optional().describe('the date at which age is taken; the run date if absent'),
          width: z.int().min(5).max(50).optional(),
          top: z.int().min(50).max(100).optional(),
        }),
        z.strictObject({ rule: z.literal('truncate'), length: z.int().min(1).max(20) }),
        z.strictObject({
          rule: z.literal('map'),
          map: z.record(z.string(), z.string()),
          other: z.string().optional(),
        }),
      ],
      A_RULE,
    ),
  ],
  `${A_RULE}; the last three as a mapping, such as { rule: truncate, length: 3 }`,
);

const matchRank = z.strictObject({
  rank: z.int().min(1).max(99).describe('the number that is released as match_rank'),
  agree: z.array(z.enum(AGREEMENTS)).min(1).describe('all of these must agree'),
  unless: z.array(z.enum(EXCEPTIONS)).optional().describe('none of these may hold of the record'),
});
const LADDER_NAMES = Object.keys(LADDERS) as [LadderName, ...LadderName[]];
const link = z.strictObject({
  ranks: z
    .union(
      [z.enum(LADDER_NAMES), z.array(matchRank).min(1).max(MOST_RANKS)],
      `must be one of the ladders ${LADDER_NAMES.join(', ')}, or a list of at most ${MOST_RANKS} ranks`,
    )
    .optional(),
  ignorePostcodes: z
    .string()
    .min(1)
    .optional()
    .describe('file of postcodes shared by too many people to link by, one a line'),
  ignoreBusiestPostcodes: share
    .optional()
    .describe(
      'share of the postcodes of each source, those with the most patients, to link nobody by, such as 1%',
    ),
  supersededNumbers: z
    .string()
    .min(1)
    .optional()
    .describe('CSV of superseded,current: NHS numbers that another has taken the place of'),
  minProbability: z
    .number('must be a number between 0 and 1')
    .gt(0, 'must be a number between 0 and 1')
    .lt(1, 'must be a number between 0 and 1')
    .optional()
    .describe(
      'links of a lower match probability are refused; for ladders that compare under the NHS number',
    ),
  implausible: implausibleSchema(tableName).optional(),
  quarantineImplausible: z
    .boolean()
    .optional()
    .describe('take implausible links apart and hold the records back; they are counted only if absent'),
  keepMap: z
    .boolean()
    .optional()
    .describe('leave a link map beside the published run, for `tallystick diff`'),
});

export const pipelineSchema = z
  .strictObject({
    tallystick: z.literal(1).describe('version of this file format'),
    name,
    synthetic: z.boolean().optional().describe('take NHS numbers of the test range 900-999'),
    keys: z.strictObject({
      linkage: z.strictObject({
        file: z.string().min(1),
        storeKeyId: z
          .string()
          .regex(
            /^[0-9a-f]{32}$/,
            'must be 32 hexadecimal digits, as `tallystick tokenise` and `doctor` print them',
          )
          .optional()
          .describe(
            'id of the key that must have signed the token stores: it is derived from the linkage key',
          ),
      }),
      release: z.strictObject({ file: z.string().min(1) }),
    }),
    sources: z.record(name, source),
    optOuts,
    expect: expectSchema(tableName).optional(),
    link: link.optional(),
    release: z.strictObject({
      agreement: name,
      sensitiveCodes: z.string().min(1).optional().describe('file of codes whose rows are left out'),
      linkageWeights: z
        .boolean()
        .optional()
        .describe('released records carry linkage_weight, by which those that were linked stand for all'),
      tables: z.record(tableName, z.record(z.string(), rule)),
    }),
    canaries: z
      .string()
      .min(1)
      .optional()
      .describe('file of texts that must never appear in what a run leaves'),
  })
  .describe(
    'One tallystick run: sources, opt-outs, linkage and what is released to whom. It holds no secret.',
  );

/** A pipeline file that has the right shape; defaults and cross-checks come after. */
export type PipelineFile = z.infer<typeof pipelineSchema>;
export type FormatFile = z.infer<typeof format>;
export type CodeExpectationFile = z.infer<typeof codeExpectation>;
export type ColumnFile = z.infer<typeof column>;
export type RuleFile = z.infer<typeof rule>;
export type FilesFile = z.infer<typeof files>;
export type TableFile = NonNullable<z.infer<typeof source>['tables']>[string];

/** JSON Schema (draft 2020-12) of the pipeline file, for editors. */
export function pipelineJsonSchema(): unknown {
  return z.toJSONSchema(pipelineSchema, { io: 'input' });
}
