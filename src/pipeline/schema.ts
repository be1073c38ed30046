import * as z from 'zod';
import { isIsoDate } from '../domain/date-format.ts';
import { EXEMPTION_BASES } from '../domain/held-reason.ts';
import { EXCEPTIONS, LADDERS, type LadderName, MATCH_FIELDS, MOST_RANKS } from '../domain/match-rank.ts';
import { CARE_SETTINGS, CODE_SYSTEMS, ROLE_NAMES } from '../domain/role.ts';
import { expectSchema } from './expect-schema.ts';
import { implausibleSchema } from './implausible-schema.ts';
import { listLayout } from './opt-out-list-schema.ts';
import { practicesLayout } from './practices-schema.ts';

/**
 * The shape of a pipeline file, before defaults and cross-checks.
 * Everything is strict: an unknown key is a fault, never silently ignored.
 */

const name = z
  .string()
  .regex(/^[a-z][a-z0-9_-]{0,39}$/, 'must be lower case letters, digits, - or _, at most 40')
  .describe('lower case letters, digits, hyphen, underscore');
const tableName = z
  .string()
  .regex(/^[a-z][a-z0-9_]{0,39}$/, 'must be lower case letters, digits or _, at most 40');
const typeName = z
  .string()
  .regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower case letters, digits or -, at most 40')
  .describe('lower case letters, digits, hyphen');
const ISO_DATE = /^\d{4}-\d{2}-\d{2}$/;
const isoDate = z
  .string('must be a date, YYYY-MM-DD')
  .regex(ISO_DATE, 'must be a date, YYYY-MM-DD')
  // a text of another shape has its message already
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
/** The reason for a waiver: it is kept in the operator's record and printed in the report. */
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
  .describe('the expectation of the file; any difference stops the run');
const A_FILE = 'must be a path, or a mapping of path and expect';
const oneFile = z.union(
  [z.string().min(1), z.strictObject({ path: z.string().min(1), expect: expectation.optional() })],
  A_FILE,
);
const files = z
  .union([oneFile, z.array(oneFile).min(1)], `${A_FILE}, or a list of these`)
  .describe('paths or globs, from the pipeline file');

/** One byte in every supported encoding, and no part of a line end. */
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
        'must be a share such as 95%, or { none: "reason" }',
      )
      .optional()
      .describe('share of the cells of a code column that must look like codes of its system'),
  })
  .describe('the expectation of the cells; any difference stops the run');

const column = z.strictObject({
  role: z.enum(ROLE_NAMES),
  format: z.string().min(2).optional().describe('date format, such as %d/%m/%Y'),
  map: z.record(z.string(), z.literal([0, 1, 2, 9])).optional(),
  system: z.enum(CODE_SYSTEMS).optional(),
  references: tableName.optional().describe('parent-key: the table whose record-id this column points at'),
  provider: z.string().optional().describe('local-patient-id: the column that names the provider'),
  missing: z.array(z.string()).optional().describe('cells that mean "missing", besides the empty cell'),
  type: typeName
    .optional()
    .describe(
      'opt-out-flag: type-1, type-2, national, a declared type, spine-sensitive, confidential, vip, test-patient or left-practice',
    ),
  values: z
    .record(z.string(), z.enum(['registered', 'none']))
    .optional()
    .describe('opt-out-flag: the meaning of each value; any other, and the empty cell, is an opt-out'),
  description: z.string().optional(),
  expect: codeExpectation.optional(),
});

const tableBody = {
  files,
  format: format.optional(),
  allowEmpty: z.boolean().optional(),
  columns: z.record(z.string().min(1), column),
  optOutCodes: none.optional().describe('GP tables: why its code columns are not searched for opt-outs'),
};

const source = z.strictObject({
  setting: z.enum(CARE_SETTINGS),
  description: z
    .string()
    .min(1)
    .optional()
    .describe('what the records are and who holds them, in plain words for patients (`statement --public`)'),
  format: format.optional(),
  quarantine: z.strictObject({ max: share }).optional(),
  typeOne: none.optional().describe('GP sources: why there is no source of type 1 opt-outs'),
  expect: codeExpectation.optional(),
  patients: z.strictObject(tableBody).optional(),
  addresses: z
    .strictObject(tableBody)
    .optional()
    .describe('earlier addresses of the patients: a patient-key and a postcode in each row'),
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

const words = reason.describe('in words: it is printed in reports');
const nationalReply = z.strictObject({
  reply: z.string().min(1),
  request: z.string().min(1).optional().describe('the file that was sent: the reply must be a part of it'),
  ...list,
});
const mailbox = z
  .string('must be the id of a mailbox: letters and digits')
  .regex(/^[A-Za-z0-9]{1,20}$/, 'must be the id of a mailbox: letters and digits');
const nationalLedger = z.strictObject({
  ledger: z
    .string()
    .min(1)
    .describe('what the national service was asked and what it answered: see `tallystick opt-out request`'),
  mailbox: mailbox.describe('from which requests are sent'),
  to: mailbox.optional().describe('the mailbox of the national service; X26HC065 by default'),
  workflow: z
    .string()
    .regex(/^[A-Za-z0-9_]{1,64}$/, 'must be a workflow id: letters, digits and _')
    .optional()
    .describe('SPINE_NTT_UPHOLDING by default'),
  maxAge: age.optional().describe('how long an answer counts, from the day of its request'),
  allowEmpty: z.boolean().optional().describe('an answer may allow nobody'),
});

const optOuts = z.strictObject({
  types: z
    .record(
      typeName,
      z.strictObject({
        scope: z
          .enum(['gp-records', 'person'])
          .describe('gp-records: acts as type 1 does; person: on all records of the person, as type 2 does'),
        description: words,
      }),
    )
    .optional()
    .describe('other types of opt-outs, for flags and lists'),
  order: z
    .array(typeName)
    .min(1)
    .optional()
    .describe('reasons that count first where a row is held for several, in this order'),
  exempt: z
    .record(typeName, z.strictObject({ because: words, basis: z.enum(EXEMPTION_BASES) }))
    .optional()
    .describe('types of opt-outs that do not apply to this agreement, each with the legal reason'),
  register: z
    .strictObject({
      file: z.string().min(1).optional().describe('a list of nhs_number, type, event, date'),
      events: z.string().min(1).optional().describe('the register that `tallystick opt-out` keeps'),
      ...list,
    })
    .optional()
    .describe('the opt-out register: a list (file), or the one that tallystick keeps (events)'),
  lists: z
    .array(
      z.strictObject({ name, file: z.string().min(1), ...list, format: format.optional(), ...listLayout }),
    )
    .min(1)
    .optional()
    .describe('lists of opt-outs in layouts of their own, by NHS number'),
  practices: z
    .strictObject({ file: z.string().min(1), ...list, format: format.optional(), ...practicesLayout })
    .optional()
    .describe('the practices that share: GP records of patients of any other are held'),
  national: z
    .union(
      [nationalReply, nationalLedger],
      'must name a reply, { reply: FILE }, or a ledger of requests and answers, { ledger: FILE, mailbox: ID }',
    )
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
    .describe('why there is no source of such opt-outs'),
  expectedRate: z
    .union([share, none], 'must be a share such as 1%, or { none: "reason" }')
    .optional()
    .describe(
      'the least share of people who have opted out: a GP source without any opt-out is checked with it',
    ),
  maxUnmatched: share
    .optional()
    .describe(
      'share of the opt-outs recorded in a source that may match nobody in it, or (type 2, national) of patients without a valid NHS number',
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
    .describe('codes that resemble an opt-out code, such as one in another case, but are not'),
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
  agree: z.array(z.enum(MATCH_FIELDS)).min(1).describe('all of these must agree'),
  unless: z.array(z.enum(EXCEPTIONS)).optional().describe('none of these may be true of the record'),
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
    .describe('file of postcodes shared by too many people to link by, one on each line'),
  ignoreBusiestPostcodes: share
    .optional()
    .describe(
      'share of the postcodes of each source, those with the most patients, that link nobody, such as 1%',
    ),
  supersededNumbers: z
    .string()
    .min(1)
    .optional()
    .describe('CSV of superseded,current: superseded NHS numbers and their current ones'),
  minProbability: z
    .number('must be a number between 0 and 1')
    .gt(0, 'must be a number between 0 and 1')
    .lt(1, 'must be a number between 0 and 1')
    .optional()
    .describe(
      'links with a lower match probability are refused; for ladders that compare other fields of records with one NHS number',
    ),
  implausible: implausibleSchema(tableName).optional(),
  quarantineImplausible: z
    .boolean()
    .optional()
    .describe('take implausible links apart and hold the records back; they are counted only if absent'),
  keepMap: z
    .boolean()
    .optional()
    .describe('write a link map beside the published run, for `tallystick diff`'),
});

export const pipelineSchema = z
  .strictObject({
    tallystick: z.literal(1).describe('version of this file format'),
    name,
    synthetic: z.boolean().optional().describe('accept NHS numbers of the test range 900-999'),
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
      recipient: z
        .string()
        .min(1)
        .max(200)
        .optional()
        .describe('who is handed the release: named in the manifest, and in a notice of recall'),
      sensitiveCodes: z.string().min(1).optional().describe('file of codes whose rows are left out'),
      linkageWeights: z
        .boolean()
        .optional()
        .describe(
          'released records carry linkage_weight, with which linked records represent all delivered ones',
        ),
      tables: z.record(tableName, z.record(z.string(), rule)),
    }),
    canaries: z.string().min(1).optional().describe('file of texts that must never appear in any output'),
  })
  .describe('One tallystick run: sources, opt-outs, linkage and the release. It holds no secret.');

/** A pipeline file of the correct shape; defaults and cross-checks follow. */
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
