import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Evaluation } from '../../compare/evaluate/evaluation.ts';
import type { RecordFigures } from '../../compare/evaluate/rates.ts';
import { callTallystick } from '../test-rig/call-tallystick.ts';
import {
  type Ended,
  errorOf,
  makeBench,
  namesIn,
  objectOf,
  PIPELINE,
  RUN_DATE,
  tallystick,
} from '../test-rig/tallystick.ts';

const TRUTH = 'fixtures/truth/truth.csv';
const bench = makeBench();
const work = bench.path('work');
const linkageKey = { TALLYSTICK_KEY_FILE: bench.variables['TALLYSTICK_KEY_FILE']! };
/** An evaluation has the linkage key only. */
const evaluate = (truth: string, ...more: string[]) =>
  callTallystick(['evaluate', PIPELINE, '--truth', truth, '--run-date', RUN_DATE, '--work', work, ...more], {
    ...linkageKey,
    TALLYSTICK_RELEASE_KEY_FILE: '/nowhere/none.key',
  });

beforeAll(() => mkdirSync(work));
afterAll(() => bench.remove());

describe('tallystick evaluate, on the fixtures', () => {
  let ended: Ended;
  let result: Evaluation;
  beforeAll(async () => {
    ended = await evaluate(TRUTH, '--json');
    result = objectOf<Evaluation>(ended);
  });

  it('accounts for every line of the truth, and for every record', () => {
    expect(ended.code).toBe(0);
    const lines = readFileSync(TRUTH, 'utf8').trimEnd().split('\n').length - 1;
    const { records, notEvaluated } = result;
    expect(records + notEvaluated.truthWithoutRecord).toBe(lines);
    // every row of the fixtures has a truth, and only a type 1 opt-out stops a row
    expect(notEvaluated).toMatchObject({ truthOfOtherTables: 0, recordsWithoutTruth: 0 });
    expect(notEvaluated.notLinked).toEqual({ 'type-1-opt-out': notEvaluated.truthWithoutRecord });
  });

  it('finds a good but imperfect linkage', () => {
    const { record, pair, ranks } = result;
    expect(record.falseMatchRate).toBeLessThan(0.005);
    expect(record.missedMatchRate).toBeGreaterThan(0);
    expect(record.missedMatchRate).toBeLessThan(0.041); // what the audit of the HES identifier found
    expect(pair.precision).toBeGreaterThan(0.99);
    expect(pair.recall).toBeGreaterThan(0.98);
    expect(pair.f1).toBeCloseTo(2 / (1 / pair.precision! + 1 / pair.recall!), 12);
    expect(ranks.map(({ rank }) => rank)).toEqual([8, 6, 0]);
    const [low, high] = record.missedMatchInterval!;
    expect([low < record.missedMatchRate!, record.missedMatchRate! < high]).toEqual([true, true]);
  });

  it('has totals equal to the sums over match ranks and over sources', () => {
    const sum = (
      some: readonly { readonly [figure in keyof RecordFigures]: RecordFigures[figure] | null }[],
    ) =>
      (['records', 'linked', 'falseMatches', 'linkable', 'missedMatches'] as const).map((figure) =>
        some.reduce((total, one) => total + one[figure]!, 0),
      );
    const sources = result.subgroups.filter(({ by }) => by === 'source');
    expect(sources.map(({ value }) => value)).toEqual(['gp', 'hospital', 'community']);
    expect(sum(result.ranks)).toEqual(sum([result.record]));
    expect(sum(sources)).toEqual(sum([result.record]));
    const groupings = new Set(result.subgroups.map(({ by }) => by));
    expect([...groupings]).toEqual(['source', 'nhsNumber', 'sex', 'ageBand', 'ethnicCategory', 'area']);
    const numbers = result.subgroups.filter(({ by }) => by === 'nhsNumber');
    expect(numbers.map(({ value }) => value)).toEqual(['missing', 'valid']);
    expect(sum(numbers)).toEqual(sum([result.record]));
  });

  it('prints tables, and nothing else on stdout', async () => {
    const { code, stdout, stderr } = await evaluate(TRUTH, '--threads', '1');
    expect(code).toBe(0);
    expect(stdout).toMatch(/^nightly for 2026-04-01: linkage by the ladder two-step compared with fixtures/);
    expect(stdout).toMatch(/^missed matches +\d+ +[\d,]+ +\d\.\d{3} % +\d\.\d{3} % to \d\.\d{3} %$/m);
    expect(stdout).toMatch(/^pairs: F1 +\d+\.\d{3} % +/m);
    expect(stdout).toMatch(/^0 \(none held\) +\d+ /m);
    expect(stdout).toMatch(/^sex +female +[\d,]+ /m);
    expect(stdout).toMatch(/^ {2}44 rows stopped before linkage: type 1 opt-out 44$/m);
    expect(stderr).toContain('tokenise gp_patients: tokenised (2,000 rows)');
  });

  it('gives the same results for any number of threads', async () => {
    const again = objectOf<Evaluation>(await evaluate(TRUTH, '--json', '--threads', '1'));
    expect({ ...again, stages: null, seconds: null }).toEqual({ ...result, stages: null, seconds: null });
  });

  it('leaves no files', () => {
    expect(namesIn(work)).toEqual([]);
  });
});

describe('tallystick evaluate', () => {
  it('exits with 1 for a faulty truth, naming the line and none of its content', async () => {
    const faulty = bench.path('faulty.csv');
    writeFileSync(faulty, `${readFileSync(TRUTH, 'utf8')}hospital_episodes,SECRET-ID\nelsewhere,1,2\n`);
    const ended = await evaluate(faulty, '--json');
    expect(ended.code).toBe(1);
    expect(errorOf(ended).problems).toEqual([
      { file: faulty, line: 5002, message: 'has too few or too many columns' },
      {
        file: faulty,
        line: 5003,
        column: 'table',
        message: 'is not a table of the pipeline file',
        wayOut: expect.stringContaining('gp_patients'),
      },
    ]);
    expect(ended.stdout + ended.stderr).not.toMatch(/SECRET-ID|elsewhere/);
    expect(namesIn(work)).toEqual([]);
  });

  it('exits with 2 without a truth, and with 3 without a key', async () => {
    const args = ['evaluate', PIPELINE, '--run-date', RUN_DATE, '--work', work];
    expect((await tallystick(args, linkageKey)).code).toBe(2);
    const keyless = await tallystick([...args, '--truth', TRUTH], {
      TALLYSTICK_KEY_FILE: bench.path('none'),
    });
    expect(keyless.code).toBe(3);
    expect(namesIn(work)).toEqual([]);
  });
});
