import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Erasure } from '../../../erase/erase.ts';
import type { Recall } from '../../../governance/recall/recall.ts';
import { personPseudonym, token } from '../../../oracle/recipes.ts';
import { readRows } from '../../../run/test-rig/read-rows.ts';
import { callTallystick } from '../../test-rig/call-tallystick.ts';
import { type Ended, errorOf, makeBench, objectOf, PIPELINE, RUN_DATE } from '../../test-rig/tallystick.ts';

const bench = makeBench();
afterAll(() => bench.remove());
const store = bench.path('store');
const home = bench.path('out', 'nightly');
const AGREEMENTS = ['demo-001', 'demo-002'];
const RECIPIENT = 'the Institute of Examples';
/** The pipeline of each agreement, and one that names the register that is kept. */
const fileOf = (agreement: string) => bench.path(`${agreement}.yaml`);
const governed = bench.path('governed.yaml');

/** The program in a process of its own, with this text on stdin. */
function withInput(input: string, ...args: string[]): Ended {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve('dist/cli/main.js'), ...args], {
    input,
    env: { PATH: process.env['PATH'] ?? '', ...bench.variables },
    encoding: 'utf8',
  });
  return { code: status, stdout, stderr };
}
const recall = (...more: string[]) =>
  callTallystick(['opt-out', 'recall', governed, '--runs', home, '--json', ...more], {
    TALLYSTICK_RELEASE_KEY_FILE: bench.variables['TALLYSTICK_RELEASE_KEY_FILE']!,
  });
const keys = () => ({
  linkage: readFileSync(bench.path('linkage.key')),
  release: readFileSync(bench.path('release.key')),
});
const pseudonymOf = (number: string, agreement: string) =>
  personPseudonym({ kind: 'nhs-number', text: number }, agreement, keys());
const rowsOf = async (runId: string, table: string) =>
  readRows(join(home, runId, 'release', `${table}.arrow`));

let runIds: string[];
/** Somebody in GP and hospital records of the releases, and the rows. */
let number: string;
let counted: Record<string, number>;

beforeAll(async () => {
  const text = readFileSync(PIPELINE, 'utf8')
    .replaceAll('../fixtures', resolve(dirname(PIPELINE), '../fixtures'))
    .replace(
      /: (sensitive-codes\.csv|canaries\.txt)/g,
      (_, name: string) => `: ${resolve(dirname(PIPELINE), name)}`,
    )
    .replace('ranks: two-step', 'ranks: two-step, keepMap: true');
  for (const agreement of AGREEMENTS) {
    writeFileSync(
      fileOf(agreement),
      text.replace('agreement: demo-001', `agreement: ${agreement}\n  recipient: ${RECIPIENT}`),
    );
  }
  writeFileSync(governed, text.replace(/register: \{ file: .+/, 'register: { events: register.log }'));
  const tokenised = await callTallystick(
    ['tokenise', fileOf('demo-001'), '--run-date', RUN_DATE, '--store', store, '--quiet'],
    bench.variables,
  );
  expect(tokenised.code).toBe(0);
  runIds = [];
  for (const agreement of AGREEMENTS) {
    const linked = await callTallystick(
      [
        'link',
        fileOf(agreement),
        '--store',
        store,
        '--out',
        bench.path('out'),
        '--json',
        '--accept-change',
        'rows',
      ],
      bench.variables,
    );
    runIds.push(objectOf<{ runId: string }>(linked).runId);
  }
  const numbers = readFileSync('fixtures/gp/patients.csv', 'utf8')
    .split('\n')
    .map((line) => line.split(',')[1] ?? '')
    .filter((one) => /^\d{10}$/.test(one));
  const tables = ['gp_events', 'hospital_episodes', 'community_referrals', 'community_contacts', 'persons'];
  const everything = await Promise.all(tables.map((table) => rowsOf(runIds[0]!, table)));
  const countsOf = (person: string) =>
    Object.fromEntries(
      tables.flatMap((table, at) => {
        const count = everything[at]!.filter((row) => row['person'] === person).length;
        return count === 0 ? [] : [[table, count]];
      }),
    );
  number = numbers.find((one) => {
    const counts = countsOf(pseudonymOf(one, 'demo-001'));
    return counts['gp_events'] !== undefined && counts['hospital_episodes'] !== undefined;
  })!;
  counted = countsOf(pseudonymOf(number, 'demo-001'));
}, 240_000);

describe('opt-out recall', () => {
  it('finds nobody before anybody has opted out, with the release key alone', async () => {
    // the register begins with somebody who is in no release
    expect(withInput('9990548609', 'opt-out', 'register', governed, '--type', 'national').code).toBe(0);
    const ended = await recall();
    expect(ended.stderr).toBe('');
    expect(ended.code).toBe(0);
    const { releases, unchecked } = objectOf<Recall>(ended);
    expect(unchecked).toEqual([]);
    expect(releases.map(({ runId, persons }) => [runId, persons])).toEqual(
      [...runIds].sort().map((runId) => [runId, []]),
    );
    const answer = await callTallystick(['opt-out', 'recall', governed, '--runs', home], bench.variables);
    expect(answer.stdout).toContain('nobody who has opted out is in any of them');
  });

  it('lists exactly who has opted out since, as the pseudonym of each agreement, and their rows', async () => {
    const dated = ['--type', 'type-2', '--from', '2026-04-02'];
    expect(withInput(number, 'opt-out', 'register', governed, ...dated)).toMatchObject({ code: 0 });
    const { releases } = objectOf<Recall>(await recall());
    for (const { runId, agreement, recipient, persons } of releases) {
      expect(agreement).toBe(AGREEMENTS[runIds.indexOf(runId)]);
      expect(recipient).toBe(RECIPIENT);
      expect(persons.map(({ person, rows }) => [person, rows])).toEqual([
        [pseudonymOf(number, agreement), counted],
      ]);
    }
  });

  it('writes a notice for each recipient, without a token, a number or a type, and overwrites none', async () => {
    const folder = bench.path('notices');
    const { notices } = objectOf<{ notices: string[] }>(
      await recall('--notice', folder, '--within', '30d', '--on', '2026-12-01'),
    );
    expect(notices.map((path) => statSync(path).mode & 0o777)).toEqual([0o600, 0o600, 0o600, 0o600]);
    expect(readdirSync(folder).sort()).toEqual(
      runIds.flatMap((runId) => [`recall-${runId}.csv`, `recall-${runId}.md`]).sort(),
    );
    for (const [at, runId] of runIds.entries()) {
      const csv = readFileSync(join(folder, `recall-${runId}.csv`), 'utf8');
      const text = readFileSync(join(folder, `recall-${runId}.md`), 'utf8');
      const own = pseudonymOf(number, AGREEMENTS[at]!);
      expect(csv.trimEnd().split('\n').slice(1).sort()).toEqual(
        Object.entries(counted)
          .map(([table, rows]) => `${own},${table},${rows}`)
          .sort(),
      );
      expect(text).toContain(RECIPIENT);
      expect(text).toContain('by 2026-12-31');
      expect(csv + text).not.toContain(pseudonymOf(number, AGREEMENTS[1 - at]!));
      const nhs = token({ kind: 'nhs-number', text: number }, keys());
      for (const never of [
        nhs.toString('hex'),
        nhs.subarray(0, 8).toString('hex'),
        number,
        'type',
        'national',
      ]) {
        expect(csv + text).not.toContain(never);
      }
    }
    const again = await recall('--notice', folder, '--on', '2026-12-01');
    expect(again.code).toBe(3);
    expect(errorOf(again).problems[0]!.message).toBe('there is a notice of this release already');
  });

  it('names a run that was changed, with exit code 1', async () => {
    const file = join(home, runIds[0]!, 'release', 'linkage-statement.md');
    const before = readFileSync(file);
    writeFileSync(file, 'changed');
    const ended = await recall();
    writeFileSync(file, before);
    expect(ended.code).toBe(1);
    const { unchecked, releases } = objectOf<Recall>(ended);
    expect(unchecked.map(({ runId }) => runId)).toEqual([runIds[0]]);
    expect(releases).toHaveLength(1);
  });

  it('names a release that the baseline knows and whose run is not kept, with exit code 1', async () => {
    const [last] = runIds.slice(-1);
    renameSync(join(home, last!), bench.path('elsewhere'));
    const ended = await recall();
    const later = await recall('--releases-from', '2026-04-02');
    renameSync(bench.path('elsewhere'), join(home, last!));
    expect(ended.code).toBe(1);
    expect(objectOf<Recall>(ended).unchecked.map(({ runId }) => runId)).toEqual([last]);
    expect(errorOf(ended).problems[0]!.message).toContain('is not kept');
    expect(later.code).toBe(0);
  });

  it('says what to do where the pipeline file names no register that is kept', async () => {
    const ended = await callTallystick(
      ['opt-out', 'recall', fileOf('demo-001'), '--runs', home],
      bench.variables,
    );
    expect(ended.code).toBe(2);
    expect(ended.stderr).toContain('optOuts.register: { events: FILE }');
  });
});

describe('opt-out erase', () => {
  const filesWith = (...traces: Buffer[]) =>
    [store, home].flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name))
        .filter((path) => traces.some((one) => readFileSync(path).includes(one))),
    );

  it('takes the person out of stores, runs and link maps, and nobody else; the register keeps the opt-out', async () => {
    const nhs = token({ kind: 'nhs-number', text: number }, keys());
    const traces = [nhs.subarray(0, 8), nhs.subarray(8), Buffer.from(number)];
    for (const agreement of AGREEMENTS) {
      const text = pseudonymOf(number, agreement);
      const bytes = Buffer.from(text, 'hex');
      traces.push(Buffer.from(text), Buffer.from(bytes.subarray(0, 8)).reverse(), bytes.subarray(8));
    }
    expect(filesWith(...traces).length).toBeGreaterThan(8);
    const persons = (await rowsOf(runIds[0]!, 'persons')).length;
    const args = ['opt-out', 'erase', governed, '--store', store, '--runs', home];

    const dry = withInput(number, ...args, '--dry-run');
    expect(dry).toMatchObject({ code: 0, stderr: '' });
    expect(dry.stdout).toContain('would be rewritten');
    const ended = withInput(`${number}\n`, ...args, '--json');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const { proof, runs, stores } = objectOf<Erasure>(ended);
    expect(proof!.found).toEqual([]);
    expect(runs.map(({ tables }) => tables)).toEqual([counted, counted]);
    expect(stores).toHaveLength(1);
    expect(filesWith(...traces)).toEqual([]);
    for (const said of [dry.stdout, ended.stdout]) {
      expect(said).not.toContain(number);
      for (const agreement of AGREEMENTS) expect(said).not.toContain(pseudonymOf(number, agreement));
    }
    expect(await rowsOf(runIds[0]!, 'persons')).toHaveLength(persons - 1);
    for (const runId of runIds) {
      const verified = await callTallystick(['verify', join(home, runId)]);
      expect(verified).toMatchObject({ code: 0, stderr: '' });
    }
    expect(withInput(number, 'opt-out', 'status', governed).stdout).toMatch(/type-2 +in force/);
    const { releases } = objectOf<Recall>(await recall());
    expect(releases.map((release) => release.persons)).toEqual([[], []]);
  }, 60_000);

  it('leaves a store that links', async () => {
    const linked = await callTallystick(
      ['link', fileOf('demo-001'), '--store', store, '--out', bench.path('again'), '--json'],
      bench.variables,
    );
    expect(linked.code).toBe(0);
    const persons = await readRows(
      join(bench.path('again', 'nightly'), 'latest', 'release', 'persons.arrow'),
    );
    expect(persons).toEqual(await rowsOf(runIds[0]!, 'persons'));
  }, 60_000);

  it('takes no NHS number as an argument, and needs something from which to erase', () => {
    const asArgument = withInput('', 'opt-out', 'erase', governed, '--runs', home, number);
    expect(asArgument.code).toBe(2);
    expect(asArgument.stderr).not.toContain(number);
    expect(withInput(number, 'opt-out', 'erase', governed).code).toBe(2);
    expect(existsSync(home)).toBe(true);
  });
});
