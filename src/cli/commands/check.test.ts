import { appendFileSync, chmodSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import type { DeliveryFinding } from '../../run/check/delivery-finding.ts';
import {
  copyFixtures,
  errorOf,
  filesOf,
  makeBench,
  namesIn,
  objectOf,
  PIPELINE,
  RUN_DATE,
  tallystick,
} from '../test-rig/tallystick.ts';

const bench = makeBench();
afterAll(() => bench.remove());

const check = (fixtures: string, ...more: string[]) =>
  tallystick(['check', PIPELINE, '--run-date', RUN_DATE, '--out', bench.path('out'), ...more], {
    ...bench.variables,
    TALLYSTICK_DATA: fixtures,
  });
const register = (fixtures: string) => join(fixtures, 'opt-outs', 'register.csv');
const community = (fixtures: string) => join(fixtures, 'community', 'CYP001MPI.csv');

describe.concurrent('tallystick check', () => {
  it('exits with 0 for a delivery that a run would accept, and writes nothing', async () => {
    const fixtures = copyFixtures(bench);
    const before = filesOf(fixtures);
    const ended = await check(fixtures);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    expect(ended.stdout).toMatch(/^ok +table hospital_episodes +1 file, .*rows$/m);
    expect(ended.stdout).toMatch(/^ok +baseline +first night: /m);
    expect(ended.stdout).toMatch(/^ok +work space +.*free in .*; the extracts take /m);
    expect(ended.stdout).toMatch(/^ok +work folder +.* can be written to$/m);
    expect(ended.stdout).toMatch(/^ok +output folder +.* can be written to$/m);
    expect(ended.stdout).not.toMatch(/^(?:warning|failed)/m);
    expect(filesOf(fixtures)).toEqual(before);
    expect(namesIn(bench.folder).filter((name) => /^out|doctor/.test(name))).toEqual([]);
  });

  it('prints nothing with --quiet where there is no fault', async () => {
    expect(await check(copyFixtures(bench), '--quiet')).toEqual({ code: 0, stdout: '', stderr: '' });
  });

  it('exits with 1 where only data are at fault, names every fault once, and prints no cell', async () => {
    const fixtures = copyFixtures(bench);
    appendFileSync(register(fixtures), '9990000018,seven,registered,2024-01-01\n');
    appendFileSync(community(fixtures), 'Seraphina,9990000018');
    rmSync(join(fixtures, 'gp', 'patients.csv'));
    const ended = await check(fixtures);
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/^failed +table gp_patients +.*no such file/m);
    const errors = ended.stderr.split('\n').filter((line) => line.startsWith('error: '));
    expect(errors).toHaveLength(3);
    expect(errors.join('\n')).toMatch(/no such file[\s\S]*the file ends in mid-row[\s\S]*register\.csv:\d+/);
    expect(ended.stdout + ended.stderr).not.toMatch(/9990000018|Seraphina|seven/);
  });

  it('exits with 3 where a key is at fault too, because a run meets it first', async () => {
    const fixtures = copyFixtures(bench);
    rmSync(register(fixtures));
    const key = bench.path('open.key');
    writeFileSync(key, readFileSync(bench.variables['TALLYSTICK_KEY_FILE']!));
    chmodSync(key, 0o644);
    const ended = await tallystick(
      ['check', PIPELINE, '--json', '--run-date', RUN_DATE, '--out', bench.path('out')],
      { ...bench.variables, TALLYSTICK_DATA: fixtures, TALLYSTICK_KEY_FILE: key },
    );
    expect(ended.code).toBe(3);
    expect(ended.stderr).not.toBe('');
    const { healthy, findings } = objectOf<{ healthy: boolean; findings: DeliveryFinding[] }>(ended);
    expect(healthy).toBe(false);
    const failed = findings.filter(({ verdict }) => verdict === 'failed');
    expect(failed.map(({ what, exitCode }) => [what, exitCode])).toEqual([
      ['opt-out register', 1],
      ['linkage key', 3],
    ]);
    expect(errorOf(ended).exitCode).toBe(3);
    expect(errorOf(ended).problems).toHaveLength(2);
  });

  it('exits with 2 for a faulty pipeline file, and `doctor` still checks the machine', async () => {
    const pipeline = bench.path('faulty.yaml');
    writeFileSync(pipeline, readFileSync(PIPELINE, 'utf8').replace('setting: hospital', 'setting: prison'));
    expect((await tallystick(['check', pipeline], bench.variables)).code).toBe(2);
    const ended = await tallystick(['doctor', pipeline, '--out', bench.folder], {
      TALLYSTICK_KEY_FILE: bench.path('nowhere.key'),
    });
    expect(ended.code).toBe(2);
    expect(ended.stdout).toMatch(/^ok +node /m);
    expect(ended.stdout).toMatch(/^failed +pipeline file +.*faulty\.yaml:\d+/m);
  });
});

describe.concurrent('tallystick doctor with a pipeline file', () => {
  it('checks the machine and the delivery', async () => {
    const fixtures = copyFixtures(bench);
    rmSync(join(fixtures, 'gp', 'patients.csv'));
    const args = ['doctor', PIPELINE, '--run-date', RUN_DATE, '--out', bench.path('not-yet')];
    const ended = await tallystick(args, { ...bench.variables, TALLYSTICK_DATA: fixtures });
    expect(ended.code).toBe(1);
    expect(ended.stdout).toMatch(/^ok +hash kernel /m);
    expect(ended.stdout).toMatch(/^failed +table gp_patients /m);
    expect(ended.stdout).toMatch(/^ok +opt-out register /m);
    expect(ended.stdout).toMatch(/^ok +baseline +first night/m);
  });
});
