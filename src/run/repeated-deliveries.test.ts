import { copyFileSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BenchFolder } from './test-rig/bench-folder.ts';
import {
  nightlyPipeline,
  PATIENTS_HEADER,
  patientRows,
  putNight,
  STAYS_HEADER,
  stayRows,
} from './test-rig/nightly-data.ts';

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
  putNight(folder);
});
afterEach(() => folder.remove());

const put = (file: string, rows: readonly string[]) => folder.put(file, `${rows.join('\n')}\n`);
const stays = (file: string, rows: readonly string[]) => put(file, [STAYS_HEADER, ...rows]);
const read = (file: string) => readFileSync(folder.at(file));
const shuffled = (rows: readonly string[]) => rows.toSorted((a, b) => (a.slice(-9) < b.slice(-9) ? -1 : 1));

it.each<[string, () => void, RegExp]>([
  [
    'two files of the same content',
    () => copyFileSync(folder.at('stays.csv'), folder.at('stays-copy.csv')),
    /^exit 1: stays-copy\.csv, stays\.csv: the files of stays have the same content \(matched by stays\*\.csv\*\)/,
  ],
  [
    'a link to the file',
    () => symlinkSync(folder.at('stays.csv'), folder.at('stays-part.csv')),
    /stays-part\.csv, stays\.csv: the files of stays have the same content/,
  ],
  [
    'a file beside its compressed copy',
    () => folder.put('stays.csv.gz', gzipSync(read('stays.csv'))),
    /stays\.csv, stays\.csv\.gz: the files of stays are one file, and a compressed copy of it/,
  ],
  [
    'a compressed copy of another name',
    () => folder.put('stays-2.csv.gz', gzipSync(read('stays.csv'))),
    /stays-2\.csv\.gz, stays\.csv: the files of stays have records in common: of 200 looked at in .*, 200 are in/,
  ],
  [
    'the same rows in another order, with a few more',
    () => stays('stays-2.csv', shuffled([...stayRows(0, 600), ...stayRows(600, 640)])),
    /of 200 looked at in stays\.csv, 200 are in stays-2\.csv/,
  ],
  [
    'yesterday’s rows and today’s, most of them the same',
    () => {
      stays('stays.csv', stayRows(0, 150));
      stays('stays-2.csv', stayRows(60, 210));
    },
    /of 150 looked at in stays(-2)?\.csv, 90 are in/,
  ],
  [
    'a part of the other file',
    () => stays('stays-2.csv', stayRows(300, 310)),
    /of 10 looked at in stays-2\.csv, 10 are in stays\.csv/,
  ],
  [
    'patients, most of them in both',
    () => put('patients-2.csv', [PATIENTS_HEADER, ...patientRows(390, (at) => String(1 + (at % 2)))]),
    /patients-2\.csv, patients\.csv:key: 390 patient keys stand more than once/,
  ],
  [
    'events without an id',
    () =>
      folder.put(
        'visits-2.csv',
        Buffer.concat([read('visits.csv'), Buffer.from('k1,2026-03-01,44054006\n')]),
      ),
    /visits-2\.csv, visits\.csv: the files of visits have records in common/,
  ],
])('delivered twice: %s', async (_, deliver, message) => {
  deliver();
  expect(await folder.refusal(nightlyPipeline())).toMatch(message);
});

it('one file that two patterns match', async () => {
  const files = { stays: ['stays.csv', 'sta*.csv'] };
  expect(await folder.refusal(nightlyPipeline({}, files))).toContain(
    'stays.csv: the files of stays are one file that several patterns match (matched by stays.csv, sta*.csv)',
  );
});

it('one file that two patterns match, and only one of them may name', async () => {
  folder.put('stays_Smith.csv', read('stays.csv'));
  rmSync(folder.at('stays.csv'));
  const message = await folder.refusal(nightlyPipeline({}, { stays: ['stays_S*.csv', 'sta*.csv'] }));
  expect(message).toMatch(
    /^exit 1: acute\.stays#1: the files of stays are one file that several patterns match/,
  );
  expect(message).not.toContain('Smith');
});

it('what is new in each file passes, though the patients are the same', async () => {
  rmSync(folder.at('stays.csv'));
  for (let part = 0; part < 4; part += 1) stays(`stays-${part}.csv`, stayRows(part * 400, part * 400 + 400));
  const visits = (month: number) =>
    put(`visits-${month}.csv`, [
      'key,seen,code',
      ...Array.from({ length: 400 }, (_, at) => `k${at},2026-0${month}-1${at % 9},44054006`),
    ]);
  visits(1);
  visits(3);
  const { result } = await folder.publish(nightlyPipeline());
  expect(result.warnings).toEqual([]);
  expect(result.rowsIn).toBe(400 + 430 + 800 + 1600);
});

it('a few records in both pass, and are a warning where the pipeline file asks for one', async () => {
  stays('stays-2.csv', stayRows(540, 740));
  expect((await folder.publish(nightlyPipeline())).result.warnings).toEqual([]);
  const expected = { repeats: { warn: '10%', stop: 'never' } };
  const { result } = await folder.publish(nightlyPipeline({ expect: expected }));
  expect(result.warnings.map(({ check, file }) => [check, file])).toEqual([
    ['repeated-delivery', 'stays-2.csv, stays.csv'],
  ]);
});

it('files of a header alone are no delivery, and may be as many as there are', async () => {
  const pipeline = nightlyPipeline() as { sources: { acute: { tables: { stays: object } } } };
  Object.assign(pipeline.sources.acute.tables.stays, { allowEmpty: true });
  for (const file of ['stays-2.csv', 'stays-3.csv']) stays(file, []);
  expect((await folder.publish(pipeline)).result.warnings).toEqual([]);
});

it('nothing is looked for where the pipeline file says never', async () => {
  copyFileSync(folder.at('stays.csv'), folder.at('stays-copy.csv'));
  const { result } = await folder.publish(nightlyPipeline({ expect: { repeats: { stop: 'never' } } }));
  expect(result.warnings).toEqual([]);
});
