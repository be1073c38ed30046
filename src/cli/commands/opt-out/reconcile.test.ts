import { cpSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Reconciliation } from '../../../run/reconcile-opt-outs.ts';
import { callTallystick } from '../../test-rig/call-tallystick.ts';
import { errorOf, filesOf, makeBench, objectOf, PIPELINE, RUN_DATE } from '../../test-rig/tallystick.ts';

const bench = makeBench();
const fixtures = bench.path('fixtures');
const register = join(fixtures, 'opt-outs', 'register.csv');
const whole = readFileSync('fixtures/opt-outs/register.csv', 'utf8');
const variables = { ...bench.variables, TALLYSTICK_DATA: fixtures };
const out = ['--out', bench.path('out')];

const reconcile = (...more: string[]) =>
  callTallystick(
    ['opt-out', 'reconcile', PIPELINE, ...out, '--work', bench.path(), '--run-date', '2026-04-02', ...more],
    variables,
  );

beforeAll(async () => {
  cpSync('fixtures', fixtures, { recursive: true });
  expect(
    (await callTallystick(['run', PIPELINE, '--quiet', '--run-date', RUN_DATE, ...out], variables)).code,
  ).toBe(0);
});
afterAll(() => bench.remove());

describe('tallystick opt-out reconcile', () => {
  it('prints last night, the best and now, and changes nothing', async () => {
    writeFileSync(register, whole);
    const before = filesOf(bench.path('out'));
    const ended = await reconcile();
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(
      /^opt-outs of 2026-04-02, compared with 1 night, 2026-04-01 to 2026-04-01$/m,
    );
    expect(ended.stdout).toMatch(/^events +list of register +type-1 +(\d+) +\1 +\1 +ok$/m);
    expect(ended.stdout).toMatch(/^in force +code of gp +type-1 +(\d+) +\1 +\1 +ok$/m);
    expect(ended.stdout).not.toMatch(/stop/);
    expect(filesOf(bench.path('out'))).toEqual(before);
  });

  it('exits with 1 where a run would stop, with the table all the same', async () => {
    const [header, ...lines] = whole.trimEnd().split('\n');
    writeFileSync(register, `${[header, ...lines.slice(0, lines.length / 2)].join('\n')}\n`);
    const ended = await reconcile();
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/^events +register +national +38 +38 +\d+ +stop$/m);
    expect(ended.stderr).toContain(
      "the register's national events fell from 38 on 2026-04-01, the best night kept, to ",
    );
    // the same line is not said of the list as well
    expect(ended.stderr.match(/national.* fell/g)).toHaveLength(2);
    for (const number of whole.match(/\d{10}/g)!) expect(ended.stdout + ended.stderr).not.toContain(number);

    const inJson = await reconcile('--json');
    expect(inJson.code).toBe(1);
    expect(errorOf(inJson).problems.length).toBeGreaterThan(0);
    const run = await callTallystick(
      ['run', PIPELINE, '--quiet', '--run-date', '2026-04-02', ...out],
      variables,
    );
    expect(run.code).toBe(1);
    for (const { message } of errorOf(inJson).problems) expect(run.stderr).toContain(message);
  });

  it('gives every series in JSON', async () => {
    writeFileSync(register, whole);
    const { nights, series, practices } = objectOf<Reconciliation>(await reconcile('--json'));
    expect(nights).toEqual([RUN_DATE]);
    expect(series.length).toBeGreaterThan(10);
    expect(series.every(({ last, now, finding }) => last?.value === now && finding === null)).toBe(true);
    expect(practices).toEqual([]);
  });
});
