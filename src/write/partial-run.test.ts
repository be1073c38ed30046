import { utimesSync } from 'node:fs';
import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listRuns } from './list-runs.ts';
import { PartialRun } from './partial-run.ts';
import { systemProcesses } from './process-probe.ts';
import { type Moves, systemMoves } from './published-run.ts';
import { DEAD, failingRename, manifestOf, markOf, mode, recordOf } from './test-rig/publishing.ts';

let out: string;
let home: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'tallystick-publish-'));
  home = join(out, 'nightly');
});
afterEach(() => rm(out, { recursive: true }));

const place = (runId: string) => ({ out, name: 'nightly', runId });
const entries = async () => (await readdir(home)).sort();
const readTable = (runId: string) => readFile(join(home, runId, 'release', 'persons.csv'), 'utf8');

/** The manifest of a run of one table, whose file is this. */
function manifestWith(runId: string, file: { readonly bytes: number; readonly sha256: string }) {
  const persons = { table: 'persons', file: 'persons.csv', ...file, columns: [] };
  return manifestOf(runId, { outputs: [persons] });
}

async function publish(runId: string, text: string, moves: Moves = systemMoves) {
  const run = await PartialRun.open(place(runId), { moves });
  try {
    const digest = await run.writeText('release', 'persons.csv', text);
    await run.writeText('release', 'report/index.html', '<p>');
    await run.writeText('operator', 'quarantine.csv', 'file,line\n');
    return await run.publish(manifestWith(runId, digest), recordOf(runId));
  } catch (error) {
    await run.abandon();
    throw error;
  }
}

describe('publishing', () => {
  it('hides the run until it is complete, and then makes latest point at it', async () => {
    const run = await PartialRun.open(place('r1'));
    await run.writeText('release', 'persons.csv', 'a');
    expect(await entries()).toEqual(['.lock', `.r1.partial-${systemProcesses.owner}`]);
    expect(await mode(run.directory)).toBe('700');
    await run.abandon();

    expect(await publish('r1', 'a')).toEqual({
      directory: join(home, 'r1'),
      outcome: 'published',
      latest: { runId: 'r1', runDate: '2025-01-02' },
    });
    expect(await entries()).toEqual(['latest', 'r1']);
    expect(await readlink(join(home, 'latest'))).toBe('r1');
    expect(await mode(join(home, 'r1'))).toBe('750');
    expect(JSON.parse(await readFile(join(home, 'latest/release/manifest.json'), 'utf8')).run.id).toBe('r1');
  });

  it('moves latest forward, and keeps earlier runs', async () => {
    await publish('r1', 'a');
    await publish('r2', 'b');
    expect(await entries()).toEqual(['latest', 'r1', 'r2']);
    expect(await readlink(join(home, 'latest'))).toBe('r2');
  });

  it('keeps a run with the same bytes', async () => {
    await publish('r1', 'a');
    const before = (await lstat(join(home, 'r1', 'release', 'persons.csv'))).ino;
    expect((await publish('r1', 'a')).outcome).toBe('unchanged');
    expect((await lstat(join(home, 'r1', 'release', 'persons.csv'))).ino).toBe(before);
    expect(await entries()).toEqual(['latest', 'r1']);
  });

  it('replaces a run with other bytes', async () => {
    await publish('r1', 'a');
    expect((await publish('r1', 'b')).outcome).toBe('replaced');
    expect(await readTable('r1')).toBe('b');
    expect(await entries()).toEqual(['latest', 'r1']);
  });

  it('replaces a run with an equal manifest and different files', async () => {
    await publish('r1', 'a');
    await writeFile(join(home, 'r1', 'release', 'persons.csv'), 'z');
    expect((await publish('r1', 'a')).outcome).toBe('replaced');
    expect(await readTable('r1')).toBe('a');
  });
});

describe('latest', () => {
  const publishOf = async (runId: string, date: string, options = {}) => {
    const run = await PartialRun.open(place(runId), options);
    try {
      const name = { name: 'nightly', id: runId, date };
      return await run.publish(manifestOf(runId, { run: name }), recordOf(runId, { run: name }));
    } finally {
      await run.abandon();
    }
  };
  const latest = () => readlink(join(home, 'latest'));

  it('moves forward by run date, and among runs of one date to the one made last', async () => {
    await publishOf('a', '2025-01-02');
    await publishOf('b', '2025-01-02');
    expect(await latest()).toBe('b');
    expect((await publishOf('a', '2025-01-02')).outcome).toBe('unchanged');
    expect(await latest()).toBe('a');
    await publishOf('c', '2025-01-03');
    expect(await latest()).toBe('c');
  });

  it('does not move when an older date is run, again or for the first time, unless --set-latest says so', async () => {
    await publishOf('a', '2025-01-02');
    await publishOf('c', '2025-01-03');
    const old = { runId: 'c', runDate: '2025-01-03' };
    expect(await publishOf('a', '2025-01-02')).toMatchObject({ outcome: 'unchanged', latest: old });
    expect(await publishOf('b', '2025-01-01')).toMatchObject({ outcome: 'published', latest: old });
    expect(await latest()).toBe('c');
    const set = await publishOf('b', '2025-01-01', { setLatest: true });
    expect(set.latest).toEqual({ runId: 'b', runDate: '2025-01-01' });
    expect(await latest()).toBe('b');
  });

  it('is read through any chain of links to the run', async () => {
    await publishOf('c', '2025-01-03');
    await symlink('c', join(home, 'current'));
    await rm(join(home, 'latest'));
    await symlink('current', join(home, 'latest'));
    const old = { runId: 'c', runDate: '2025-01-03' };
    expect(await publishOf('b', '2025-01-01')).toMatchObject({ outcome: 'published', latest: old });
    expect((await listRuns(home)).runs.map(({ runId, isLatest }) => [runId, isLatest])).toEqual([
      ['b', false],
      ['c', true],
    ]);
    await publishOf('d', '2025-01-04');
    expect(await latest()).toBe('d');
  });

  it('is set to the run where its links form a circle', async () => {
    await publishOf('c', '2025-01-03');
    await rm(join(home, 'latest'));
    await symlink('around', join(home, 'latest'));
    await symlink('latest', join(home, 'around'));
    await publishOf('b', '2025-01-01');
    expect(await latest()).toBe('b');
  });

  it('that is dangling is set to the run; one that leads to a damaged manifest stops the run', async () => {
    await publishOf('c', '2025-01-03');
    await writeFile(join(home, 'c', 'release', 'manifest.json'), '{}');
    await expect(publishOf('d', '2025-01-04')).rejects.toMatchObject({ exitCode: 1 });
    expect(await entries()).toEqual(['c', 'latest']);
    await rm(join(home, 'c'), { recursive: true });
    await publishOf('b', '2025-01-01');
    expect(await latest()).toBe('b');
  });
});

describe('a run that fails', () => {
  it('leaves no file when it is abandoned', async () => {
    await publish('r1', 'a');
    const run = await PartialRun.open(place('r2'));
    await run.writeText('release', 'persons.csv', 'b');
    await run.abandon();
    expect(await entries()).toEqual(['latest', 'r1']);
  });

  it('is not published when a file differs from the manifest', async () => {
    const run = await PartialRun.open(place('r1'));
    const { bytes, sha256 } = await run.writeText('release', 'persons.csv', 'abc');
    await expect(
      run.publish(manifestWith('r1', { bytes: bytes + 1, sha256 }), recordOf('r1')),
    ).rejects.toMatchObject({
      reason: 'bad-data',
    });
    await run.abandon();
    expect(await entries()).toEqual([]);
  });

  it.each([
    ['the old run cannot be moved aside', 1],
    ['the new run cannot be moved in', 2],
  ])('leaves the published run unchanged when %s', async (_, nth) => {
    await publish('r1', 'a');
    await expect(publish('r1', 'b', failingRename(nth))).rejects.toMatchObject({ reason: 'no-space' });
    expect(await readTable('r1')).toBe('a');
    expect(await entries()).toEqual(['latest', 'r1']);
  });

  it('publishes nothing when a first run cannot be moved in', async () => {
    await publish('r1', 'a');
    await expect(publish('r2', 'b', failingRename(1))).rejects.toMatchObject({ reason: 'no-space' });
    expect(await entries()).toEqual(['latest', 'r1']);
    expect(await readlink(join(home, 'latest'))).toBe('r1');
  });

  it('leaves latest unchanged when only latest cannot be moved', async () => {
    await publish('r1', 'a');
    await expect(publish('r2', 'b', failingRename(2))).rejects.toMatchObject({ path: join(home, 'latest') });
    expect(await readlink(join(home, 'latest'))).toBe('r1');
    expect(await entries()).toEqual(['latest', 'r1', 'r2']);
  });

  it.each([
    ['latest', 'latest'],
    ['the run', 'r1'],
  ])('does not touch another file with the name of %s', async (_, file) => {
    await mkdir(home, { recursive: true });
    await writeFile(join(home, file), 'mine');
    await expect(publish('r1', 'a')).rejects.toMatchObject({ reason: 'already-there' });
    expect(await readFile(join(home, file), 'utf8')).toBe('mine');
    expect(await entries()).toEqual([file]);
  });
});

describe('the next run', () => {
  const tidy = async (options = {}) => {
    const notices: string[] = [];
    const notice = (message: string) => notices.push(message);
    const run = await PartialRun.open(place('r2'), { notice, silenceMs: 240, ...options });
    await run.abandon();
    return notices;
  };
  const leave = async (name: string, mark?: string) => {
    await mkdir(join(home, name), { recursive: true });
    if (mark !== undefined) await writeFile(join(home, name, '.owner'), mark);
  };

  it('removes the files of dead runs of this scope at once', async () => {
    await publish('r1', 'a');
    await leave(`.r2.partial-${DEAD}`, markOf(DEAD));
    await leave(`.r1.replaced-${DEAD}`);
    await leave(`.r3.partial-${systemProcesses.owner}`);
    await leave('.r4.pruned-abc');
    expect(await tidy({ silenceMs: 600_000 })).toEqual([
      'removed what had been written of run r2 by a process that died',
      'removed what had been written of run r3 by a process that died',
      'removed the rest of run r4, which was being deleted by a process that died',
    ]);
    expect(await entries()).toEqual(['latest', 'r1']);
  });

  it('removes the files of a run in another container once it is silent, and never while it is alive', async () => {
    const name = '.r2.partial-b7';
    await leave(name, markOf('b7', { pid: process.pid, scope: 'another container' }));
    const mark = join(home, name, '.owner');
    const beat = setInterval(() => utimesSync(mark, new Date(), new Date()), 30);
    expect(await tidy()).toEqual([`left ${join(home, name)} unchanged: its owner is alive`]);
    clearInterval(beat);
    expect(await entries()).toEqual([name]);
    expect(await tidy()).toEqual(['removed what had been written of run r2 by a process that died']);
    expect(await entries()).toEqual([]);
  });

  it('leaves the files of a live run of this scope', async () => {
    const birthMark = systemProcesses.birthMark(process.ppid);
    await leave('.r9.partial-b7', markOf('b7', { pid: process.ppid, birthMark }));
    await tidy();
    expect(await entries()).toEqual(['.r9.partial-b7']);
  });

  it('does not publish once another run has taken over its lock', async () => {
    const run = await PartialRun.open(place('r1'));
    await writeFile(join(home, '.lock'), markOf('b7'));
    await expect(run.publish(manifestOf('r1'), recordOf('r1'))).rejects.toMatchObject({ reason: 'locked' });
    await run.abandon();
    expect(await entries()).toEqual(['.lock']);
  });

  it('puts back a run whose replacement died before it was complete', async () => {
    await publish('r1', 'a');
    await systemMoves.rename(join(home, 'r1'), join(home, `.r1.replaced-${DEAD}`));
    await (await PartialRun.open(place('r2'))).abandon();
    expect(await readTable('latest')).toBe('a');
  });

  it('does not wait for a live run: the error names its process', async () => {
    const run = await PartialRun.open(place('r1'));
    await expect(PartialRun.open(place('r2'), { processes: systemProcesses })).rejects.toThrow(
      `process ${process.pid} has been publishing`,
    );
    await run.abandon();
  });

  it.each(['..', '', 'a/b', '.hidden', 'latest', 'links'])('may not have the run id %j', async (runId) => {
    await expect(PartialRun.open(place(runId))).rejects.toMatchObject({ reason: 'bad-name' });
  });
});
