import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { expect, test } from 'vitest';
import { TallystickError } from '../../domain/problem.ts';
import { birthDateSql } from './birth-date-sql.ts';
import { dateSql } from './date-sql.ts';
import { nhsNumberSql } from './nhs-number-sql.ts';
import { postcodeSql } from './postcode-sql.ts';
import { sexSql } from './sex-sql.ts';
import { applyLayers } from './standardised-sql.ts';

const PATIENTS = `(SELECT * FROM (VALUES ('p1', '401 023 2137', 'SWIA 2AA', '31/01/1980', 'F', '01/02/2020'),
  ('p2', '', 'ZZ99 3VZ', '01/01/1900', 'U', 'n/a')) AS t ("key", "NHS ""no""", "post", "dob", "sex", "seen"))`;

const layered = applyLayers(
  PATIENTS,
  ['"key" AS local_key', `${dateSql('"seen"', '%d/%m/%Y')} AS seen`],
  [
    nhsNumberSql('"NHS ""no"""', 'nhs', { allowTestRange: false }),
    postcodeSql('"post"', 'pc'),
    birthDateSql('"dob"', 'dob', '%d/%m/%Y', '2024-03-01'),
    sexSql('"sex"', 'sex', { M: 1, F: 2, U: 0 }),
  ],
);

async function read(sql: string) {
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  return connection.runAndReadAll(sql);
}

test('what is kept, then value and outcome of each, leave; the raw cells do not', async () => {
  const result = await read(layered);
  expect(result.columnNamesAndTypesJson()).toEqual(
    expect.objectContaining({
      columnNames: [
        ...['local_key', 'seen', 'nhs_value', 'nhs_outcome', 'pc_value', 'pc_outcome'],
        ...['dob_value', 'dob_outcome', 'sex_value', 'sex_outcome'],
      ],
    }),
  );
  expect(result.columnTypes().map(String)).toEqual(
    'VARCHAR DATE BIGINT TINYINT VARCHAR TINYINT INTEGER TINYINT TINYINT TINYINT'.split(' '),
  );
  expect(result.getRows().map((row) => row.map((cell) => (cell === null ? null : String(cell))))).toEqual([
    ['p1', '2020-02-01', '4010232137', '1', 'SW1A2AA', '2', '19800131', '1', '2', '1'],
    ['p2', null, null, '3', null, '7', null, '4', null, '8'],
  ]);
});

test('the plan is projections over a read, with nothing that holds rows', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'tallystick-standardise-'));
  const file = join(folder, 'patients.csv');
  writeFileSync(file, 'p1,,,,,\n');
  const names = ['key', 'NHS "no"', 'post', 'dob', 'sex', 'seen'];
  const columns = names.map((name) => `'${name}': 'VARCHAR'`).join(', ');
  const csv = `read_csv('${file}', header = false, auto_detect = false, columns = {${columns}})`;
  const plan = await read(`EXPLAIN (FORMAT json) ${layered.replace(PATIENTS, csv)}`);
  rmSync(folder, { recursive: true });
  const operators = Array.from(String(plan.getRows()[0]?.[1]).matchAll(/"name":\s*"([^"]+)"/g), ([, name]) =>
    name?.trim(),
  );
  expect(new Set(operators)).toEqual(new Set(['PROJECTION', 'READ_CSV']));
});

test('without standardised columns it is a plain SELECT', () => {
  expect(applyLayers('t', ['a'], [])).toBe('SELECT a FROM t');
});

test.each(['', 'A', 'a-b', 'a b', '1a', 'a;'])('%j is no prefix', (prefix) => {
  expect(() => postcodeSql('c', prefix)).toThrow(TallystickError);
});
