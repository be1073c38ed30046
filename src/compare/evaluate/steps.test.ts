/**
 * The steps are compared with a plain computation that makes every pair of records and looks at every person, over small random
 * clusterings, and to one example worked out by hand.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { duckdbDialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { openSmallEngine } from '../../engine/duckdb/test-rig/small-engine.ts';
import { TokenNumbers } from '../../linker/link/token-numbers.ts';
import { table } from '../../sql/sql.ts';
import { type EvaluatedTable, evaluationSteps, repeatedTruthSql, TRUTH_COLUMNS } from './steps.ts';
import { judgePlainly, type PlainJudgement, type PlainRecord } from './test-rig/judge-plainly.ts';

let engine: DuckDbEngine;
const numbers = new TokenNumbers();

/** The number of a token that is given by its halves. */
function numberOf(halves: readonly [number, number]): number {
  const [w0, w1, w2, w3] = new Uint32Array(BigInt64Array.from(halves, BigInt).buffer);
  return numbers.numberOf(w0!, w1!, w2!, w3!);
}

beforeAll(async () => {
  engine = await openSmallEngine();
  for (const one of numbers.functions) engine.register(one);
});
afterAll(() => engine.close());

const UNSAID = { sex: null, ageBand: null, ethnicCategory: null, area: null, deprivation: null };

/** A patients table of source 0 and a flat table of source 1. */
const TABLES: readonly EvaluatedTable[] = [
  {
    index: 0,
    source: 0,
    relation: table('patients'),
    key: 'subject',
    characteristics: { ...UNSAID, sex: 'row.sex' },
  },
  {
    index: 1,
    source: 1,
    relation: table('episodes'),
    key: 'record',
    characteristics: UNSAID,
  },
];

const number = (value: number | null) => (value === null ? 'NULL' : String(value));

/** Fills the tables that the steps read, runs them, and reads what they came to. */
async function judge(records: readonly PlainRecord[]): Promise<PlainJudgement> {
  const table = async (name: string, columns: string, rows: readonly string[]) => {
    await engine.run(`CREATE OR REPLACE TABLE ${name} (${columns})`, name);
    if (rows.length > 0) await engine.run(`INSERT INTO ${name} VALUES ${rows.join(', ')}`, name);
  };
  const subjects = 'subject_a BIGINT, subject_b BIGINT';
  const distinct = new Map(
    records.flatMap((one) =>
      one.subject === null ? [] : [[`${one.source}, ${one.subject.join()}`, one] as const],
    ),
  );
  const numbers = [...distinct.keys()];
  const inRun = ({ source, subject }: PlainRecord) =>
    subject === null ? 'NULL' : numbers.indexOf(`${source}, ${subject.join()}`);
  const patients = records.filter(({ source }) => source === 0);
  const episodes = records.filter(({ source }) => source === 1);
  await table(
    'patients',
    `subject INTEGER, ${subjects}, sex TINYINT`,
    patients.map((one) => `(${inRun(one)}, ${one.subject!.join()}, ${number(one.sex)})`),
  );
  await table(
    'episodes',
    `subject INTEGER, ${subjects}, record_a BIGINT, record_b BIGINT`,
    episodes.map((one) => `(${inRun(one)}, ${one.subject?.join() ?? 'NULL, NULL'}, ${one.record.join()})`),
  );
  await table(
    'subject_persons',
    'subject INTEGER, anchor INTEGER, match_rank TINYINT, is_tied BOOLEAN',
    [...distinct.values()].map(({ person, rank }, index) => `(${index}, ${numberOf(person)}, ${rank}, true)`),
  );
  await table(
    'subjects',
    `subject INTEGER, source TINYINT, ${subjects}, nhs INTEGER`,
    [...distinct].map(([key, { hasNhsNumber }], index) => `(${index}, ${key}, ${hasNhsNumber ? 7 : 'NULL'})`),
  );
  await table(
    'truth',
    Object.entries(TRUTH_COLUMNS)
      .map((column) => column.join(' '))
      .join(),
    records.map(({ source, subject, record, owner }, index) => {
      const key = source === 0 ? subject! : record;
      return `(${source}, ${key.join()}, ${owner.join()}, ${index + 2})`;
    }),
  );
  for (const { name, sql } of evaluationSteps(TABLES, duckdbDialect)) {
    await engine.run(`CREATE OR REPLACE TABLE ${name} AS ${sql}`, name);
  }
  const [pairs] = await engine.query('SELECT * FROM evaluated_pairs', 'pairs');
  const ranks = await engine.query('SELECT * FROM evaluated_ranks ORDER BY match_rank', 'ranks');
  const groups = (by: string) =>
    engine.query(
      `SELECT * FROM evaluated_groups WHERE characteristic = '${by}' ORDER BY value NULLS LAST`,
      'groups',
    );
  const [nhsNumbers, sexes] = [await groups('nhsNumber'), await groups('sex')];
  return { pairs, ranks, nhsNumbers, sexes } as unknown as PlainJudgement; // toEqual says whether it is one
}

/** Tokens whose first halves are often the same, and which may be negative: ties are decided by both halves. */
const token = (base: number) =>
  fc.nat({ max: 4 }).map((n): [number, number] => [base + (n >> 1), n % 2 === 0 ? -n : n]);

/** Records of which each (source, subject) has one person and one rank, and each record a token of its own. */
const clusterings = fc
  .record({
    records: fc.array(
      fc.record({
        owner: token(-1),
        source: fc.constantFrom(0, 1),
        subject: fc.option(token(10), { nil: null, freq: 6 }),
        sex: fc.constantFrom(1, 2, null),
      }),
      { maxLength: 14 },
    ),
    links: fc.func(fc.record({ person: token(20), rank: fc.constantFrom(0, 6, 8) })),
  })
  .map(({ records, links }) =>
    records.map(({ owner, source, subject, sex }, index): PlainRecord => {
      const record: [number, number] = [40 - index, index];
      if (source === 0) {
        // a patient of a split source has one row, and so one record
        const own: [number, number] = [60, index];
        return {
          owner,
          source,
          subject: own,
          record: own,
          sex,
          hasNhsNumber: index % 3 > 0,
          ...links([0, own]),
        };
      }
      const link = subject === null ? { person: record, rank: 0 } : links([1, subject]);
      const hasNhsNumber = subject !== null && subject[1] % 2 === 0;
      return { owner, source, subject, record, sex: null, hasNhsNumber, ...link };
    }),
  );

describe('the steps of an evaluation', () => {
  it('count what a plain computation over every pair counts', async () => {
    await fc.assert(
      fc.asyncProperty(clusterings, async (records) => {
        expect(await judge(records)).toEqual(judgePlainly(records));
      }),
      { numRuns: 150 },
    );
  }, 120_000);

  it('count the worked example', async () => {
    // Ann has three records in P1, of two subjects, and a fourth by itself in P2: it is missed. Bob and Cat share P3, one record
    // each: it is Bob's, whose token is smaller, and Cat's there is false. Cat's home is P3 too (the smaller token again), so
    // her record in P4 is missed. Bob's second record has too few identifiers to have a subject: it is missed. Dan has one record.
    const [ann, bob, cat, dan] = [
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
    ] as [number, number][];
    const [p1, p2, p3, p4, p5] = [
      [101, 0],
      [102, 0],
      [103, 0],
      [104, 0],
      [105, 0],
    ] as [number, number][];
    const gp = (
      owner: [number, number],
      id: number,
      person: [number, number],
      rank: number,
    ): PlainRecord => ({
      owner,
      source: 0,
      subject: [id, 0],
      record: [id, 0],
      sex: 1,
      hasNhsNumber: true,
      person,
      rank,
    });
    const stay = (
      owner: [number, number],
      id: number,
      subject: number | null,
      person: [number, number],
      rank: number,
    ): PlainRecord => ({
      owner,
      source: 1,
      subject: subject === null ? null : [subject, 0],
      record: [id, 0],
      sex: null,
      hasNhsNumber: subject !== null,
      person,
      rank,
    });
    const judged = await judge([
      gp(ann!, 11, p1!, 8),
      stay(ann!, 901, 21, p1!, 8),
      stay(ann!, 902, 21, p1!, 8),
      stay(ann!, 903, 22, p2!, 0),
      gp(bob!, 12, p3!, 8),
      stay(bob!, 904, null, [904, 0], 0),
      stay(cat!, 905, 23, p3!, 6),
      gp(cat!, 13, p4!, 8),
      gp(dan!, 14, p5!, 8),
    ]);
    // linked: 3 pairs of P1 and 1 of P3; true: 6 of Ann, 1 of Bob, 1 of Cat; both: Ann's 3
    expect(judged.pairs).toEqual({
      both_pairs: 3,
      linked_pairs: 4,
      linked_persons: 6,
      true_pairs: 8,
      true_persons: 4,
    });
    expect(judged.ranks).toEqual([
      { match_rank: 0, records: 2, linked: 0, false_matches: 0, linkable: 2, missed_matches: 2 },
      { match_rank: 6, records: 1, linked: 1, false_matches: 1, linkable: 1, missed_matches: 0 },
      { match_rank: 8, records: 6, linked: 4, false_matches: 0, linkable: 5, missed_matches: 1 },
    ]);
    expect(judged.sexes.map((row) => [row.value, row.records, row.missed_matches])).toEqual([
      ['1', 4, 1],
      [null, 5, 2],
    ]);
  });

  it('find records that the truth names twice, with both lines', async () => {
    const columns = Object.entries(TRUTH_COLUMNS).map((column) => column.join(' '));
    await engine.run(`CREATE OR REPLACE TABLE truth (${columns.join()})`, 'truth');
    const rows = ['(0, 1, 1, 7, 7, 2)', '(1, 1, 1, 7, 7, 3)', '(0, 1, 1, 8, 8, 4)', '(0, 1, 2, 7, 7, 5)'];
    await engine.run(`INSERT INTO truth VALUES ${rows.join()}`, 'truth');
    expect(await engine.query(repeatedTruthSql(20), 'repeated')).toEqual([{ line: 4, first_line: 2 }]);
  });
});
