import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import type { ReleaseRule } from '../../domain/release-rule.ts';
import type { Role } from '../../domain/role.ts';
import { duckdbDialect } from '../../engine/duckdb/dialect.ts';
import { coarsen } from '../../oracle/coarsen.ts';
import type { ColumnSpec } from '../../pipeline/pipeline.ts';
import { planColumn } from './plan-column.ts';

const TABLE = { source: 'gp', name: 'events' };

function column(role: Role): ColumnSpec {
  return {
    name: 'it',
    role,
    format: '',
    map: {},
    system: null,
    references: null,
    provider: null,
    codeShape: null,
    missing: [],
    flag: null,
    description: '',
  };
}

/** Every value under the rule, by the SQL of the plan. */
async function bySql(
  role: Role,
  rule: ReleaseRule,
  type: string,
  values: readonly (string | null)[],
): Promise<unknown[]> {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const { sql } = planColumn(column(role), rule, TABLE, duckdbDialect);
  const rows = values.map(
    (value, index) => `(${index}, ${value === null ? 'NULL' : duckdbDialect.text(value)})`,
  );
  const result = await connection.runAndReadAll(
    `SELECT CAST(${sql} AS VARCHAR) FROM (SELECT place, CAST(it AS ${type}) AS it FROM (VALUES ${rows.join(', ')}) AS t(place, it)) AS row ORDER BY place`,
  );
  connection.disconnectSync();
  return result.getRows().map(([value]) => value);
}

const DATES = ['2024-02-29', '1900-01-01', '0001-12-31', '9999-12-31', null];
const TEXTS = ['A', 'Ab', 'é', '😀x', "it's", '', 'constructor', null];
test.each<[Role, string, ReleaseRule, readonly (string | null)[]]>([
  ['date', 'DATE', { rule: 'keep' }, DATES],
  ['date', 'DATE', { rule: 'month' }, DATES],
  ['date', 'DATE', { rule: 'year' }, DATES],
  ['category', 'VARCHAR', { rule: 'keep' }, TEXTS],
  ['category', 'VARCHAR', { rule: 'truncate', length: 1 }, TEXTS],
  ['category', 'VARCHAR', { rule: 'map', map: { A: 'first', "it's": 'a "quote"' }, other: null }, TEXTS],
  ['category', 'VARCHAR', { rule: 'map', map: { A: 'Ab', Ab: 'A' }, other: 'rest' }, TEXTS],
  ['category', 'VARCHAR', { rule: 'map', map: {}, other: 'rest' }, TEXTS],
])('%s as %s under %j is what the plain rule says', async (role, type, rule, values) => {
  const plain = values
    .map((value) => coarsen(value, rule))
    .map((value) => (value === null ? null : String(value)));
  expect(await bySql(role, rule, type, values)).toEqual(plain);
});

test('a column says where it comes from and what was done to it', () => {
  const spec = { ...column('code'), system: 'icd-10' as const };
  expect(planColumn(spec, { rule: 'truncate', length: 3 }, TABLE, duckdbDialect)).toMatchObject({
    name: 'it',
    type: 'dictionary',
    system: 'icd-10',
    source: 'gp.events.it',
    rule: 'truncate to 3 characters',
    description: 'icd-10 code',
  });
});
