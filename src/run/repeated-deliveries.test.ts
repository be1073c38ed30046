import { copyFileSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
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
    /stays-2\.csv\.gz, stays\.csv: the files of stays have records in common: of 600 looked at in .*, 600 are in/,
  ],
  [
    'the same rows in another order, with a few more',
    () => stays('stays-2.csv', shuffled([...stayRows(0, 600), ...stayRows(600, 640)])),
    /of 600 looked at in stays\.csv, 600 are in stays-2\.csv/,
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
    () => put('patients-2.csv', [PATIENTS_HEADER, ...patientRows(390, (index) => String(1 + (index % 2)))]),
    /patients-2\.csv, patients\.csv:key: 390 patient keys occur more than once/,
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
      ...Array.from({ length: 400 }, (_, index) => `k${index},2026-0${month}-1${index % 9},44054006`),
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

it('records that come again stop the run, wherever in a large file they are', async () => {
  // a ward of its own tells each stay from the others of its patient
  const rows = (from: number, to: number) =>
    stayRows(from, to).map((row, index) => row.replace(/ward \d/, `ward ${from + index}`));
  stays('stays.csv', rows(0, 9000));
  stays('stays-2.csv', [...rows(20_000, 23_000), ...rows(3000, 9000)]);
  const message = await folder.refusal(nightlyPipeline());
  expect(message).toMatch(/stays-2\.csv, stays\.csv: the files of stays have records in common/);
  const [, sampled, found] = /of (\d+) looked at in .*, (\d+) are in/.exec(message)!.map(Number);
  expect(sampled).toBeGreaterThan(1500);
  expect(sampled).toBeLessThan(3500);
  expect(found! / sampled!).toBeCloseTo(2 / 3, 1);
});

describe('a table without a record id and without a date', () => {
  /** The GP's flags of patients: the flags of each patient and nothing else. */
  const undated = (): object => {
    const pipeline = nightlyPipeline() as {
      sources: { surgery: { tables: Record<string, object> } };
      release: { tables: Record<string, object> };
    };
    pipeline.sources.surgery.tables['flags'] = {
      files: 'flags*.csv',
      columns: {
        key: { role: 'patient-key' },
        flag: { role: 'category' },
        level: { role: 'integer' },
      },
    };
    pipeline.release.tables['flags'] = { flag: 'keep', level: 'keep' };
    return pipeline;
  };
  const flags = (file: string, rows: readonly string[]) => put(file, ['key,flag,level', ...rows]);
  const many = (from: number, to: number, row: (index: number) => string) =>
    Array.from({ length: to - from }, (_, index) => row(from + index));
  /** Each row says something of its own. */
  const telling = (index: number) => `k${100 + (index % 250)},flag ${index % 13},${index}`;
  /** Each patient has one of five values. */
  const meagre = (index: number) => `k${index},flag ${index % 5},0`;
  /** Of nine in ten the same is said each month, of other ones. */
  const attended = (month: number) => (index: number) =>
    `k${index},${(index * 7) % 10 === month ? 'missed' : 'attended'},1`;

  it.each([
    ['the first rows of the other file', (rows: string[]) => rows],
    ['rows of the other file, at the end', (rows: string[]) => rows.toReversed()],
  ])('is delivered twice in part: %s', async (_, order) => {
    flags('flags.csv', many(0, 1000, telling));
    flags('flags-2.csv', order([...many(0, 600, telling), ...many(5000, 5400, telling)]));
    expect(await folder.refusal(undated())).toMatch(
      /^exit 1: flags-2\.csv, flags\.csv: the files of flags have rows in common: of 1000 looked at in .*, 600 are in/,
    );
  });

  it('is delivered twice in part, in files that are looked at by a sample', async () => {
    flags('flags.csv', many(0, 12_000, telling));
    flags('flags-2.csv', [...many(20_000, 25_000, telling), ...many(0, 9000, telling)]);
    expect(await folder.refusal(undated())).toMatch(/flags-2\.csv, flags\.csv: .* have rows in common/);
  });

  it('is a warning where two patients could have equal rows by chance', async () => {
    flags('flags.csv', many(0, 400, meagre));
    flags('flags-2.csv', [
      ...many(0, 250, meagre),
      ...many(0, 150, (index) => `k${index},other ${index % 5},1`),
    ]);
    const { result } = await folder.publish(undated());
    expect(result.warnings.map(({ check, file }) => [check, file])).toEqual([
      ['repeated-delivery', 'flags-2.csv, flags.csv'],
    ]);
  });

  it('passes where most patients have the same values in every file', async () => {
    flags('flags.csv', many(0, 390, attended(1)));
    flags('flags-2.csv', many(60, 400, attended(2)));
    expect((await folder.publish(undated())).result.warnings).toEqual([]);
  });

  it('passes where few rows differ at all', async () => {
    const few = (index: number) => `k${200 + (index % 5)},flag ${index % 4},1`;
    flags('flags.csv', many(0, 500, few));
    flags('flags-2.csv', many(0, 450, few));
    expect((await folder.publish(undated())).result.warnings).toEqual([]);
  });

  it('is delivered twice as a whole, though few rows differ, where each occurs as often in both', async () => {
    const few = (index: number) => `k${200 + (index % 5)},flag ${index % 4},1`;
    flags('flags.csv', many(0, 500, few));
    flags('flags-2.csv', many(0, 500, few).toReversed());
    expect(await folder.refusal(undated())).toMatch(/of 500 looked at in .*, 500 are in/);
  });

  it('passes where the patients are the same and their values differ', async () => {
    flags('flags.csv', many(0, 400, telling));
    flags('flags-2.csv', many(400, 800, telling));
    expect((await folder.publish(undated())).result.warnings).toEqual([]);
  });
});
