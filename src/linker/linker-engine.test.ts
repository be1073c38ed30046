import { afterAll, beforeAll, expect, test } from 'vitest';
import type { DuckDbEngine } from '../engine/duckdb/engine.ts';
import { openSmallEngine } from '../engine/duckdb/test-rig/small-engine.ts';
import { sql, table } from '../sql/sql.ts';
import { type Step, step } from '../sql/step.ts';
import { runStep } from './linker-engine.ts';

let engine: DuckDbEngine;
beforeAll(async () => {
  engine = await openSmallEngine();
  await engine.run('CREATE TABLE people AS SELECT i FROM range(3) AS r(i)', 'filling');
  await engine.run('CREATE TABLE places AS SELECT i FROM range(2) AS r(i)', 'filling');
});
afterAll(() => engine.close());

const about = 'made for a test';

test('a step leaves its rows under its name, and says how many they are', async () => {
  const made = step({
    name: 'met_there',
    about,
    sql: sql`SELECT * FROM ${table('people')} JOIN ${table('places')} USING (i)`,
  });
  expect(await runStep(engine, made)).toBe(2);
  expect(await engine.query('SELECT count(*)::INTEGER AS n FROM met_there', 'counting')).toEqual([{ n: 2 }]);
});

const UNSAID: readonly [how: string, sql: string][] = [
  ['in a join', 'SELECT * FROM people JOIN places USING (i)'],
  ['in a list', 'SELECT people.i FROM people, places'],
  ['quoted, and in other letters', 'SELECT people.i FROM people, "Places"'],
  ['in a condition', 'SELECT * FROM people WHERE EXISTS (SELECT 1 FROM places AS p WHERE p.i = people.i)'],
  [
    'in a common table expression',
    'WITH named AS (SELECT * FROM places) SELECT * FROM people JOIN named USING (i)',
  ],
  ['behind a union', 'SELECT i FROM people UNION ALL SELECT i FROM places'],
];

test.each(UNSAID)('a step that reads a table %s without saying so is a bug', async (_, text) => {
  const faulty: Step = { name: 'faulty', about, reads: ['people'], sql: text };
  await expect(runStep(engine, faulty)).rejects.toMatchObject({ exitCode: 70 });
  const [left] = await engine.query(
    "SELECT count(*)::INTEGER AS n FROM duckdb_tables() WHERE table_name = 'faulty'",
    'counting',
  );
  expect(left).toEqual({ n: 0 });
});

const SAID: readonly [what: string, sql: string][] = [
  ['a common table expression', 'WITH mine AS (SELECT i FROM people) SELECT * FROM mine'],
  ['a function', 'SELECT p.i FROM people AS p JOIN range(2) AS r(i) USING (i)'],
  ['an alias', 'SELECT places.i FROM people AS places'],
];

test.each(SAID)('%s is no table that must be named', async (what, text) => {
  const name = what.replaceAll(' ', '_');
  expect(await runStep(engine, { name, about, reads: ['people'], sql: text })).toBeGreaterThan(1);
});

test('an expression that is called as a table that it reads hides nothing', async () => {
  const text = 'WITH places AS (SELECT * FROM places) SELECT * FROM places';
  await expect(runStep(engine, { name: 'hidden', about, reads: [], sql: text })).rejects.toMatchObject({
    exitCode: 70,
  });
});

test('what cannot be parsed is refused, and not taken to read nothing', async () => {
  const faulty: Step = { name: 'faulty', about, reads: [], sql: 'SELECT FROM WHERE' };
  await expect(runStep(engine, faulty)).rejects.toMatchObject({ exitCode: 4 });
});
