import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { BenchFolder } from '../run/test-rig/bench-folder.ts';
import { flatPipeline } from '../run/test-rig/flat-source.ts';
import { ArrowFileWriter } from '../write/arrow-file-writer.ts';
import { openArrowFile } from '../write/arrow-read.ts';
import type { ChunkColumn, ColumnKind } from '../write/output-column.ts';
import { RuleCheck } from './rule-check.ts';

let folder: string;
let rig: BenchFolder;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-rules-'));
  rig = BenchFolder.make();
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
  rig.remove();
});

const DAY_MS = 86_400_000;
const day = (text: string) => Date.parse(text) / DAY_MS;
const days = (...texts: string[]): ChunkColumn => ({
  values: Int32Array.from(texts, day),
  validity: null,
});
const texts = (...values: string[]): readonly [ColumnKind, ChunkColumn] => [
  { kind: 'dictionary', values: [...new Set(values)].sort() },
  { values: Int32Array.from(values, (one) => [...new Set(values)].sort().indexOf(one)), validity: null },
];

/** Writes one column and judges it by the rules of a pipeline. */
async function judge(pipeline: Pipeline, table: string, name: string, type: ColumnKind, column: ChunkColumn) {
  files += 1;
  const path = join(folder, `${files}.arrow`);
  const writer = await ArrowFileWriter.open(path, [{ name, type, nullable: true, metadata: {} }], {});
  const rows = (column.values as Int32Array).length;
  writer.append({ rows, columns: [column] });
  await writer.close();
  const arrow = await openArrowFile(path);
  const check = new RuleCheck(pipeline, table);
  check.schema(arrow.fields);
  for await (const batch of arrow.batches()) check.batch(arrow.fields, batch);
  await arrow.close();
  return check.violations;
}

const stays = (role: string, rule: unknown) =>
  rig.parse(flatPipeline({ columns: { it: { role } }, release: { it: rule } }));
const persons = (facts: Readonly<Record<string, unknown>>) => {
  const pipeline = flatPipeline({
    columns: {
      born: { role: 'date-of-birth' },
      sex: { role: 'sex' },
      lsoa: { role: 'area' },
      died: { role: 'date-of-death' },
    },
    release: {},
  }) as { release: { tables: object } };
  return rig.parse({
    ...pipeline,
    release: { ...pipeline.release, tables: { stays: {}, persons: facts } },
  });
};

test.each([
  ['the first of a month is a month', ['2024-02-01', '1970-01-01', '1899-12-01', '1650-03-01'], 0],
  ['any other day is none', ['2024-02-01', '2024-02-29', '1899-12-31', '1650-03-02'], 3],
])('%s', async (_, dates, values) => {
  const found = await judge(stays('date', 'month'), 'stays', 'it', { kind: 'date32' }, days(...dates));
  expect(found).toEqual(values === 0 ? [] : [{ column: 'it', values }]);
});

test('the content of a null cell is not checked', async () => {
  const column = { values: Int32Array.of(day('2024-02-29'), day('2024-02-01')), validity: Uint8Array.of(2) };
  expect(await judge(stays('date', 'month'), 'stays', 'it', { kind: 'date32' }, column)).toEqual([]);
});

test('a whole date in a column of years has the wrong type', async () => {
  const found = await judge(stays('date', 'year'), 'stays', 'it', { kind: 'date32' }, days('2024-01-01'));
  expect(found).toEqual([{ column: 'it', values: 0 }]);
});

test.each<[unknown, string[], number]>([
  [{ rule: 'truncate', length: 3 }, ['E11', 'E1', '', '😀é3'], 0],
  [{ rule: 'truncate', length: 3 }, ['E11', 'E119', 'E119'], 2],
  [{ rule: 'map', map: { a: 'x' } }, ['x'], 0],
  [{ rule: 'map', map: { a: 'x' } }, ['x', 'a'], 1],
  [{ rule: 'map', map: { a: 'x' }, other: 'o' }, ['x', 'o'], 0],
  ['keep', ['anything'], 0],
])('a text under %j', async (rule, values, impossible) => {
  const [type, column] = texts(...values);
  const found = await judge(stays('category', rule), 'stays', 'it', type, column);
  expect(found).toEqual(impossible === 0 ? [] : [{ column: 'it', values: impossible }]);
});

test.each<[string, unknown, readonly [ColumnKind, ChunkColumn], number]>([
  ['age_band', { rule: 'age-band', width: 5, top: 90 }, texts('0-4', '85-89', '90+'), 0],
  ['age_band', { rule: 'age-band', width: 5, top: 90 }, texts('0-4', '37', '90-94'), 2],
  ['sex', 'keep', texts('1', '2'), 0],
  ['sex', 'keep', texts('1', '9'), 1],
  ['area', { rule: 'truncate', length: 4 }, texts('E010', 'E01000001'), 1],
  ['date_of_death', 'month', [{ kind: 'date32' }, days('2024-02-29')], 1],
])('the fact %s of a person under %j', async (fact, rule, [type, column], impossible) => {
  const found = await judge(persons({ [fact]: rule }), 'persons', fact, type, column);
  expect(found).toEqual(impossible === 0 ? [] : [{ column: fact, values: impossible }]);
});
