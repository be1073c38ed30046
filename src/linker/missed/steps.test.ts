/** Counts and linkage weights as SQL over tables made by hand, compared with counting one by one. */
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { openSmallEngine } from '../../engine/duckdb/test-rig/small-engine.ts';
import { table } from '../../sql/sql.ts';
import type { Step } from '../../sql/step.ts';
import { cellWeightsStep, linkedCellOf, planLinkageWeights } from './linkage-weight-steps.ts';
import { type MissedTable, missedSteps } from './steps.ts';

let engine: DuckDbEngine;
beforeAll(async () => {
  engine = await openSmallEngine();
});
afterAll(() => engine.close());

const UNSAID = { sex: null, ageBand: null, ethnicCategory: null, area: null, deprivation: null };
const TABLES: readonly MissedTable[] = [
  {
    source: 0,
    relation: table('patients'),
    characteristics: { ...UNSAID, sex: 'row.sex', area: 'row.area' },
  },
  {
    source: 1,
    relation: table('episodes'),
    characteristics: { ...UNSAID, sex: 'row.sex', ethnicCategory: 'row.eth' },
  },
];

interface Row {
  readonly source: 0 | 1;
  readonly subject: number | null;
  readonly sex: string | null;
  readonly area: string | null;
  readonly eth: string | null;
}

const rowsArbitrary = fc.array(
  fc.record({
    source: fc.constantFrom(0 as const, 1 as const),
    subject: fc.option(fc.nat(6), { freq: 8 }),
    sex: fc.constantFrom('1', '2', null),
    area: fc.constantFrom('E01', 'E02', null),
    eth: fc.constantFrom('A', 'B', null),
  }),
  { maxLength: 25 },
);

const text = (value: string | null) => (value === null ? 'NULL' : `'${value}'`);
const number = (value: number | null) => (value === null ? 'NULL' : String(value));

/** The number in the run of a subject of one of two sources. */
const runNumber = ({ source, subject }: { readonly source: number; readonly subject: number | null }) =>
  number(subject === null ? null : subject * 2 + source);

async function fill(rows: readonly Row[], tied: ReadonlySet<string>): Promise<void> {
  const subjects = [
    ...new Set(rows.flatMap(({ source, subject }) => (subject === null ? [] : [`${source} ${subject}`]))),
  ];
  const tables = {
    patients: ['subject INTEGER, sex VARCHAR, area VARCHAR', 0, 'area'],
    episodes: ['subject INTEGER, sex VARCHAR, eth VARCHAR', 1, 'eth'],
  } as const;
  for (const [table, [columns, source, last]] of Object.entries(tables)) {
    await engine.run(`CREATE OR REPLACE TABLE ${table} (${columns})`, 'making');
    const values = rows
      .filter((row) => row.source === source)
      .map((row) => `(${runNumber(row)}, ${text(row.sex)}, ${text(row[last])})`);
    if (values.length > 0) await engine.run(`INSERT INTO ${table} VALUES ${values.join(', ')}`, 'filling');
  }
  const made = [
    'subjects (subject INTEGER, source TINYINT, own INTEGER)',
    'subject_persons (subject INTEGER, is_tied BOOLEAN)',
  ];
  for (const one of made) await engine.run(`CREATE OR REPLACE TABLE ${one}`, 'making');
  for (const one of subjects) {
    const [source, subject] = one.split(' ').map(Number) as [number, number];
    const inRun = runNumber({ source, subject });
    await engine.run(`INSERT INTO subjects VALUES (${inRun}, ${source}, ${subject})`, 'filling');
    await engine.run(`INSERT INTO subject_persons VALUES (${inRun}, ${tied.has(one)})`, 'filling');
  }
}

async function walk(steps: readonly Step[]): Promise<void> {
  for (const { name, sql } of steps) await engine.run(`CREATE OR REPLACE TABLE ${name} AS ${sql}`, name);
}

const isLinked = ({ source, subject }: Row, tied: ReadonlySet<string>) =>
  subject !== null && tied.has(`${source} ${subject}`);

const tiedArbitrary = fc
  .subarray([0, 1].flatMap((source) => [0, 1, 2, 3, 4, 5, 6].map((subject) => `${source} ${subject}`)))
  .map((tied) => new Set(tied));

test('records are counted by source and by each characteristic, linked ones apart', async () => {
  await fc.assert(
    fc.asyncProperty(rowsArbitrary, tiedArbitrary, async (rows, tied) => {
      await fill(rows, tied);
      await walk(missedSteps(TABLES, dialect));
      const groups = (await engine.query('SELECT * FROM missed_groups', 'reading')).map(
        (row) =>
          `${row['source']} ${row['characteristic']} ${row['value']} ${row['records']} ${row['linked']}`,
      );
      const ways: readonly (readonly [string, (row: Row) => string | null])[] = [
        ['null', () => null],
        ['sex', ({ sex }) => sex],
        ['ethnicCategory', ({ source, eth }) => (source === 1 ? eth : null)],
        ['area', ({ source, area }) => (source === 0 ? area : null)],
      ];
      const expected = ways.flatMap(([by, groups]) =>
        [0, 1].flatMap((source) => {
          const own = rows.filter((row) => row.source === source);
          return [...new Set(own.map(groups))].map((value) => {
            const group = own.filter((row) => groups(row) === value);
            return `${source} ${by} ${value} ${group.length} ${group.filter((row) => isLinked(row, tied)).length}`;
          });
        }),
      );
      expect(groups.sort()).toEqual(expected.sort());
    }),
    { numRuns: 40 },
  );
});

test('a column of more than fifty values is left out', async () => {
  const rows = Array.from(
    { length: 60 },
    (_, index): Row => ({ source: 0, subject: index, sex: '1', area: `E${index}`, eth: null }),
  );
  await fill(rows, new Set());
  await walk(missedSteps(TABLES, dialect));
  const groups = await engine.query(
    'SELECT DISTINCT characteristic FROM missed_groups ORDER BY characteristic',
    'reading',
  );
  expect(groups.map((row) => row['characteristic'])).toEqual(['ethnicCategory', 'sex', null]);
});

test('there is no characteristic where none is released', async () => {
  await fill([{ source: 0, subject: 1, sex: '1', area: null, eth: null }], new Set(['0 1']));
  await walk(missedSteps([{ source: 0, relation: table('patients'), characteristics: UNSAID }], dialect));
  const groups = await engine.query('SELECT characteristic, records, linked FROM missed_groups', 'reading');
  expect(groups).toEqual([{ characteristic: null, records: 1, linked: 1 }]);
});

test('each subject gets the weight of its characteristics, which are the smallest of its rows', async () => {
  await fc.assert(
    fc.asyncProperty(rowsArbitrary, tiedArbitrary, async (rows, tied) => {
      await fill(rows, tied);
      const { counting, assigning } = planLinkageWeights(TABLES, dialect);
      await walk(counting);
      const read = await engine.query('SELECT * FROM linkage_cells ORDER BY cell', 'reading');
      const cells = read.map((row) => ({ source: Number(row['source']), ...linkedCellOf(row) }));
      const smallest = (values: readonly (string | null)[]) =>
        [...values].filter((one) => one !== null).sort()[0] ?? null;
      const levelsOf = (row: Row): (string | null)[] => {
        const own =
          row.subject === null
            ? [row]
            : rows.filter((one) => one.source === row.source && one.subject === row.subject);
        const eth = row.source === 1 ? smallest(own.map((one) => one.eth)) : null;
        return [smallest(own.map(({ sex }) => sex)), null, eth, null];
      };
      const keyOf = (source: number, levels: readonly (string | null)[]) => JSON.stringify([source, levels]);
      const expected = new Map<string, [number, number]>();
      for (const row of rows) {
        const key = keyOf(row.source, levelsOf(row));
        const [records, linked] = expected.get(key) ?? [0, 0];
        expected.set(key, [records + 1, linked + Number(isLinked(row, tied))]);
      }
      const groups = cells.map(({ source, levels, records, linked }) => [
        keyOf(source, levels),
        [records, linked],
      ]);
      expect(Object.fromEntries(groups)).toEqual(Object.fromEntries(expected));
      // any weights do: each must be given to the subjects with its characteristics
      await walk([
        cellWeightsStep(new Map(read.map((row, index) => [Number(row['cell']), index + 1.25]))),
        ...assigning,
      ]);
      const weights = await engine.query(
        'SELECT source, own, linkage_weight FROM linkage_weights AS w JOIN subjects AS s ON w.subject = s.subject',
        'reading',
      );
      const subjects = new Set(
        rows.flatMap(({ source, subject }) => (subject === null ? [] : [`${source} ${subject}`])),
      );
      expect(weights.map((row) => `${row['source']} ${row['own']}`).sort()).toEqual([...subjects].sort());
      for (const row of weights) {
        const source = Number(row['source']);
        const one = rows.find(
          (other) => other.source === source && String(other.subject) === String(row['own']),
        )!;
        const index = cells.findIndex(
          (cell) => keyOf(cell.source, cell.levels) === keyOf(source, levelsOf(one)),
        );
        expect(row['linkage_weight']).toBe(index + 1.25);
      }
    }),
    { numRuns: 40 },
  );
});
