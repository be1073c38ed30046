/** Two releases of the fixtures that differ in one thing, compared without a link map. */
import { cpSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RunDifference } from '../../compare/diff/findings.ts';
import { callTallystick } from '../test-rig/call-tallystick.ts';
import { errorOf, filesOf, makeBench, objectOf, PIPELINE, RUN_DATE } from '../test-rig/tallystick.ts';

const bench = makeBench();
const latest = (out: string) => bench.path(out, 'nightly', 'latest');
const pipeline = bench.path('nightly.yaml');
const variables = { ...bench.variables, TALLYSTICK_DATA: resolve('fixtures') };
let text: string;

/** A run under a changed pipeline file. */
async function run(out: string, changed: string = text): Promise<string> {
  writeFileSync(pipeline, changed);
  const args = ['run', pipeline, '--quiet', '--run-date', RUN_DATE, '--out', bench.path(out)];
  expect((await callTallystick(args, variables)).code).toBe(0);
  return latest(out);
}

const diffOf = (...args: string[]) => callTallystick(['diff', ...args, '--work', bench.folder]);

async function diff(b: string, a = latest('base')): Promise<RunDifference> {
  const ended = await diffOf(a, b, '--json');
  expect(ended).toMatchObject({ code: 0, stderr: '' });
  return objectOf<RunDifference>(ended);
}

/** The text of the pipeline file with one part changed. */
function changed(from: string, to: string): string {
  expect(text.split(from)).toHaveLength(2);
  return text.replace(from, to);
}

const digest = expect.stringMatching(/^[0-9a-f]{64}$/);
const PIPELINE_FILE = { what: 'pipeline file', which: null, a: digest, b: digest };

beforeAll(async () => {
  text = readFileSync(PIPELINE, 'utf8').replace(
    /: (sensitive-codes\.csv|canaries\.txt)/g,
    (_, name) => `: ${bench.path(name)}`,
  );
  for (const name of ['sensitive-codes.csv', 'canaries.txt']) {
    cpSync(join(dirname(PIPELINE), name), bench.path(name));
  }
  await run('base');
});
afterAll(() => bench.remove());

describe('two releases', () => {
  it('do not differ where nothing has changed; the report explains why persons are not compared', async () => {
    const again = await run('again');
    const { release, differs, counts, findings, missing } = await diff(again);
    expect(release).toEqual({ changes: [], notCompared: [] });
    expect(differs).toMatchObject({ keys: [], rules: [], sources: [], optOuts: null, runDate: false });
    expect(counts.every(({ a, b }) => a === b)).toBe(true);
    expect(counts.map(({ what }) => what)).toContain('rows released of gp_events');
    expect(findings).toBeNull();
    expect(missing).toHaveLength(2);
    const { code, stdout } = await diffOf(latest('base'), again);
    expect(code).toBe(0);
    expect(stdout).toContain('\nnothing differs in the release\n');
    expect(stdout).toContain('\npersons were not compared:\n');
    expect(stdout).toContain('set `link: { keepMap: true }` in the pipeline file');
  });

  it('differ in a rule', async () => {
    const { release } = await diff(await run('rule', changed('date_of_death: month', 'date_of_death: keep')));
    expect(release.notCompared).toEqual([]);
    expect(release.changes).toContainEqual({
      what: 'rule',
      which: 'persons.date_of_death',
      a: expect.stringContaining('month'),
      b: expect.not.stringContaining('month'),
    });
    expect(release.changes.filter(({ what }) => !['type', 'rule'].includes(what))).toEqual([PIPELINE_FILE]);
  });

  it('differ in a column', async () => {
    const more = changed(
      '      snomed_concept_id: keep\n',
      '      snomed_concept_id: keep\n      ctv3_code: keep\n',
    );
    const other = await run('column', more);
    const column = {
      what: 'column',
      which: 'gp_events.ctv3_code',
      a: null,
      b: expect.stringContaining('code'),
    };
    expect((await diff(other)).release.changes).toEqual([column, PIPELINE_FILE]);
    const [back] = (await diff(latest('base'), other)).release.changes;
    expect(back).toEqual({ ...column, a: column.b, b: null });
  });

  it('differ in the data sharing agreement: persons cannot be compared', async () => {
    const other = await run('agreement', changed('agreement: demo-001', 'agreement: demo-002'));
    const { release, findings, differs } = await diff(other);
    expect(release.changes).toEqual([
      { what: 'agreement', which: null, a: 'demo-001', b: 'demo-002' },
      PIPELINE_FILE,
    ]);
    expect([findings, differs!.keys]).toEqual([null, ['agreement']]);
  });

  it.each([
    ['release.sensitiveCodes', 'sensitive-codes.csv', 'icd-10,Z99,prefix,test\n'],
    ['canaries', 'canaries.txt', 'No Such Canary\n'],
  ])('differ in the list %s, whose content is not shown', async (which, file, line) => {
    const before = readFileSync(bench.path(file), 'utf8');
    writeFileSync(bench.path(file), `${before}# a remark\n`);
    const same = await run(`remark-${which}`);
    writeFileSync(bench.path(file), before + line);
    const other = await run(`list-${which}`);
    writeFileSync(bench.path(file), before);
    expect((await diff(same)).release.changes).toEqual([]);
    const { changes } = (await diff(other)).release;
    expect(changes).toEqual([{ what: 'list', which, a: expect.any(String), b: expect.any(String) }]);
    expect((await diffOf(latest('base'), other)).stdout).toContain(`\n  list ${which} differs\n`);
  });

  it('differ in the pipeline file only where a comment was added', async () => {
    const { release } = await diff(await run('comment', `${text}# a remark\n`));
    expect(release).toEqual({ changes: [PIPELINE_FILE], notCompared: [] });
  });

  it('differ in how old the register may be, and in the ladder', async () => {
    const more = changed('register.csv", maxAge: 7d', 'register.csv", maxAge: 70d').replace(
      'ranks: two-step',
      'ranks: eight-step',
    );
    const { changes } = (await diff(await run('settings', more))).release;
    // the longer ladder estimates match probabilities
    const columns = changes.filter(({ what }) => what === 'column').map(({ which }) => which);
    expect(columns).toContain('gp_events.match_probability');
    expect(changes.filter(({ what }) => what !== 'column')).toEqual([
      PIPELINE_FILE,
      { what: 'setting', which: 'link.ranks', a: 'two-step', b: 'eight-step' },
      { what: 'setting', which: 'optOuts.register', a: 'at most 7 days old', b: 'at most 70 days old' },
    ]);
  });

  it('have the same operator’s record where another site links, without the linkage key', async () => {
    await run('whole');
    const store = bench.path('store');
    const tokenised = ['tokenise', pipeline, '--quiet', '--run-date', RUN_DATE, '--store', store];
    expect((await callTallystick(tokenised, variables)).code).toBe(0);
    const linker = { ...variables, TALLYSTICK_KEY_FILE: '' };
    const linked = ['link', pipeline, '--quiet', '--out', bench.path('linked'), '--store', store];
    expect((await callTallystick(linked, linker)).code).toBe(0);
    expect(filesOf(latest('linked'))).toEqual(filesOf(latest('whole')));
  });
});

describe('releases without the operator’s record', () => {
  it('are compared by their manifests, and the report names what is not compared', async () => {
    const other = join(await run('bare', changed('date_of_death: month', 'date_of_death: keep')), 'release');
    const bare = bench.path('handed-over');
    cpSync(join(latest('base'), 'release'), join(bare, 'release'), { recursive: true });
    for (const a of [bare, join(bare, 'release')]) {
      const { release, differs, counts, findings, missing } = await diff(other, a);
      expect(release.changes.map(({ which }) => which)).toContain('persons.date_of_death');
      expect(release.notCompared.map(({ why }) => why)).toEqual([
        'the operator’s record of A and B is not at hand',
      ]);
      expect([differs, counts, findings]).toEqual([null, [], null]);
      expect(missing.map(({ file }) => file)).toEqual([a, other]);
    }
  });

  it('have no list of persons: --list is refused', async () => {
    const bare = join(latest('base'), 'release');
    const listed = await diffOf(bare, bare, '--json', '--list', bench.path('list.csv'));
    expect(listed.code).toBe(1);
    expect(errorOf(listed).problems.map(({ message }) => message)).toContain(
      'the operator’s record of this run is not at hand',
    );
    const unmapped = await diffOf(latest('base'), latest('base'), '--json', '--list', bench.path('list.csv'));
    expect(unmapped.code).toBe(1);
    expect(errorOf(unmapped).problems[0]!.message).toBe('this run kept no link map');
  });

  it('are refused where the record is damaged', async () => {
    const damaged = bench.path('damaged');
    cpSync(latest('base'), damaged, { recursive: true, dereference: true });
    rmSync(join(damaged, 'operator', 'receipts.json'));
    expect((await diffOf(latest('base'), damaged)).code).toBe(2);
    writeFileSync(join(damaged, 'operator', 'receipts.json'), '{');
    expect((await diffOf(latest('base'), damaged)).code).toBe(1);
  });
});
