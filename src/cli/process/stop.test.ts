import { readlinkSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DEFAULT_ERRORS, synthesise } from '../../synth/synthesise.ts';
import {
  filesOf,
  makeBench,
  namesIn,
  PIPELINE,
  RUN_DATE,
  startTallystick,
  tallystick,
} from '../test-rig/tallystick.ts';

const bench = makeBench();
const out = bench.path('out');
const big = { ...bench.variables, TALLYSTICK_DATA: bench.path('big') };
const RUN = ['run', PIPELINE, '--run-date', RUN_DATE, '--out', out];
/** The interrupted night has other people, and is many times as large as the published one. */
const LARGER = ['rows', 'linked', 'opt-outs'].flatMap((what) => ['--accept-change', what]);

beforeAll(async () => {
  const settings = { seed: 7, runDate: RUN_DATE, errors: DEFAULT_ERRORS, compress: 'none' } as const;
  await synthesise({ ...settings, patients: 25_000 }, bench.path('big'));
  const published = await tallystick([...RUN, '--quiet'], bench.variables);
  expect(published.code).toBe(0);
});

afterAll(() => bench.remove());

describe('a signal in the middle of a run', () => {
  it.each([
    ['SIGINT', 'tokenise gp_patients: tokenised'],
    ['SIGTERM', 'tokenise gp_patients: tokenised'],
    ['SIGHUP', 'tokenise gp_patients: tokenised'],
    ['SIGTERM', 'write gp_events: written'],
  ] as const)('%s after "%s" changes nothing, and exits with 130', async (signal, line) => {
    const names = namesIn(out);
    const latest = readlinkSync(`${out}/nightly/latest`);
    const files = filesOf(out);
    const { child, ended, said } = startTallystick([...RUN, ...LARGER], big);
    await said(line);
    expect(namesIn(out).some((name) => name.startsWith('.tallystick-work-'))).toBe(true);
    child.kill(signal);
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }).toEqual({ code: 130, stdout: '' });
    expect(stderr).toContain('error: interrupted; nothing was published\n');
    expect(namesIn(out)).toEqual(names);
    expect(readlinkSync(`${out}/nightly/latest`)).toBe(latest);
    expect(filesOf(out)).toEqual(files);
  });

  it('leaves no store and no work folder when it interrupts tokenise', async () => {
    const args = ['tokenise', PIPELINE, '--run-date', RUN_DATE, '--store', bench.path('stores', 'new')];
    const { child, ended, said } = startTallystick(args, big);
    await said('tokenise gp_patients: tokenised');
    child.kill('SIGINT');
    expect((await ended).code).toBe(130);
    expect(namesIn(bench.path('stores'))).toEqual([]);
  });
});

describe('an uncaught error in the middle of a run', () => {
  it('exits with 70 and its stack, without its message, and leaves no work folder', async () => {
    const secret = '943 476 5919';
    const thrower = `process.on('SIGUSR2', () => { throw new TypeError('cannot read ${secret}'); })`;
    const { child, ended, said } = startTallystick(RUN, {
      ...big,
      NODE_OPTIONS: `--import "data:text/javascript,${encodeURIComponent(thrower)}"`,
    });
    await said('tokenise gp_patients: tokenised');
    child.kill('SIGUSR2');
    const { code, stdout, stderr } = await ended;
    expect({ code, stdout }).toEqual({ code: 70, stdout: '' });
    expect(stderr).toContain('error: TypeError, which nobody expected\n');
    expect(stderr).toMatch(/^ {4}at .*:\d+:\d+\)?$/m);
    expect(stderr).not.toContain(secret);
    expect(namesIn(out).filter((name) => name.startsWith('.tallystick-work-'))).toEqual([]);
  });
});
