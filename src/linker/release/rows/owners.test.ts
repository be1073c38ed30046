/** The persons of subjects and of records, as rows find them. */
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linkColumns } from '../../../domain/added-column.ts';
import { LADDERS } from '../../../domain/match-rank.ts';
import type { DuckDbEngine } from '../../../engine/duckdb/engine.ts';
import { openSmallEngine } from '../../../engine/duckdb/test-rig/small-engine.ts';
import { table } from '../../../sql/sql.ts';
import { ALONE } from '../../opt-outs/held-code.ts';
import type { RecordTable } from '../steps.ts';
import { NOBODYS, readOwners } from './owners.ts';
import { NO_VALUE } from './ranks.ts';

const STAYS: RecordTable = {
  name: 'stays',
  source: 1,
  relation: table('stays'),
  parent: null,
  numberInSource: 'subject - 100',
  links: linkColumns(LADDERS['two-step'], true),
};

let engine: DuckDbEngine;
beforeEach(async () => {
  engine = await openSmallEngine();
  const columns =
    'reason TINYINT, is_alone BOOLEAN, person INTEGER, match_rank TINYINT, linkage_weight DOUBLE';
  await engine.run(`CREATE TABLE subject_numbers (source TINYINT, subject INTEGER, ${columns})`, 'making');
  await engine.run(
    `CREATE TABLE record_numbers_stays (record_a BIGINT, record_b BIGINT, ${columns})`,
    'making',
  );
});
afterEach(() => engine.close());

const put = (rows: string, into = 'subject_numbers') =>
  engine.run(`INSERT INTO ${into} VALUES ${rows}`, 'filling');

test('subjects are owners by their numbers, in any order; those without a person have no owner', async () => {
  await put(
    '(1, 103, 0, false, 7, 1, 1.5), (0, 100, 0, false, 9, 1, 1.5), (1, 100, 2, false, NULL, 2, NULL), (1, 102, 0, false, 7, 2, 1.25)',
  );
  const { index, persons, reasons, links } = await readOwners(engine, STAYS, 5);
  expect(index).toBeNull();
  expect([...persons]).toEqual([-1, -1, 7, 7, -1]);
  expect([...reasons]).toEqual([2, NOBODYS, 0, 0, NOBODYS]);
  expect(links.map(({ ranks }) => [...ranks])).toEqual([
    [2, NO_VALUE, 2, 1, NO_VALUE],
    [NO_VALUE, NO_VALUE, 0, 1, NO_VALUE],
  ]);
});

test('a subject that leads to two persons is a bug, and so is one beyond those of its source', async () => {
  await put('(1, 101, 0, false, 7, 1, 1.5), (1, 101, 0, false, 8, 1, 1.5)');
  await expect(readOwners(engine, STAYS, 5)).rejects.toThrow('a subject leads to more than one person');
  await engine.run('DELETE FROM subject_numbers', 'emptying');
  await put('(1, 105, 0, false, 7, 1, 1.5)');
  await expect(readOwners(engine, STAYS, 5)).rejects.toThrow('beyond those of its source');
  await put('(1, 99, 0, false, 7, 1, 1.5)');
  await expect(readOwners(engine, STAYS, 6)).rejects.toThrow('beyond those of its source');
});

test('records are owners by their tokens', async () => {
  await put(
    '(8, 9, 0, false, 7, 1, 1.5), (NULL, NULL, 0, false, 3, 1, 1.5), (9, 8, 4, true, NULL, 1, NULL)',
    'record_numbers_stays',
  );
  const { index, persons, reasons } = await readOwners(engine, { ...STAYS, parent: 'stays' }, 0);
  const [a, b] = [new Uint32Array([8, 0, 9, 0, 8, 0]), new Uint32Array([9, 0, 8, 0, 8, 0])];
  const found = [0, 1, 2].map((row) => index!.find(a, b, row));
  expect(found[2]).toBe(-1);
  expect(found.slice(0, 2).map((owner) => [persons[owner], reasons[owner]])).toEqual([
    [7, 0],
    [-1, 4 + ALONE],
  ]);
});
