import { chmodSync, existsSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TallystickError } from '../domain/problem.ts';
import { BenchFolder, type RunOptions } from './test-rig/bench-folder.ts';
import { ByteSearch } from './test-rig/byte-search.ts';
import { type Canaries, plantCanaries } from './test-rig/canary-data.ts';
import { canaryPipeline } from './test-rig/canary-pipeline.ts';

let folder: BenchFolder;
let canaries: Canaries;
beforeEach(() => {
  folder = BenchFolder.make('same keys each time');
  canaries = plantCanaries(folder);
});
afterEach(() => folder.remove());

const read = (name: string) => readFileSync(folder.at(name), 'utf8');
const edit = (name: string, change: (text: string) => string | Buffer) =>
  folder.put(name, change(read(name)));
const append = (name: string, ...lines: string[]) => edit(name, (text) => `${text}${lines.join('\n')}\n`);

/** Runs a pipeline that must fail, and looks for canaries in all that it logged and left. */
async function fail(
  pipeline: object,
  options: RunOptions = {},
): Promise<{ exitCode: number; message: string }> {
  const search = new ByteSearch(canaries.texts, canaries.nhsNumbers);
  const { result, error, said } = await folder.run(pipeline, options);
  expect(result).toBeNull();
  expect(search.error('the error', error)).toEqual([]);
  expect(said.flatMap((line) => search.text('what was said', line))).toEqual([]);
  expect(search.folder(folder.out)).toEqual([]);
  expect(search.folder(folder.lastWork)).toEqual([]);
  expect(readdirSync(join(folder.out, 'tiny'))).toEqual([]); // not even the lock, or a hidden half of a run
  expect(existsSync(folder.at('.tmp'))).toBe(false);
  expect(error).toBeInstanceOf(TallystickError);
  const { exitCode, message } = error as TallystickError;
  return { exitCode, message };
}

describe('faulty deliveries', () => {
  it('more faulty rows than allowed', async () => {
    append('visits.csv', `${canaries.texts[0]}`, `${canaries.name()},"${canaries.nhsNumber()}"x,,,,,`);
    append('readings.csv', `${canaries.texts[0]},${canaries.name()},mm,`);
    const { exitCode, message } = await fail(canaryPipeline());
    expect(exitCode).toBe(1);
    expect(message).toMatch(/visits\.csv:\d+: too few columns[\s\S]*faulty/);
  });

  it('an opt-out code on a row that cannot be read, whoever else is on it', async () => {
    append(
      'visits.csv',
      `${canaries.key()},"${canaries.name()}"${canaries.nhsNumber()},05/01/2026,827241000000103,,,`,
      `${canaries.key()},${canaries.key()},05/01/2026,827241000000103`,
    );
    const { exitCode, message } = await fail(canaryPipeline({ quarantine: '100%' }));
    expect(exitCode).toBe(1);
    expect(
      message.match(/visits\.csv:\d+: this row may have an opt-out, which cannot be read/g),
    ).toHaveLength(2);
  });

  it('a header in which a declared column is missing, and others are people', async () => {
    edit('stays.csv', (text) => text.replace('ward', `ward of ${canaries.texts[1]}`));
    expect(await fail(canaryPipeline())).toMatchObject({ exitCode: 1 });
  });

  it('no header at all: the first row of people is in its place', async () => {
    for (const name of ['patients.csv', 'stays.csv'])
      edit(name, (text) => text.slice(text.indexOf('\n') + 1));
    const { exitCode, message } = await fail(canaryPipeline());
    expect(exitCode).toBe(1);
    expect(message).toContain('patients.csv:1:nhs: the declared column is not in the header');
  });

  it('another encoding', async () => {
    edit('patients.csv', (text) => Buffer.from(text.replaceAll('wick', 'wïck'), 'latin1'));
    edit('visits.csv', (text) => Buffer.from(text.replaceAll('53741008', '5374\xe9'), 'latin1'));
    expect((await fail(canaryPipeline())).message).toMatch(
      /visits\.csv:2:code: not in the declared encoding/,
    );
    edit('visits.csv', (text) => Buffer.from(text, 'utf16le'));
    expect((await fail(canaryPipeline())).exitCode).toBe(1);
  });

  it.each<[string, string, (text: string) => string, RegExp]>([
    ['the end in mid-row', 'stays.csv', (text) => text.slice(0, text.lastIndexOf(',')), /ends in mid-row/],
    [
      'a quote that is never closed',
      'visits.csv',
      (text) => `${text}${canaries.key()},"${canaries.name()},,,,,\n`,
      /ends in mid-row|uncertain/,
    ],
    [
      'two kinds of line ends',
      'stays.csv',
      (text) => text.replace('\n', '\r\n'),
      /line ends of different kinds/,
    ],
    ['no rows', 'readings.csv', (text) => text.slice(0, text.indexOf('\n') + 1), /has a header and no rows/],
    [
      'a patient who occurs twice',
      'patients.csv',
      (text) => `${text}${text.split('\n')[5]}\n`,
      /1 patient key occurs more than once/,
    ],
    [
      'rows that are numbers of people',
      'stays.csv',
      (text) => text.replaceAll(',RJ1,', ',4010232137,'),
      /leak scan/,
    ],
  ])('%s', async (_, name, change, message) => {
    edit(name, change);
    const done = await fail(canaryPipeline());
    expect(done.exitCode).toBe(1);
    expect(done.message).toMatch(message);
  });

  it('a damaged gzip file', async () => {
    const packed = gzipSync(read('stays.csv'));
    folder.put('stays.csv.gz', packed.subarray(0, packed.length / 2));
    const pipeline = JSON.parse(JSON.stringify(canaryPipeline()).replace('"stays.csv"', '"stays.csv.gz"'));
    expect(await fail(pipeline)).toMatchObject({ exitCode: 1 });
  });

  it('a file that is written to while it is read', async () => {
    const onStage = (stage: string) => {
      if (stage === 'tokenise readings') append('stays.csv', read('stays.csv').split('\n')[3]!);
    };
    expect((await fail(canaryPipeline(), { onStage })).message).toMatch(
      /stays\.csv: was written to while it was being read/,
    );
  });
});

describe('opt-out lists', () => {
  it('stale', async () => {
    const { exitCode, message } = await fail(canaryPipeline({ asOf: '2026-03-01' }));
    expect(exitCode).toBe(1);
    expect(message).toMatch(/register\.csv: the opt-out register is 31 days old/);
  });

  it.each<[string, (all: Canaries) => string]>([
    ['a type', (all) => `${all.nhsNumbers[0]},${all.name()},registered,2024-01-01`],
    ['an event', (all) => `${all.nhsNumbers[0]},1,${all.name()},2024-01-01`],
    ['a date', (all) => `${all.nhsNumbers[0]},1,registered,${all.nhsNumber()}`],
    ['a column too many', (all) => `${all.nhsNumbers[0]},1,registered,2024-01-01,${all.name()}`],
    ['an open quote', (all) => `${all.nhsNumbers[0]},1,"registered ${all.name()},2024-01-01`],
  ])('with a person where %s should be', async (_, line) => {
    append('register.csv', line(canaries));
    const { exitCode, message } = await fail(canaryPipeline());
    expect(exitCode).toBe(1);
    expect(message).toMatch(/^register\.csv/);
  });

  it('missing, and empty', async () => {
    folder.put('register.csv', 'nhs_number,type,event,date\n');
    expect((await fail(canaryPipeline())).message).toMatch(/register\.csv: the opt-out register is empty/);
    rmSync(folder.at('register.csv'));
    expect((await fail(canaryPipeline())).message).toMatch(/register\.csv: the opt-out register is missing/);
  });
});

describe('keys and other files', () => {
  it.each(['linkage', 'release'])(
    'a %s key that others can read, that is short, that is not there',
    async (purpose) => {
      const path = folder.at(`${purpose}.key`);
      const key = readFileSync(path);
      const search = new ByteSearch([key.toString('hex'), key.toString('base64')], []);
      const refused = async () => {
        const { error } = await folder.run(canaryPipeline());
        expect(search.error('the error', error)).toEqual([]);
        return error as TallystickError;
      };
      chmodSync(path, 0o640);
      expect(await refused()).toMatchObject({
        exitCode: 3,
        message: expect.stringContaining('open to others (mode 640)'),
      });
      chmodSync(path, 0o600);
      folder.put(`${purpose}.key`, key.subarray(0, 31));
      expect(await refused()).toMatchObject({
        exitCode: 3,
        message: expect.stringContaining('holds 31 bytes, not 32'),
      });
      rmSync(path);
      expect(await refused()).toMatchObject({
        exitCode: 3,
        message: expect.stringContaining('cannot be opened'),
      });
    },
  );

  it('a list of sensitive codes that holds people', async () => {
    folder.put('sensitive.csv', `system,code,match,reason\n${canaries.name()},1,exact,${canaries.name()}\n`);
    const pipeline = canaryPipeline() as { release: object };
    const message = (
      await fail({ ...pipeline, release: { ...pipeline.release, sensitiveCodes: 'sensitive.csv' } })
    ).message;
    expect(message).toMatch(/sensitive\.csv/);
  });

  it('a canary file that is not there', async () => {
    const { exitCode, message } = await fail(canaryPipeline({ canaries: 'gone.txt' }));
    expect(exitCode).toBe(1);
    expect(message).toMatch(/gone\.txt: the canary file cannot be read/);
  });
});

describe('the engine', () => {
  it('out of memory above the boundary, where nothing may be spilled', async () => {
    const { exitCode, message } = await fail(canaryPipeline(), { memory: '4MB', threads: 1 });
    expect(exitCode).toBe(4);
    expect(message).toMatch(/ran out of memory while (?:reading|looking)/);
  });

  it.each(['tokenise visits', 'tokenise stays', 'subjects', 'release visits', 'write stays'])(
    'stopped at "%s"',
    async (at) => {
      const controller = new AbortController();
      const reason = new TallystickError(130, [{ message: 'interrupted' }]);
      const onStage = (stage: string) => {
        if (stage === at) controller.abort(reason);
      };
      expect(await fail(canaryPipeline(), { signal: controller.signal, onStage })).toMatchObject({
        exitCode: 130,
      });
    },
  );
});
