import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { LongRefusal } from '../../domain/long-refusal.ts';
import { refused, usage } from '../../domain/problem.ts';
import { QuarantineRefusal } from '../../domain/quarantine-refusal.ts';
import { leavingRefusal } from '../process/leave-refusal.ts';
import { Terminal } from '../terminal/terminal.ts';
import { copyFixtures, errorOf, makeBench, PIPELINE, RUN_DATE, tallystick } from '../test-rig/tallystick.ts';

const bench = makeBench();
afterAll(() => bench.remove());

const readRefusal = (file: string) => JSON.parse(readFileSync(file, 'utf8'));

describe('a refused run', () => {
  it('leaves a file with every problem and every quarantined row; the next published run removes it', async () => {
    const fixtures = copyFixtures(bench);
    const episodes = join(fixtures, 'hospital', 'episodes.csv.gz');
    const before = readFileSync(episodes);
    const [header, ...lines] = gunzipSync(before).toString('utf8').trimEnd().split('\n');
    // A surplus cell: such a row cannot be parsed. Its values must not occur in any file.
    const spoilt = lines.map((line, index) => (index % 20 === 0 ? `${line},9990000999 Quillfeather` : line));
    writeFileSync(episodes, gzipSync(`${[header, ...spoilt].join('\n')}\n`));
    const out = bench.path('out');
    const run = () =>
      tallystick(['run', PIPELINE, '--json', '--run-date', RUN_DATE, '--out', out], {
        ...bench.variables,
        TALLYSTICK_DATA: fixtures,
      });
    const ended = await run();
    expect(ended.code).toBe(1);
    const file = join(out, 'nightly', 'refused.json');
    expect(statSync(file).mode & 0o777).toBe(0o600);
    const refusal = readRefusal(file);
    expect(refusal).toMatchObject({ run: { name: 'nightly', date: RUN_DATE }, exitCode: 1, leftOut: 0 });
    expect(refusal.problems).toEqual(errorOf(ended).problems);
    expect(refusal.quarantined).toHaveLength(Math.ceil(lines.length / 20));
    expect(refusal.quarantined.length).toBeGreaterThan(5); // more than is printed
    expect(refusal.quarantined[1]).toEqual({
      file: expect.stringMatching(/episodes\.csv\.gz$/),
      line: 22,
      column: '',
      reason: expect.any(String),
    });
    expect(readFileSync(file, 'utf8')).not.toMatch(/Quillfeather|9990000999/);
    expect(ended.stderr).toContain('refused.json');

    writeFileSync(episodes, before);
    expect((await run()).code).toBe(0);
    expect(existsSync(file)).toBe(false);
  }, 240_000);

  it('of tokenise leaves the file beside the store', async () => {
    const fixtures = copyFixtures(bench);
    writeFileSync(join(fixtures, 'opt-outs', 'register.csv'), '');
    const store = bench.path('store');
    const tokenise = (data: string) =>
      tallystick(['tokenise', PIPELINE, '--run-date', RUN_DATE, '--store', store], {
        ...bench.variables,
        TALLYSTICK_DATA: data,
      });
    expect((await tokenise(fixtures)).code).toBe(1);
    expect(existsSync(store)).toBe(false);
    const refusal = readRefusal(`${store}.refused.json`);
    expect(refusal).toMatchObject({ run: { name: 'nightly', date: RUN_DATE } });
    expect(refusal.problems[0].file).toMatch(/register\.csv$/);
    expect((await tokenise(resolve('fixtures'))).code).toBe(0);
    expect(existsSync(`${store}.refused.json`)).toBe(false);

    writeFileSync(join(store, 'store.json'), '{}');
    const out = bench.path('linked');
    const linked = await tallystick(['link', PIPELINE, '--store', store, '--out', out], bench.variables);
    expect(linked.code).toBe(1);
    expect(readRefusal(join(out, 'nightly', 'refused.json'))).toMatchObject({ run: { date: null } });
  }, 240_000);
});

describe('the file of a refusal', () => {
  const file = bench.path('refused.json');
  const silent = { isTTY: false, write: () => true };
  const terminal = new Terminal(silent, silent, {}, []);
  const canaries = bench.path('canaries.txt');
  const run = { name: 'nightly', canaries, date: RUN_DATE };
  const refuse = (fault: Error) =>
    expect(leavingRefusal(terminal, file, run, () => Promise.reject(fault))).rejects.toBe(fault);
  beforeEach(() => writeFileSync(canaries, 'Quillfeather\n'));

  it('leaves out every text that looks like an identifier or is a canary, and says so', async () => {
    const place = { file: 'gp/999 000 0999.csv', line: 2, column: 'SW1A 2AA', reason: 'is no date' };
    await refuse(
      new QuarantineRefusal(
        [{ file: 'a/quillfeather.csv', line: 3, column: '9990000999', message: 'a SW1A 2AA', wayOut: 'b' }],
        [place, { ...place, line: 3 }],
      ),
    );
    const text = readFileSync(file, 'utf8');
    expect(text).not.toMatch(/quillfeather|999|SW1A/i);
    const { leftOut, problems, quarantined } = JSON.parse(text);
    expect(leftOut).toBe(3 + 4);
    expect(problems[0]).toMatchObject({ line: 3, file: '(left out: it looks like a canary)', wayOut: 'b' });
    expect(quarantined[1]).toMatchObject({ line: 3, reason: 'is no date' });
  });

  it('is replaced by the next refusal, not changed by other failures, and removed by success', async () => {
    await refuse(refused({ message: 'first' }));
    await refuse(refused({ message: 'second' }, { message: 'third', line: 7 }));
    expect(readRefusal(file).problems).toEqual([{ message: 'second' }, { message: 'third', line: 7 }]);
    expect(readRefusal(file)).not.toHaveProperty('quarantined');
    await refuse(usage({ message: 'of another kind' }));
    expect(readRefusal(file).problems).toHaveLength(2);
    expect(await leavingRefusal(terminal, file, run, async () => 5)).toBe(5);
    expect(existsSync(file)).toBe(false);
  });

  it('is complete for more locations than are written at once', async () => {
    const places = Array.from({ length: 25_001 }, (_, index) => ({
      file: 'a.csv',
      line: index + 2,
      column: '',
      reason: 'is no row',
    }));
    await refuse(new QuarantineRefusal([{ message: 'too many' }], places));
    expect(readRefusal(file).quarantined).toEqual(places);
  });

  it('has every location of a refusal, of which the terminal shows only some', async () => {
    const all = Array.from({ length: 30 }, (_, index) => ({
      file: 'a.csv',
      line: index + 2,
      message: 'is unclear',
    }));
    const fault = new LongRefusal(all);
    await refuse(fault);
    expect(readRefusal(file).problems).toEqual(all);
    expect(fault.problems).toHaveLength(6);
  });

  it('does not hide the reason for a refusal where the file cannot be written', async () => {
    const fault = refused({ message: 'the reason' });
    const nowhere = bench.path('nothing', 'here', 'refused.json');
    await expect(leavingRefusal(terminal, nowhere, run, () => Promise.reject(fault))).rejects.toBe(fault);
  });
});
