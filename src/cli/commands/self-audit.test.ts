/** The self-audit in complete runs over the fixtures, with the shipped pipelines. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Evaluation } from '../../compare/evaluate/evaluation.ts';
import type { LinkageAudit, RankAudit } from '../../linker/audit/linkage-audit.ts';
import type { RunResult } from '../../linker/result.ts';
import type { ListedStep } from '../../run/list-steps.ts';
import { callTallystick } from '../test-rig/call-tallystick.ts';
import { copyFixtures, makeBench, objectOf, PIPELINE, RUN_DATE } from '../test-rig/tallystick.ts';

const EIGHT = resolve('pipelines/eight-step.yaml');
const FIXTURES = { TALLYSTICK_DATA: resolve('fixtures') };

const bench = makeBench();
afterAll(() => bench.remove());

interface Variant {
  readonly pipeline?: string;
  readonly data?: Readonly<Record<string, string>>;
  readonly more?: readonly string[];
}

/** Runs a pipeline into its own folder. @returns the output of the command, the folder of the run, and the audit in the operator’s record */
async function runInto(out: string, { pipeline = EIGHT, data = FIXTURES, more = [] }: Variant = {}) {
  const args = ['run', pipeline, '--run-date', RUN_DATE, '--out', bench.path(out), ...more];
  const ended = await callTallystick([...args, '--json', '--quiet'], { ...bench.variables, ...data });
  expect(ended.code, ended.stderr).toBe(0);
  const { audit: result, directory } = objectOf<RunResult>(ended);
  const record = JSON.parse(readFileSync(join(directory, 'operator', 'receipts.json'), 'utf8')) as {
    linkage: { audit: LinkageAudit };
  };
  const { audit } = record.linkage;
  expect(result).toEqual(audit);
  const rank = (wanted: number) => audit.ranks.find((one) => one.rank === wanted)!;
  return { directory, audit, rank };
}

function expectBetweenLimits({ precision, precisionInterval, recall, recallInterval }: RankAudit): void {
  for (const [rate, limits] of [
    [precision, precisionInterval],
    [recall, recallInterval],
  ] as const) {
    expect(limits![0]).toBeLessThanOrEqual(rate!);
    expect(limits![1]).toBeGreaterThanOrEqual(rate!);
  }
}

/** Reverses the lines of a CSV file, except its header. */
function turnRound(file: string): void {
  const isPacked = file.endsWith('.gz');
  const bytes = readFileSync(file);
  const [header, ...lines] = (isPacked ? gunzipSync(bytes) : bytes).toString('utf8').trimEnd().split('\n');
  const turned = `${[header, ...lines.reverse()].join('\n')}\n`;
  writeFileSync(file, isPacked ? gzipSync(turned) : turned);
}

describe('the self-audit of a run', () => {
  let first: Awaited<ReturnType<typeof runInto>>;
  beforeAll(async () => {
    first = await runInto('first');
  });

  it('is in the operator’s record: every rank, its links, and rates between their limits', () => {
    const { audit, rank } = first;
    expect(audit.ranks.map((one) => one.rank)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
    expect(audit.seed).toBe(48_271);
    // the fixtures are 2,000 patients, of whom most are linked by number, and some by tuple
    expect(audit.sampled).toBeGreaterThan(500);
    expect(rank(1).links).toBeGreaterThan(1000);
    expect(rank(1)).toMatchObject({ precision: 1, hiddenRecall: null });
    expect(rank(6).links).toBeGreaterThan(50);
    expect(rank(6).precision).toBeGreaterThan(0.99);
    expect(rank(6).hiddenRecall).toBeGreaterThan(0.8);
    expect(rank(6).hiddenRecall).toBeLessThan(0.95);
    for (const one of [rank(1), rank(6)]) expectBetweenLimits(one);
    expect(rank(7)).toMatchObject({
      links: 0,
      sampled: 0,
      precision: null,
      recall: null,
      hiddenRecall: null,
    });
  });

  it('exists for the two-step ladder as well', async () => {
    const { audit, rank } = await runInto('two', { pipeline: PIPELINE });
    expect(audit.ranks.map((one) => one.rank)).toEqual([8, 6]);
    expect(rank(8).links).toBeGreaterThan(1000);
    expect(rank(8)).toMatchObject({ precision: 1, recall: 1, hiddenRecall: null });
    expect(rank(6).links).toBeGreaterThan(50);
    expect(rank(6).hiddenRecall).toBeGreaterThan(0.8);
    for (const one of audit.ranks) expectBetweenLimits(one);
  });

  it.each([
    ['eight steps', EIGHT],
    ['two steps', PIPELINE],
  ])('has intervals that contain the true rates of %s', async (_, pipeline) => {
    const args = ['evaluate', pipeline, '--truth', 'fixtures/truth/truth.csv', '--run-date', RUN_DATE];
    const truth = objectOf<Evaluation>(
      await callTallystick([...args, '--work', bench.folder, '--json', '--quiet'], {
        ...bench.variables,
        ...FIXTURES,
      }),
    );
    const { audit } = pipeline === EIGHT ? first : await runInto('true', { pipeline });
    const six = truth.ranks.find(({ rank }) => rank === 6)!;
    const missing = truth.subgroups.find(({ by, value }) => by === 'nhsNumber' && value === 'missing')!;
    const right = six.linked - six.falseMatches;
    const { precisionInterval, recallInterval } = audit.ranks.find(({ rank }) => rank === 6)!;
    for (const [rate, limits] of [
      [right / six.linked, precisionInterval],
      [right / missing.linkable!, recallInterval],
    ] as const) {
      expect(rate).toBeGreaterThanOrEqual(limits![0]);
      expect(rate).toBeLessThanOrEqual(limits![1]);
    }
  });

  it('is in the report and in the output of inspect, in the same words', async () => {
    const ended = await callTallystick(
      ['run', EIGHT, '--run-date', RUN_DATE, '--out', bench.path('report')],
      {
        ...bench.variables,
        ...FIXTURES,
      },
    );
    const table = /self-audit of the linkage, .* NHS numbers hidden \(seed 48271\)\n(?:.+\n){9}/;
    const [reported] = table.exec(ended.stdout) ?? [];
    expect(reported).toMatch(/^ +1 +[\d,]+ +[\d,]+ +100\.00 % /m);
    expect(reported).toMatch(/^ +6 +[\d,]+ +[\d,]+ +\d+\.\d\d % .* \d\d\.\d\d %$/m);
    const inspected = await callTallystick(['inspect', first.directory]);
    expect(inspected.stdout).toContain(reported);
    expect((await callTallystick(['verify', first.directory])).code).toBe(0);
  });

  it('is the same for any order of rows and any number of threads', async () => {
    const turned = copyFixtures(bench);
    const flat = 'hospital/episodes.csv.gz';
    for (const file of ['gp/patients.csv', 'gp/addresses.csv', 'community/CYP001MPI.csv', flat]) {
      turnRound(join(turned, file));
    }
    const data = { TALLYSTICK_DATA: turned };
    const second = await runInto('turned', { data, more: ['--threads', '1'] });
    expect(second.audit).toEqual(first.audit);
  });

  it('makes no link that the run would refuse for its match probability', async () => {
    for (const file of ['sensitive-codes.csv', 'canaries.txt']) {
      copyFileSync(join('pipelines', file), bench.path(file));
    }
    const pipeline = bench.path('choosy.yaml');
    const [from, to] = ['ranks: eight-step\n', 'ranks: eight-step\n  minProbability: 0.9999\n'];
    const text = readFileSync(EIGHT, 'utf8');
    expect(text).toContain(from);
    writeFileSync(pipeline, text.replace(from, to));
    const { rank } = await runInto('choosy', { pipeline });
    expect(rank(1).links).toBe(first.rank(1).links);
    expect(rank(6)).toMatchObject({
      links: 0,
      sampled: 0,
      precision: null,
      recall: null,
      hiddenRecall: null,
    });
    expect(rank(8)).toMatchObject({ links: 0, sampled: 0 });
  });

  /** The steps of the audit of a pipeline, as `plan` lists them. */
  const plannedFor = async (pipeline: string) => {
    const { steps } = objectOf<{ steps: ListedStep[] }>(await callTallystick(['plan', pipeline, '--json']));
    return steps.filter(({ part }) => part === 'audit');
  };

  it('uses earlier addresses where there are any, and counts rows of flat tables only', async () => {
    const [eight, two] = [await plannedFor(EIGHT), await plannedFor(PIPELINE)];
    const readBy = (steps: readonly ListedStep[]) => steps.flatMap(({ reads }) => reads);
    expect(readBy(eight)).toContain('address_tuples');
    expect(readBy(two)).not.toContain('address_tuples');
    for (const steps of [eight, two]) {
      const stored = steps.flatMap(({ sql }) => sql.match(/read_store\('\w+'\)/g) ?? []);
      expect(stored).toEqual(["read_store('hospital_episodes')"]);
    }
  });

  it('is part of the plan, in the steps that a run logs', async () => {
    const planned = (await plannedFor(EIGHT)).map(({ name }) => name);
    const args = [
      'run',
      EIGHT,
      '--run-date',
      RUN_DATE,
      '--out',
      bench.path('logged'),
      '--log-level',
      'debug',
    ];
    const logged = await callTallystick(args, { ...bench.variables, ...FIXTURES });
    expect(planned).toEqual(expect.arrayContaining(['audit_links', 'audit_outcomes', 'audit_numberless']));
    for (const name of planned) expect(logged.stderr).toContain(name);
  });
});
