import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { openSmallEngine } from '../../engine/duckdb/test-rig/small-engine.ts';
import { TokenNumbers } from './token-numbers.ts';
import { tokenNumber } from './token-sql.ts';

let engine: DuckDbEngine;
beforeEach(async () => {
  engine = await openSmallEngine();
});
afterEach(() => engine.close());

function register(numbers: TokenNumbers): void {
  for (const one of numbers.functions) engine.register(one);
}

/** Halves of few different values, some of which differ in one word only. */
const half = fc.constantFrom(0n, 1n, -1n, 1n << 32n, (1n << 32n) + 1n, -(1n << 63n), (1n << 63n) - 1n);
const tokens = fc.array(fc.option(fc.tuple(half, half), { nil: null }), { minLength: 1, maxLength: 60 });

async function fill(some: readonly (readonly [bigint, bigint] | null)[]): Promise<void> {
  const rows = some.map((one, row) => `(${row}, ${one === null ? 'NULL, NULL' : one.join()})`);
  await engine.run('CREATE OR REPLACE TABLE met (row INTEGER, t_a BIGINT, t_b BIGINT)', 'making');
  await engine.run(`INSERT INTO met VALUES ${rows.join()}`, 'filling');
}

test('a token has one number, another token another one, and no token none; from the number the token is read', async () => {
  await fc.assert(
    fc.asyncProperty(tokens, async (some) => {
      const numbers = new TokenNumbers();
      engine.close();
      engine = await openSmallEngine();
      register(numbers);
      await fill(some);
      await engine.run(
        `CREATE TABLE numbered AS SELECT row, t_a, t_b, ${tokenNumber('met.t')} AS number FROM met`,
        'numbering',
      );
      numbers.complete();
      const rows = await engine.query(
        `SELECT n.number, n.t_a IS NULL AS is_missing,
  CASE WHEN number IS NOT NULL THEN token_of(number).a = t_a AND token_of(number).b = t_b END AS is_read FROM numbered AS n ORDER BY row`,
        'reading',
      );
      const distinct = new Set(some.filter((one) => one !== null).map((one) => one.join()));
      const numberOf = new Map<string, number>();
      for (const [index, { number, is_missing: isMissing, is_read: isRead }] of rows.entries()) {
        const token = some[index]!;
        expect([isMissing, number === null]).toEqual([token === null, token === null]);
        if (token === null) continue;
        expect(isRead).toBe(true);
        expect(number).toBe(numberOf.get(token.join()) ?? number);
        numberOf.set(token.join(), Number(number));
      }
      expect(numbers.size).toBe(distinct.size);
      expect(new Set(numberOf.values())).toEqual(new Set([...distinct].map((_, index) => index)));
    }),
    { numRuns: 40 },
  );
});

test('each token has a number of its own, however many there are, and the table grows', async () => {
  const many = 2_600_000; // the first table has 4.2 million slots, of which 0.6 are used
  const numbers = new TokenNumbers();
  register(numbers);
  const halves = (n: string) =>
    `hash(${n})::HUGEINT - 9223372036854775808, hash(${n} + 1000000000)::HUGEINT - 9223372036854775808`;
  const [row] = await engine.query(
    `SELECT count(DISTINCT number)::INTEGER AS different, min(number) AS least, max(number) AS greatest,
  count(*) FILTER (WHERE token_number(a, b).number <> number)::INTEGER AS others
FROM (SELECT a, b, token_number(a, b).number AS number
      FROM (SELECT CAST(v[1] AS BIGINT) AS a, CAST(v[2] AS BIGINT) AS b
            FROM (SELECT [${halves('n')}] AS v FROM range(${many}) AS r(n)))) AS numbered`,
    'numbering',
  );
  expect(row).toEqual({ different: many, least: 0, greatest: many - 1, others: 0 });
  numbers.complete();
});

test('a token that has no number is not given one by looking it up', async () => {
  const numbers = new TokenNumbers();
  register(numbers);
  await fill([
    [1n, 2n],
    [3n, 4n],
    [3n, 5n],
  ]);
  const known = numbers.numberOf(3, 0, 4, 0);
  const found = await engine.query(
    'SELECT known_token_number(t_a, t_b).number AS number FROM met ORDER BY row',
    'x',
  );
  expect(found.map(({ number }) => number)).toEqual([null, known, null]);
  expect(numbers.size).toBe(1);
});

test('more tokens or subjects than numbers are refused, with what to do', async () => {
  const numbers = new TokenNumbers(2);
  register(numbers);
  const tokensOf = (rows: number) => `SELECT token_number(n, n).number FROM range(${rows}) AS r(n)`;
  await engine.query(tokensOf(2), 'numbering');
  await engine.query(tokensOf(2), 'numbering');
  await expect(engine.query(tokensOf(3), 'numbering')).rejects.toThrow(/more than 2 different tokens/);
});

test('when all numbers are given, there are no others, and no token is looked up', async () => {
  const numbers = new TokenNumbers();
  register(numbers);
  expect(numbers.numberOf(1, 2, 3, 4)).toBe(0);
  numbers.complete();
  expect(() => numbers.numberOf(1, 2, 3, 4)).toThrow(/after all numbers were given/);
  await expect(engine.query('SELECT known_token_number(1, 2)', 'x')).rejects.toThrow();
  await expect(engine.query('SELECT token_of(1)', 'x')).rejects.toThrow();
  await expect(engine.query('SELECT token_of(-1)', 'x')).rejects.toThrow();
  numbers.close();
  await expect(engine.query('SELECT token_of(0)', 'x')).rejects.toThrow();
});
