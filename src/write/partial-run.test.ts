import { lstat, mkdir, mkdtemp, readdir, readFile, readlink, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PartialRun } from './partial-run.ts';
import { systemProcesses } from './process-probe.ts';
import { type Moves, systemMoves } from './published-run.ts';
import { DEAD, failingRename, manifestOf, mode, recordOf } from './test-rig/publishing.ts';

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
  it('hides the run until it is whole, and then lets latest point at it', async () => {
    const run = await PartialRun.open(place('r1'));
    await run.writeText('release', 'persons.csv', 'a');
    expect(await entries()).toEqual(['.lock', `.r1.partial-${process.pid}`]);
    expect(await mode(run.directory)).toBe('700');
    await run.abandon();

    expect(await publish('r1', 'a')).toEqual({ directory: join(home, 'r1'), outcome: 'published' });
    expect(await entries()).toEqual(['latest', 'r1']);
    expect(await readlink(join(home, 'latest'))).toBe('r1');
    expect(await mode(join(home, 'r1'))).toBe('750');
    expect(JSON.parse(await readFile(join(home, 'latest/release/manifest.json'), 'utf8')).run.id).toBe('r1');
  });

  it('moves latest on, and keeps the runs before', async () => {
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

  it('replaces a run whose manifest agrees and whose files do not', async () => {
    await publish('r1', 'a');
    await writeFile(join(home, 'r1', 'release', 'persons.csv'), 'z');
    expect((await publish('r1', 'a')).outcome).toBe('replaced');
    expect(await readTable('r1')).toBe('a');
  });
});

describe('a run that fails', () => {
  it('leaves nothing when it is abandoned', async () => {
    await publish('r1', 'a');
    const run = await PartialRun.open(place('r2'));
    await run.writeText('release', 'persons.csv', 'b');
    await run.abandon();
    expect(await entries()).toEqual(['latest', 'r1']);
  });

  it('is not published when a file is not as the manifest says', async () => {
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
  ])('leaves the published run as it was when %s', async (_, nth) => {
    await publish('r1', 'a');
    await expect(publish('r1', 'b', failingRename(nth))).rejects.toMatchObject({ reason: 'no-space' });
    expect(await readTable('r1')).toBe('a');
    expect(await entries()).toEqual(['latest', 'r1']);
  });

  it('leaves the published run as it was when a first run cannot be moved in', async () => {
    await publish('r1', 'a');
    await expect(publish('r2', 'b', failingRename(1))).rejects.toMatchObject({ reason: 'no-space' });
    expect(await entries()).toEqual(['latest', 'r1']);
    expect(await readlink(join(home, 'latest'))).toBe('r1');
  });

  it('leaves latest as it was when only that cannot be moved', async () => {
    await publish('r1', 'a');
    await expect(publish('r2', 'b', failingRename(2))).rejects.toMatchObject({ path: join(home, 'latest') });
    expect(await readlink(join(home, 'latest'))).toBe('r1');
    expect(await entries()).toEqual(['latest', 'r1', 'r2']);
  });

  it.each([
    ['latest', 'latest'],
    ['the run', 'r1'],
  ])('does not touch a file of somebody’s own in the place of %s', async (_, file) => {
    await mkdir(home, { recursive: true });
    await writeFile(join(home, file), 'mine');
    await expect(publish('r1', 'a')).rejects.toMatchObject({ reason: 'already-there' });
    expect(await readFile(join(home, file), 'utf8')).toBe('mine');
    expect(await entries()).toEqual([file]);
  });
});

describe('the next run', () => {
  it('clears up after a dead one, and leaves a live one’s alone', async () => {
    await publish('r1', 'a');
    const live = `.r9.partial-${process.ppid}`;
    for (const left of [`.r2.partial-${DEAD}`, `.r1.replaced-${DEAD}`, `.r3.partial-${process.pid}`, live]) {
      await mkdir(join(home, left));
    }
    const notices: string[] = [];
    const run = await PartialRun.open(place('r2'), { notice: (message) => notices.push(message) });
    await run.abandon();
    expect(await entries()).toEqual([live, 'latest', 'r1'].sort());
    expect(notices).toEqual([
      `removed what process ${DEAD} had written of run r2 when it died`,
      `removed what process ${process.pid} had written of run r3 when it died`,
    ]);
  });

  it('puts back a run whose replacement died half-way', async () => {
    await publish('r1', 'a');
    await systemMoves.rename(join(home, 'r1'), join(home, `.r1.replaced-${DEAD}`));
    await (await PartialRun.open(place('r2'))).abandon();
    expect(await readTable('latest')).toBe('a');
  });

  it('waits for no live one: it is told who is at it', async () => {
    const run = await PartialRun.open(place('r1'));
    await expect(PartialRun.open(place('r2'), { processes: systemProcesses })).rejects.toThrow(
      `process ${process.pid} has been publishing`,
    );
    await run.abandon();
  });

  it.each(['..', '', 'a/b', '.hidden', 'latest', 'links'])('may not be called %j', async (runId) => {
    await expect(PartialRun.open(place(runId))).rejects.toMatchObject({ reason: 'bad-name' });
  });
});
