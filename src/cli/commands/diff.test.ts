/** Two runs of the fixtures that differ in one thing, compared. */
import { cpSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunDifference } from '../../compare/diff/findings.ts';
import { generateKeyFile } from '../../keys/generate-key-file.ts';
import { callTallystick } from '../test-rig/call-tallystick.ts';
import {
  errorOf,
  makeBench,
  namesIn,
  objectOf,
  PIPELINE,
  RUN_DATE,
  tallystick,
} from '../test-rig/tallystick.ts';

const bench = makeBench();
const latest = (out: string) => bench.path(out, 'nightly', 'latest');
const pipeline = bench.path('keep.yaml');
const KEEP = 'link: { ranks: two-step, keepMap: true }';

/** A run that keeps its map, of the fixtures or of a changed copy of them. */
async function run(
  out: string,
  variables: Readonly<Record<string, string>> = {},
  ...more: string[]
): Promise<string> {
  const args = ['run', pipeline, '--quiet', '--run-date', RUN_DATE, '--out', bench.path(out), ...more];
  const ended = await callTallystick(args, {
    ...bench.variables,
    TALLYSTICK_DATA: resolve('fixtures'),
    ...variables,
  });
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return latest(out);
}

async function diff(b: string, ...more: string[]): Promise<RunDifference> {
  const ended = await callTallystick(['diff', latest('base'), b, '--json', '--work', bench.folder, ...more]);
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return objectOf<RunDifference>(ended);
}

/** A copy of the fixtures with one file changed. */
function changed(name: string, file: string, change: (text: string) => string): { TALLYSTICK_DATA: string } {
  const copy = bench.path(name);
  cpSync('fixtures', copy, { recursive: true });
  const text = readFileSync(join(copy, file), 'utf8');
  expect(change(text)).not.toBe(text);
  writeFileSync(join(copy, file), change(text));
  return { TALLYSTICK_DATA: copy };
}

const mapOf = (run: string) => {
  const { id } = JSON.parse(readFileSync(join(run, 'release', 'manifest.json'), 'utf8')).run;
  return join(run, '..', 'links', `${id}.parquet`);
};

beforeAll(async () => {
  const text = readFileSync(PIPELINE, 'utf8')
    .replace('link: { ranks: two-step }', KEEP)
    .replace(/: (sensitive-codes\.csv|canaries\.txt)/g, (_, name) => `: ${resolve(dirname(PIPELINE), name)}`);
  expect(text).toContain(KEEP);
  writeFileSync(pipeline, text);
  await run('base');
});
afterAll(() => bench.remove());

describe('tallystick diff', () => {
  it('finds no difference where nothing has changed, and the maps have the same bytes', async () => {
    const again = await run('again', {}, '--threads', '1');
    expect(readFileSync(mapOf(again))).toEqual(readFileSync(mapOf(latest('base'))));
    const { differs, counts, findings } = await diff(again);
    expect(differs).toMatchObject({ keys: [], rules: [], sources: [], optOuts: false, runDate: false });
    expect(counts.every(({ a, b }) => a === b)).toBe(true);
    const { persons, subjects, ranks, unexplained } = findings!;
    expect({ persons, subjects, unexplained }).toEqual({ persons: [], subjects: [], unexplained: 0 });
    expect(ranks.map(({ a, b }) => [a, b])).toEqual([
      [0, 0],
      [6, 6],
      [8, 8],
    ]);
    const text = await tallystick(['diff', latest('base'), again, '--work', bench.folder]);
    expect(text.stdout).toContain('\nnothing differs in what the runs were made from\n');
    expect(text.stdout).toContain('\npersons: new 0, gone 0, split 0, merged 0, moved 0\n');
    expect(namesIn(bench.folder).filter((name) => name.includes('.tallystick-work'))).toEqual([]);
  });

  it('attributes the effects of a changed source to that source, and lists the persons under their pseudonyms', async () => {
    // one patient had somebody else's NHS number, and one has left
    const { TALLYSTICK_DATA } = changed('other-patients', 'community/CYP001MPI.csv', (text) =>
      text.replace('C108533227,NLC,9835847193', 'C108533227,NLC,9878347982').replace(/^B142879448.*\n/m, ''),
    );
    const other = await run('other-source', { TALLYSTICK_DATA });
    const list = bench.path('list.csv');
    const { differs, findings } = await diff(other, '--list', list);
    expect(differs).toMatchObject({ sources: ['community'], rules: [], optOuts: false });
    const { totals, persons, subjects, unexplained } = findings!;
    expect(unexplained).toBe(0);
    expect(totals).toMatchObject({ split: 1, merged: 1, moved: 0, new: 0 });
    const own = { cause: 'own-records', which: 'community' };
    expect(persons).toContainEqual({ finding: 'split', ...own, persons: 1, subjects: expect.any(Number) });
    expect(persons).toContainEqual({ finding: 'merged', ...own, persons: 1, subjects: expect.any(Number) });
    const moved = { finding: 'moved', source: 'community', ...own, subjects: 1 };
    expect(subjects.filter(({ finding }) => finding === 'moved')).toEqual([moved]);
    expect(subjects).toContainEqual({ ...moved, finding: 'gone' });
    const lines = readFileSync(list, 'utf8').trim().split('\n');
    expect(lines[0]).toBe('finding,person_a,person_b,subjects,cause,which');
    const line = /^(split|merged|gone),([0-9a-f]{32}),([0-9a-f]{32})?,\d+,own-records,community$/;
    expect(lines.slice(1).filter((one) => !line.test(one))).toEqual([]);
    const split = lines.filter((one) => one.startsWith('split,')).map((one) => one.split(','));
    expect(split).toHaveLength(2);
    expect(split.some(([, a, b]) => a === b)).toBe(true);
    expect(statSync(list).mode & 0o777).toBe(0o600);
    const before = readFileSync(list);
    const twice = await callTallystick([
      'diff',
      latest('base'),
      other,
      '--list',
      list,
      '--work',
      bench.folder,
    ]);
    expect(twice.code).toBe(3);
    expect(readFileSync(list)).toEqual(before);
  });

  it('attributes the effects of another ladder to the rules', async () => {
    const text = readFileSync(pipeline, 'utf8');
    writeFileSync(pipeline, text.replace('two-step', 'eight-step'));
    const other = await run('other-ladder');
    writeFileSync(pipeline, text);
    const { differs, findings } = await diff(other);
    expect(differs!.rules).toEqual([
      { rule: 'ladder', a: 'two-step', b: 'eight-step' },
      { rule: 'match ranks', a: null, b: null },
    ]);
    const { persons, subjects, ranks, unexplained } = findings!;
    expect(unexplained).toBe(0);
    expect(new Set([...persons, ...subjects].map(({ cause }) => cause))).toEqual(new Set(['rules']));
    const reranked = subjects.filter(({ finding }) => finding === 're-ranked');
    expect(reranked.map(({ source }) => source)).toEqual(['community', 'gp', 'hospital']);
    const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0);
    const others = ranks.filter(({ a, b }) => a !== b).map((one) => one.subjects);
    expect(sum(reranked.map((one) => one.subjects))).toBe(sum(others));
    const shown = await callTallystick(['diff', latest('base'), other, '--work', bench.folder]);
    expect(shown.stdout).toContain('  ladder: two-step, now eight-step\n');
    expect(shown.stdout).toMatch(/\nmatch rank +B 0 +B 1 /);
  });

  it('attributes persons removed by an opt-out to that opt-out', async () => {
    const { TALLYSTICK_DATA } = changed(
      'other-opt-outs',
      'opt-outs/register.csv',
      (text) =>
        // of one who is in community and GP records, and of another, type 1, who is in GP records
        `${text}9835847193,2,registered,2026-03-01\n9878347982,1,registered,2026-03-01\n`,
    );
    const { differs, findings } = await diff(await run('other-opt-outs-out', { TALLYSTICK_DATA }));
    expect(differs).toMatchObject({ sources: [], rules: [], optOuts: true });
    const { persons, subjects, unexplained } = findings!;
    expect(unexplained).toBe(0);
    const typeTwo = { cause: 'opt-out', which: 'type-2-opt-out' };
    expect(persons).toContainEqual({ finding: 'gone', ...typeTwo, persons: 1, subjects: expect.any(Number) });
    expect(subjects).toContainEqual({ finding: 'withheld', source: 'community', ...typeTwo, subjects: 1 });
    const typeOne = { cause: 'other-opt-outs', which: null };
    expect(subjects).toContainEqual({ finding: 'gone', source: 'gp', ...typeOne, subjects: 1 });
  });

  it('compares counts only, and says so, where a key differs', async () => {
    const key = bench.path('other-release.key');
    generateKeyFile(key);
    const other = await run('other-key', { TALLYSTICK_RELEASE_KEY_FILE: key });
    const { differs, counts, findings } = await diff(other);
    expect(differs!.keys).toEqual(['release key']);
    expect(findings).toBeNull();
    expect(counts.every(({ a, b }) => a === b)).toBe(true);
    const text = await callTallystick(['diff', latest('base'), other, '--work', bench.folder]);
    expect(text.stdout).toContain('the release key changed: pseudonyms of A and B cannot be compared');
    const listed = await callTallystick([
      'diff',
      latest('base'),
      other,
      '--json',
      '--list',
      bench.path('none.csv'),
      '--work',
      bench.folder,
    ]);
    expect(listed.code).toBe(1);
    expect(errorOf(listed).problems[0]!.message).toBe('no persons can be listed: the release key changed');
  });
});

describe('a link map', () => {
  const copy = async (name: string) => {
    cpSync(bench.path('base', 'nightly'), bench.path(name, 'nightly'), {
      recursive: true,
      verbatimSymlinks: true,
    });
    return latest(name);
  };
  const refusal = async (b: string) => {
    const ended = await callTallystick(['diff', latest('base'), b, '--json', '--work', bench.folder]);
    expect(ended.code).toBe(1);
    return errorOf(ended).problems;
  };

  it('that is damaged is refused, and fails verify', async () => {
    const damaged = await copy('damaged');
    expect((await callTallystick(['verify', damaged])).stdout).toContain(
      'ok      link map: bytes and sha256\n',
    );
    const bytes = readFileSync(mapOf(damaged));
    bytes[bytes.length >> 1]! ^= 1;
    writeFileSync(mapOf(damaged), bytes);
    expect(await refusal(damaged)).toMatchObject([
      {
        message:
          'is damaged, or the link map of another run: its sha256 is not the one in the operator’s record',
      },
    ]);
    const verified = await callTallystick(['verify', damaged]);
    expect(verified.code).toBe(1);
    expect(verified.stdout).toContain('failed  link map: bytes and sha256\n');
  });

  it('that is missing is reported, and is not required by verify', async () => {
    const missing = await copy('missing');
    rmSync(join(missing, '..', 'links'), { recursive: true });
    expect((await diff(missing)).missing).toMatchObject([
      { message: 'the link map of this run is not there' },
    ]);
    const verified = await callTallystick(['verify', missing]);
    expect(verified.code).toBe(0);
    expect(verified.stdout).not.toContain('link map');
  });

  it('is the same where a linker without the linkage key links stores of several sites', async () => {
    const variables = { ...bench.variables, TALLYSTICK_DATA: resolve('fixtures') };
    const stores: string[] = [];
    for (const sources of [['gp'], ['hospital', 'community']]) {
      const store = bench.path(`store-${sources[0]}`);
      const named = sources.flatMap((source) => ['--source', source]);
      const args = ['tokenise', pipeline, '--quiet', '--run-date', RUN_DATE, '--store', store, ...named];
      expect((await callTallystick(args, variables)).code).toBe(0);
      stores.push(store);
    }
    const args = ['link', pipeline, '--quiet', '--out', bench.path('linked')];
    const linked = await callTallystick(
      [...args, ...stores.flatMap((store) => ['--store', store])],
      variables,
    );
    expect(linked.code).toBe(0);
    expect(readFileSync(mapOf(latest('linked')))).toEqual(readFileSync(mapOf(latest('base'))));
    const { differs, findings } = await diff(latest('linked'));
    expect(differs).toMatchObject({ rules: [], sources: [], optOuts: false });
    expect(findings!.persons).toEqual([]);
  });

  it('is kept only if the pipeline file says so', async () => {
    const args = ['run', PIPELINE, '--quiet', '--run-date', RUN_DATE, '--out', bench.path('plain')];
    expect((await callTallystick(args, bench.variables)).code).toBe(0);
    expect(namesIn(bench.path('plain', 'nightly'))).not.toContain('links');
    expect((await diff(latest('plain'))).missing).toMatchObject([{ message: 'this run kept no link map' }]);
  });

  it('is not searched for where there is no run', async () => {
    const ended = await callTallystick(['diff', latest('base'), bench.path('nothing')]);
    expect(ended.code).toBe(2);
  });
});
