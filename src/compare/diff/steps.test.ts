/**
 * The steps are compared with a plain comparison that looks at every subject and every person, over small random maps, and to
 * examples worked out by hand.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { duckdbDialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { openSmallEngine } from '../../engine/duckdb/test-rig/small-engine.ts';
import { table } from '../../sql/sql.ts';
import { causeOf } from './causes.ts';
import { PERSON_FINDINGS } from './findings.ts';
import {
  diffSteps,
  listedPersonsSql,
  PERSON_COUNTS_SQL,
  RANK_MOVES_SQL,
  SUBJECT_COUNTS_SQL,
  UNEXPLAINED_SQL,
} from './steps.ts';
import { comparePlainly, type PlainFindings, type PlainRow } from './test-rig/compare-plainly.ts';
import type { WhatDiffers } from './what-differs.ts';

let engine: DuckDbEngine;
beforeAll(async () => {
  engine = await openSmallEngine();
});
afterAll(() => engine.close());

const SOURCES = ['gp', 'acute', 'community'] as const;
const NOTHING: WhatDiffers = {
  keys: [],
  rules: [],
  allSources: SOURCES,
  sources: [],
  optOuts: false,
  runDate: false,
  readOtherwise: [],
};
const RULES = [{ rule: 'ladder', a: 'two-step', b: 'eight-step' }];

async function fill(table: string, rows: readonly PlainRow[]): Promise<void> {
  const values = rows.map(
    ({ subject, source, record, rank, outcome, person }) =>
      `(${subject % 2}, ${subject}, ${record}, '${source}', ${rank}, '${outcome}', ${person === null ? 'NULL, NULL' : `${person % 2}, ${person}`})`,
  );
  await engine.run(
    `CREATE OR REPLACE TABLE ${table} (subject_high UBIGINT, subject_low UBIGINT, record UBIGINT, source VARCHAR,
     match_rank TINYINT, outcome VARCHAR, person_high UBIGINT, person_low UBIGINT)`,
    table,
  );
  if (values.length > 0) await engine.run(`INSERT INTO ${table} VALUES ${values.join(', ')}`, table);
}

/** The results of the steps, in the words of the plain comparison. */
async function compare(
  a: readonly PlainRow[],
  b: readonly PlainRow[],
  differs: WhatDiffers,
): Promise<PlainFindings & { unexplained: number }> {
  await fill('map_a', a);
  await fill('map_b', b);
  for (const { name, sql } of diffSteps(table('map_a'), table('map_b'), differs, duckdbDialect)) {
    await engine.run(`CREATE OR REPLACE TABLE ${name} AS ${sql}`, name);
  }
  const cause = (row: Readonly<Record<string, unknown>>) => {
    const { cause: name, which } = causeOf(Number(row['cause']), differs.allSources);
    return which === null ? name : `${name} ${which}`;
  };
  const rows = (sql: string) => engine.query(sql, 'reading');
  const persons = (await rows(PERSON_COUNTS_SQL)).flatMap((row) =>
    (['persons', 'subjects'] as const).map((what) => [`${row['finding']} ${cause(row)}: ${what}`, row[what]]),
  );
  const subjects = (await rows(SUBJECT_COUNTS_SQL)).map((row) => [
    `${row['finding']} ${row['source']} ${cause(row)}`,
    row['subjects'],
  ]);
  const ranks = (await rows(RANK_MOVES_SQL)).map((row) => [`${row['a']} ${row['b']}`, row['subjects']]);
  const places = Object.fromEntries(PERSON_FINDINGS.map((finding, index) => [finding, index]));
  const listed = await rows(listedPersonsSql(places));
  return {
    persons: Object.fromEntries(persons),
    subjects: Object.fromEntries(subjects),
    ranks: Object.fromEntries(ranks),
    listed: listed
      .map((row) => {
        const finding = PERSON_FINDINGS[Number(row['place'])];
        return `${finding} ${row['a_low']} ${row['b_low']} ${row['subjects']} ${cause(row)}`;
      })
      .sort(),
    unexplained: Number((await rows(UNEXPLAINED_SQL))[0]?.['unexplained']),
  };
}

/** The entry of a subject in one map; few persons, so that they are split and merged often. */
const said = fc
  .record({
    record: fc.nat(1),
    rank: fc.constantFrom(0, 6, 8),
    outcome: fc.oneof(
      { weight: 6, arbitrary: fc.constantFrom('released', 'held-back') },
      { weight: 1, arbitrary: fc.constantFrom('type-1-opt-out', 'type-2-opt-out', 'national-opt-out') },
    ),
    person: fc.nat(3),
  })
  .map((row) => ({ ...row, person: row.outcome.endsWith('opt-out') ? null : row.person }));

/** Two maps of the same eight subjects, of which either may lack some: one subject has a namesake in another source. */
const maps = fc
  .array(fc.tuple(fc.option(said, { freq: 8 }), fc.option(said, { freq: 8 })), { minLength: 8, maxLength: 8 })
  .map((pairs) => {
    const rows = (side: 0 | 1) =>
      pairs.flatMap((pair, index): PlainRow[] => {
        const row = pair[side];
        return row === null ? [] : [{ ...row, subject: Math.max(index, 1), source: SOURCES[index % 3]! }];
      });
    return [rows(0), rows(1)] as const;
  });

const differing = fc
  .record({
    sources: fc.subarray([...SOURCES]),
    rules: fc.constantFrom([], RULES),
    optOuts: fc.boolean(),
    readOtherwise: fc.subarray([...SOURCES]),
  })
  .map((some): WhatDiffers => ({ ...NOTHING, ...some }));

describe('two link maps', () => {
  it('are compared by the definitions, whatever is in them', async () => {
    await fc.assert(
      fc.asyncProperty(maps, differing, async ([a, b], differs) => {
        const { unexplained, ...findings } = await compare(a, b, differs);
        expect(findings).toEqual(comparePlainly(a, b, differs));
        const counted = [...Object.entries(findings.persons), ...Object.entries(findings.subjects)].filter(
          ([what]) => what.endsWith('unexplained') || what.endsWith('unexplained: persons'),
        );
        expect(unexplained).toBe(counted.reduce((sum, [, number]) => sum + number, 0));
      }),
      { numRuns: 150 },
    );
  });

  const row = (subject: number, person: number | null, more: Partial<PlainRow> = {}): PlainRow => ({
    subject,
    source: 'gp',
    record: 0,
    rank: 8,
    outcome: 'released',
    person,
    ...more,
  });

  it('that are the same have no findings', async () => {
    const rows = [row(1, 1), row(2, 1, { source: 'acute' }), row(3, null, { outcome: 'type-2-opt-out' })];
    expect(await compare(rows, rows, NOTHING)).toEqual({
      persons: {},
      subjects: {},
      ranks: { '8 8': 3 },
      listed: [],
      unexplained: 0,
    });
  });

  it('show a person that came apart, one part of it into another person, and put it to the rules', async () => {
    const a = [row(1, 1), row(2, 1), row(3, 2)];
    const b = [row(1, 1), row(2, 2, { rank: 6 }), row(3, 2)];
    expect(await compare(a, b, { ...NOTHING, rules: RULES })).toEqual({
      persons: {
        'split rules: persons': 1,
        'split rules: subjects': 2,
        'merged rules: persons': 1,
        'merged rules: subjects': 2,
      },
      subjects: { 'moved gp rules': 1, 're-ranked gp rules': 1 },
      ranks: { '8 8': 2, '8 6': 1 },
      listed: ['merged 1 2 1 rules', 'merged 2 2 1 rules', 'split 1 1 1 rules', 'split 1 2 1 rules'],
      unexplained: 0,
    });
  });

  it('put an opt-out before every other cause, and changed identifiers of a subject before changed rules', async () => {
    const a = [row(1, 1), row(2, 2), row(3, 3, { source: 'acute' })];
    const b = [
      row(1, null, { outcome: 'national-opt-out', record: 1 }),
      row(2, 4, { record: 1 }),
      row(3, 5, { source: 'acute' }),
    ];
    const { persons } = await compare(a, b, { ...NOTHING, sources: ['gp'], rules: RULES });
    expect(persons).toEqual({
      'gone opt-out national-opt-out: persons': 1,
      'gone opt-out national-opt-out: subjects': 1,
      'moved own-records gp: persons': 1,
      'moved own-records gp: subjects': 1,
      'moved rules: persons': 1,
      'moved rules: subjects': 1,
    });
  });

  it('do not put a subject that is gone to the files of another source', async () => {
    const { subjects, unexplained } = await compare([row(1, 1)], [], { ...NOTHING, sources: ['acute'] });
    expect(subjects).toEqual({ 'gone gp unexplained': 1 });
    expect(unexplained).toBe(2); // the subject, and its person
    const optedOut = await compare([row(1, 1)], [], { ...NOTHING, sources: ['acute'], optOuts: true });
    expect(optedOut.subjects).toEqual({ 'gone gp other-opt-outs': 1 });
  });
});
