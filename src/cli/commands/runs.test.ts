import {
  mkdirSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RunResult } from '../../linker/result.ts';
import { systemProcesses } from '../../write/process-probe.ts';
import { manifestOf } from '../../write/test-rig/publishing.ts';
import { callTallystick } from '../test-rig/call-tallystick.ts';
import { makeBench, objectOf, PIPELINE, tallystick } from '../test-rig/tallystick.ts';

const bench = makeBench();
const pipeline = bench.path('nightly.yaml');
const out = bench.path('out');
const home = join(out, 'nightly');
afterAll(() => bench.remove());

const run = (date: string, ...more: string[]) =>
  callTallystick(['run', pipeline, '--run-date', date, '--out', out, ...more], {
    ...bench.variables,
    TALLYSTICK_DATA: resolve('fixtures'),
  });

/** Published runs as nights would leave them, made directly: real runs would need a register for each night. */
beforeAll(() => {
  const text = readFileSync(PIPELINE, 'utf8').replace(
    /: (sensitive-codes\.csv|canaries\.txt)/g,
    (_, name) => `: ${resolve(dirname(PIPELINE), name)}`,
  );
  writeFileSync(pipeline, text);
});

describe('latest', () => {
  it('moves forward only: a run of an old date is published, and latest does not move unless --set-latest says so', async () => {
    const later = objectOf<RunResult>(await run('2026-04-02', '--json'));
    expect(later.latest).toEqual({ runId: later.runId, runDate: '2026-04-02' });
    const old = await run('2026-04-01');
    expect(old.code).toBe(0);
    expect(old.stderr).toContain(
      `still points at run ${later.runId} of 2026-04-02, which is later; --set-latest lets it point at this run`,
    );
    expect(old.stdout).toContain(
      `nightly/latest still points at run ${later.runId} of 2026-04-02, which is later)\n`,
    );
    expect(old.stdout).toMatch(/2026-04-01-[0-9a-f]{12}\/release\/persons\.arrow/);
    expect(readlinkSync(join(home, 'latest'))).toBe(later.runId);

    const set = await run('2026-04-01', '--set-latest', '--json');
    const { runId } = objectOf<RunResult>(set);
    expect(objectOf<RunResult>(set)).toMatchObject({ outcome: 'unchanged', latest: { runId } });
    expect(set.stderr).not.toContain('still points');
    expect(readlinkSync(join(home, 'latest'))).toBe(runId);
  }, 240_000);
});

describe('tallystick runs', () => {
  const DAYS = ['2026-02-27', '2026-02-28', '2026-03-01', '2026-03-31', '2026-04-01'];
  const folder = bench.path('kept', 'nightly');
  const idOf = (date: string) => `${date}-abc`;
  const runsIn = () => readdirSync(folder).filter((name) => name.startsWith('2026'));
  beforeEach(() => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(join(folder, 'links'), { recursive: true });
    for (const date of DAYS) {
      const manifest = manifestOf(idOf(date), { run: { name: 'nightly', id: idOf(date), date } });
      mkdirSync(join(folder, idOf(date), 'release'), { recursive: true });
      mkdirSync(join(folder, idOf(date), 'operator'));
      writeFileSync(join(folder, idOf(date), 'release', 'manifest.json'), JSON.stringify(manifest));
    }
    symlinkSync(idOf('2026-03-31'), join(folder, 'latest'));
    writeFileSync(join(folder, 'links', `${idOf('2026-02-27')}.parquet`), 'a map');
    writeFileSync(join(folder, 'baseline.json'), '{}');
    mkdirSync(join(folder, 'damaged', 'release'), { recursive: true });
    writeFileSync(join(folder, 'damaged', 'release', 'manifest.json'), '{}');
  });
  const prune = (...args: string[]) => tallystick(['runs', 'prune', folder, ...args]);

  it('list shows date, size and link map of each run, and which is the latest', async () => {
    const { runs, others } = objectOf<{ runs: Record<string, unknown>[]; others: string[] }>(
      await tallystick(['runs', 'list', folder, '--json']),
    );
    expect(runs.map(({ runId, isLatest, hasLinkMap }) => [runId, isLatest, hasLinkMap])).toEqual(
      DAYS.map((date) => [idOf(date), date === '2026-03-31', date === '2026-02-27']),
    );
    expect(others).toEqual(['damaged']);
    const { stdout } = await tallystick(['runs', 'list', folder]);
    expect(stdout).toMatch(/2026-03-31-abc +2026-03-31 +\d{4}-\d\d-\d\d \d\d:\d\d +\d+ B +latest\n/);
    expect(stdout).toContain('damaged: no manifest of this version can be read');
  });

  it('list names the agreement and the recipient of each run, where any manifest names a recipient', async () => {
    const id = idOf('2026-03-31');
    const manifest = manifestOf(id, {
      run: { name: 'nightly', id, date: '2026-03-31' },
      recipient: 'the Institute of Examples',
    });
    writeFileSync(join(folder, id, 'release', 'manifest.json'), JSON.stringify(manifest));
    const { stdout } = await tallystick(['runs', 'list', folder]);
    expect(stdout).toMatch(/agreement +recipient/);
    expect(stdout).toMatch(/2026-03-31-abc .+ latest +\S+ +the Institute of Examples/);
  });

  it('prune deletes runs that no option keeps, but never the latest, a run with a link map, or other files', async () => {
    const before = readdirSync(folder);
    const dry = await prune('--keep-daily', '1', '--dry-run');
    expect(dry.code).toBe(0);
    expect(dry.stdout).toContain('2 runs would be deleted');
    expect(readdirSync(folder)).toEqual(before);

    const ended = await prune('--keep-daily', '1');
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/2026-02-28-abc +2026-02-28 +\d+ B +deleted *\n/);
    expect(ended.stderr).toContain('damaged is left alone');
    expect(runsIn()).toEqual([idOf('2026-02-27'), idOf('2026-03-31'), idOf('2026-04-01')]);
    expect(readdirSync(folder).sort()).toEqual(
      ['baseline.json', 'damaged', 'latest', 'links', ...runsIn()].sort(),
    );
    expect(readFileSync(join(folder, 'baseline.json'), 'utf8')).toBe('{}');
    expect(readdirSync(join(folder, 'links'))).toEqual([`${idOf('2026-02-27')}.parquet`]);
  });

  it('prune deletes link maps with their runs where --with-link-maps says so', async () => {
    const ended = await prune('--keep-monthly', '2', '--with-link-maps', '--json');
    const { runs } = objectOf<{ runs: { runId: string; keptFor: string[] }[] }>(ended);
    expect(runs.map(({ keptFor }) => keptFor)).toEqual([[], [], [], ['latest', 'monthly'], ['monthly']]);
    expect(runsIn()).toEqual([idOf('2026-03-31'), idOf('2026-04-01')]);
    expect(readdirSync(join(folder, 'links'))).toEqual([]);
  });

  it('prune deletes nothing without a keep option, with a count of 0, or where there is no folder', async () => {
    for (const args of [
      [],
      ['--with-link-maps'],
      ['--keep-daily', '0'],
      ['--keep-monthly', '-1'],
      ['--keep-daily', 'x'],
    ]) {
      expect((await prune(...args)).code, args.join(' ')).toBe(2);
    }
    expect(runsIn()).toHaveLength(DAYS.length);
    expect((await tallystick(['runs', 'prune', join(folder, 'none'), '--keep-daily', '1'])).code).toBe(2);
  });

  it('prune does not wait for a run that is publishing', async () => {
    const { pid, host, scope } = systemProcesses;
    const birthMark = systemProcesses.birthMark(pid);
    const startedAt = '2026-04-01T01:00:00Z';
    writeFileSync(
      join(folder, '.lock'),
      JSON.stringify({ owner: 'b7', pid, host, scope, birthMark, startedAt }),
    );
    const ended = await prune('--keep-daily', '1', '--json');
    expect(ended.code).toBe(3);
    expect(runsIn()).toHaveLength(DAYS.length);
  });
});
