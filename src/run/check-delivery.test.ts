/**
 * What `check` says before a run is what the run would say: each delivery here is looked at, and then run.
 */
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { TallystickError } from '../domain/problem.ts';
import { generateKeyFile } from '../keys/generate-key-file.ts';
import { RunLock } from '../write/run-lock.ts';
import type { DeliveryFinding } from './check/delivery-finding.ts';
import { checkDelivery } from './check-delivery.ts';
import { BenchFolder, RUN_DATE } from './test-rig/bench-folder.ts';
import { nightlyPipeline, putNight, STAYS_HEADER, stayRows } from './test-rig/nightly-data.ts';

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
  putNight(folder);
});
afterEach(() => folder.remove());

/** Everything that a look must leave as it is: names, contents and times of change. */
function stateOf(path: string): string[] {
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .sort()
    .map((name) => `${name} ${statSync(join(path, name)).mtimeMs}`);
}

async function look(pipeline: object = nightlyPipeline()): Promise<readonly DeliveryFinding[]> {
  const before = stateOf(folder.path);
  const parsed = folder.parse(pipeline);
  const { findings } = await checkDelivery(parsed, folder.out, RUN_DATE, new AbortController().signal);
  expect(stateOf(folder.path)).toEqual(before);
  expect(JSON.stringify(findings)).not.toMatch(/99900\d{5}|LS\d|ward |k17/);
  return findings;
}

const failuresOf = (findings: readonly DeliveryFinding[]) =>
  findings.filter(({ verdict }) => verdict === 'failed');
const problemsOf = (findings: readonly DeliveryFinding[]) =>
  failuresOf(findings).flatMap(({ problems }) => problems ?? []);
const warningsOf = (findings: readonly DeliveryFinding[]) =>
  findings.filter(({ verdict }) => verdict === 'warning').map(({ found }) => found);

const read = (file: string) => readFileSync(folder.at(file));
const stays = (end: string) =>
  folder.put('stays.csv', `${[STAYS_HEADER, ...stayRows(0, 600)].join('\n')}${end}`);
const staysAs = (name: string, content: Buffer) => {
  folder.put(name, content);
  rmSync(folder.at('stays.csv'));
};
const register = { file: 'register.csv', asOf: '2026-04-01', maxAge: '400d' };
const codes = { table: 'visits', column: 'code', date: 'seen' };

it('finds nothing wrong with a delivery that can be run, and says that it is the first night', async () => {
  const findings = await look();
  expect(new Set(findings.map(({ verdict }) => verdict))).toEqual(new Set(['ok']));
  expect(findings.map(({ what }) => what)).toEqual([
    ...['table surgery_patients', 'table visits', 'table stays', 'opt-out register'],
    ...['linkage key', 'store key', 'release key', 'lock', 'baseline'],
  ]);
  expect(findings.find(({ what }) => what === 'table stays')?.found).toMatch(/^1 file, .*, about 600 rows$/);
  expect(findings.at(-1)?.found).toMatch(/^first night/);
  expect(existsSync(folder.out)).toBe(false);
  await folder.publish(nightlyPipeline());
});

describe('a fault that a run would meet', () => {
  type Case = readonly [name: string, exitCode: 1 | 3, spoil: () => unknown];
  it.each<Case>([
    ['a file that is not there', 1, () => rmSync(folder.at('stays.csv'))],
    ['an empty file', 1, () => folder.put('stays.csv', '')],
    ['a header and no rows', 1, () => folder.put('stays.csv', `${STAYS_HEADER}\n`)],
    ['a row in the header', 1, () => folder.put('stays.csv', `${STAYS_HEADER}S1,,,,,2026-01-01,ward 2`)],
    ['a column less', 1, () => folder.put('stays.csv', `${read('stays.csv')}`.replace('dob', 'born'))],
    ['another delimiter', 1, () => folder.put('stays.csv', `${read('stays.csv')}`.replaceAll(',', ';'))],
    ['a zip archive', 1, () => folder.put('stays.csv', Buffer.from('PK\x03\x04 and so on'))],
    ['a file that ends in mid-row', 1, () => stays('\nS700,9990000018,1960-')],
    ['a quote that is left open', 1, () => stays('\nS700,,,,,2026-01-01,"ward\nand more\n')],
    ['a damaged gzip file', 1, () => staysAs('stays.csv.gz', gzipSync(read('stays.csv')).subarray(0, -20))],
    [
      'a gzip file of a text cut in mid-row',
      1,
      () => staysAs('stays.csv.gz', gzipSync(read('stays.csv').subarray(0, -19))),
    ],
    ['one delivery twice', 1, () => copyFileSync(folder.at('stays.csv'), folder.at('stays-2.csv'))],
    ['a compressed copy', 1, () => folder.put('stays.csv.gz', gzipSync(read('stays.csv')))],
    ['no register', 1, () => rmSync(folder.at('register.csv'))],
    [
      'an unreadable line',
      1,
      () => folder.put('register.csv', `${read('register.csv')}9990000018,7,registered,\n`),
    ],
    ['no linkage key', 3, () => rmSync(folder.at('linkage.key'))],
    ['one key for both purposes', 3, () => writeFileSync(folder.at('release.key'), read('linkage.key'))],
  ])('%s', async (_, exitCode, spoil) => {
    spoil();
    const findings = await look();
    const { error } = await folder.run(nightlyPipeline());
    expect(error).toBeInstanceOf(TallystickError);
    expect((error as TallystickError).exitCode).toBe(exitCode);
    expect(failuresOf(findings).map((one) => one.exitCode)).toContain(exitCode);
    expect(problemsOf(findings).map(({ message }) => message)).toEqual(
      expect.arrayContaining((error as TallystickError).problems.map(({ message }) => message)),
    );
  });

  it.each<readonly [string, 1 | 3, object]>([
    ['a stale register', 1, { optOuts: { register: { ...register, asOf: '2024-01-01' }, codes } }],
    ['a register of tomorrow', 1, { optOuts: { register: { ...register, asOf: '2026-05-20' }, codes } }],
    [
      'no national reply',
      1,
      { optOuts: { register, codes, national: { reply: 'reply.csv', maxAge: '9d' } } },
    ],
    ['ignored postcodes that are none', 1, { link: { ignorePostcodes: 'faulty.csv' } }],
    ['superseded numbers that are none', 1, { link: { supersededNumbers: 'faulty.csv' } }],
    ['no canaries', 1, { canaries: 'canaries.txt' }],
    [
      'another store key than is pinned',
      3,
      {
        keys: {
          linkage: { file: 'linkage.key', storeKeyId: 'a'.repeat(32) },
          release: { file: 'release.key' },
        },
      },
    ],
  ])('of the pipeline: %s', async (_, exitCode, more) => {
    folder.put('faulty.csv', 'superseded,current\nnone,none\n');
    const pipeline = nightlyPipeline(more);
    const findings = await look(pipeline);
    const { error } = await folder.run(pipeline);
    expect(error).toMatchObject({ exitCode });
    expect(failuresOf(findings)).toHaveLength(1);
    expect(failuresOf(findings)[0]?.exitCode).toBe(exitCode);
    expect(problemsOf(findings).map(({ message }) => message)).toEqual(
      expect.arrayContaining((error as TallystickError).problems.map(({ message }) => message)),
    );
  });

  it('another file than the one that is expected', async () => {
    const stays = { path: 'stays.csv', expect: { sha256: '0'.repeat(64) } };
    const findings = await look(nightlyPipeline({}, { stays }));
    expect(problemsOf(findings)).toMatchObject([{ file: 'stays.csv', message: /SHA-256 differs/ }]);
  });
});

it('names the faults of all files of a table at once', async () => {
  folder.put('stays-2.csv', '');
  folder.put('stays-3.csv', 'one,two\n1,2\n');
  folder.put('stays-4.csv.gz', gzipSync(read('stays.csv')).subarray(0, 500));
  stays('\nS700,');
  const files = problemsOf(await look()).map(({ file }) => file);
  expect(new Set(files)).toEqual(new Set(['stays-2.csv', 'stays-3.csv', 'stays-4.csv.gz', 'stays.csv']));
});

describe('a file without a line end at its end', () => {
  it('is warned of, for it may have been cut in its last cell', async () => {
    stays('');
    const findings = await look();
    expect(warningsOf(findings)).toEqual([
      expect.stringMatching(/^stays\.csv: the last row has no line end/),
    ]);
    expect(problemsOf(findings)).toEqual([]);
  });

  it('is one of a long file too, of which the end alone is looked at', async () => {
    const rows = stayRows(0, 9000).map((row, index) =>
      index % 3 === 0 ? `${row.slice(0, -6)}"ward, 1\n2"` : row,
    );
    folder.put('stays.csv', `${[STAYS_HEADER, ...rows].join('\r\n')}\r\n`);
    expect(failuresOf(await look())).toEqual([]);
    folder.put('stays.csv', `${[STAYS_HEADER, ...rows].join('\r\n')}\r\nS1,`);
    expect(problemsOf(await look())).toMatchObject([{ message: 'the file ends in mid-row' }]);
  });
});

describe('after a night', () => {
  beforeEach(async () => {
    await folder.publish(nightlyPipeline());
  });
  const baseline = () => join(folder.out, 'tiny', 'baseline.json');

  it('has nothing to say of one like it', async () => {
    const findings = await look();
    expect(new Set(findings.map(({ verdict }) => verdict))).toEqual(new Set(['ok']));
    expect(findings.at(-1)?.found).toBe('one night, of 2026-04-01');
  });

  it('warns of far fewer rows, by the size of the files', async () => {
    putNight(folder, { stays: 200 });
    const findings = await look();
    expect(failuresOf(findings)).toEqual([]);
    expect(warningsOf(findings)).toEqual([
      expect.stringMatching(/^by the size of its files, stays has 200 rows; .* had 600/),
    ]);
  });

  it('refuses another key with exit 3, as the run does', async () => {
    rmSync(folder.at('release.key'));
    generateKeyFile(folder.at('release.key'));
    const findings = await look();
    expect(failuresOf(findings)).toMatchObject([
      { what: 'baseline', exitCode: 3, found: /the release key is another one/ },
    ]);
  });

  it.each([
    ['is gone', () => rmSync(baseline()), /there is no baseline, though runs have been published/],
    ['is damaged', () => writeFileSync(baseline(), '{'), /the baseline is damaged/],
    [
      'was edited',
      () => writeFileSync(baseline(), `${readFileSync(baseline())}`.replace('"stays": 600', '"stays": 60')),
      /the baseline was edited/,
    ],
  ])('refuses a baseline that %s', async (_, spoil, message) => {
    spoil();
    expect(failuresOf(await look())).toMatchObject([{ what: 'baseline', exitCode: 1, found: message }]);
  });

  it('says of a lost key and of a lost baseline at once', async () => {
    rmSync(baseline());
    rmSync(folder.at('release.key'));
    expect(failuresOf(await look()).map(({ what, exitCode }) => [what, exitCode])).toEqual([
      ['release key', 3],
      ['baseline', 1],
    ]);
  });

  it('fails with exit 3 while another run is at it, and leaves its lock alone', async () => {
    const lock = await RunLock.take(join(folder.out, 'tiny', '.lock'));
    const findings = await look();
    await lock.assertHeld();
    await lock.release();
    expect(failuresOf(findings)).toMatchObject([
      { what: 'lock', exitCode: 3, found: /has been publishing here$/ },
    ]);
  });
});
