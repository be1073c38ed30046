import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PartialRun } from './partial-run.ts';
import { systemProcesses } from './process-probe.ts';
import { type Moves, systemMoves } from './published-run.ts';
import { linkMapOf } from './run-place.ts';
import { DEAD, failingRename, manifestOf, markOf, mode, recordOf } from './test-rig/publishing.ts';

let out: string;
let home: string;
let links: string;
beforeEach(async () => {
  out = await mkdtemp(join(tmpdir(), 'tallystick-links-'));
  home = join(out, 'nightly');
  links = join(home, 'links');
});
afterEach(() => rm(out, { recursive: true }));

const place = (runId: string) => ({ out, name: 'nightly', runId });
const entries = async (folder: string) => (await readdir(folder)).sort();
const mapOf = (runId: string) => readFile(join(links, `${runId}.parquet`), 'utf8');

/** Publishes a run with a link map of a text, or without one. */
async function publish(runId: string, map: string | null, moves: Moves = systemMoves) {
  const run = await PartialRun.open(place(runId), { moves });
  try {
    if (map === null) return await run.publish(manifestOf(runId), recordOf(runId));
    const from = join(out, 'private');
    await writeFile(from, map);
    const digest = await run.keepLinkMap(from);
    const kept = { rows: 1, ...digest, optOuts: 'a'.repeat(64), rules: {} };
    return await run.publish(manifestOf(runId), recordOf(runId, { linkage: { map: kept } }));
  } catch (error) {
    await run.abandon();
    throw error;
  }
}

describe('a link map', () => {
  it('is beside its run and never in it, readable by its owner only', async () => {
    const { directory } = await publish('r1', 'a');
    expect(await entries(home)).toEqual(['latest', 'links', 'r1']);
    expect(await entries(directory)).toEqual(['operator', 'release']);
    expect([await mode(links), await mode(join(links, 'r1.parquet'))]).toEqual(['700', '600']);
    expect(await mapOf('r1')).toBe('a');
    expect(linkMapOf(join(home, 'latest'), 'r1')).toBe(join(links, 'r1.parquet'));
    const { linkage } = JSON.parse(await readFile(join(directory, 'operator', 'receipts.json'), 'utf8'));
    expect(linkage.map.bytes).toBe(1);
    expect(linkage.map.sha256).toMatch(/^ca978112ca1bbdca/);
  });

  it('is closed to others even where its folder was open', async () => {
    await mkdir(links, { recursive: true, mode: 0o755 });
    await publish('r1', 'a');
    expect(await mode(links)).toBe('700');
  });

  it('is kept with a run of the same bytes, and restored if it was deleted', async () => {
    await publish('r1', 'a');
    expect((await publish('r1', 'a')).outcome).toBe('unchanged');
    expect(await mapOf('r1')).toBe('a');
    await rm(links, { recursive: true });
    expect((await publish('r1', 'a')).outcome).toBe('unchanged');
    expect(await mapOf('r1')).toBe('a');
    expect(await entries(links)).toEqual(['r1.parquet']);
  });

  it('is replaced with its run, by another map or by none', async () => {
    await publish('r1', 'a');
    expect((await publish('r1', 'b')).outcome).toBe('replaced');
    expect(await mapOf('r1')).toBe('b');
    expect((await publish('r1', null)).outcome).toBe('replaced');
    expect(await entries(links)).toEqual([]);
  });

  it('is removed when its run is abandoned, and so is the folder', async () => {
    const run = await PartialRun.open(place('r1'));
    await writeFile(join(out, 'private'), 'a');
    await run.keepLinkMap(join(out, 'private'));
    expect(await entries(links)).toEqual([`.r1.partial-${systemProcesses.owner}`]);
    expect(await mode(join(links, `.r1.partial-${systemProcesses.owner}`))).toBe('600');
    await run.abandon();
    expect(await entries(home)).toEqual([]);
  });

  it('is unchanged when the run cannot be replaced', async () => {
    await publish('r1', 'a');
    await expect(publish('r1', 'b', failingRename(2))).rejects.toMatchObject({ reason: 'no-space' });
    expect(await mapOf('r1')).toBe('a');
    expect(await entries(links)).toEqual(['r1.parquet']);
  });

  it('does not exist without its run: if a first run cannot be moved in, its map is not either', async () => {
    await expect(publish('r1', 'a', failingRename(1))).rejects.toMatchObject({ reason: 'no-space' });
    expect(await entries(home)).toEqual([]);
    await expect(publish('r1', 'a', failingRename(2))).rejects.toMatchObject({
      path: join(links, 'r1.parquet'),
    });
    expect(await entries(home)).toEqual(['r1']);
  });

  it('is not looked for under a run id that leads out of the folder', async () => {
    await publish('r1', 'a');
    expect(() => linkMapOf(join(home, 'r1'), '../r1/manifest')).toThrow('its run id is none');
  });
});

describe('the next run', () => {
  const tidy = async () => {
    const notices: string[] = [];
    const run = await PartialRun.open(place('r9'), { notice: (message) => notices.push(message) });
    await run.abandon();
    return notices;
  };

  it('moves in the map of a run that was published by a process that then died', async () => {
    await publish('r1', 'a');
    await writeFile(join(links, 'r1.parquet'), 'of the run before');
    await writeFile(join(links, `.r1.partial-${DEAD}`), 'a');
    expect(await tidy()).toEqual([
      `moved in the link map of run r1, which a process was publishing when it died`,
    ]);
    expect(await entries(links)).toEqual(['r1.parquet']);
    expect(await mapOf('r1')).toBe('a');
  });

  it('removes the files of dead processes that belong to no run, and leaves those of a live one', async () => {
    await publish('r1', 'a');
    const live = '.r1.partial-b7';
    const birthMark = systemProcesses.birthMark(process.ppid);
    await mkdir(join(home, live));
    await writeFile(join(home, live, '.owner'), markOf('b7', { pid: process.ppid, birthMark }));
    for (const left of [`.r1.partial-${DEAD}`, `.r2.partial-${DEAD}`, live]) {
      await writeFile(join(links, left), 'half a map');
    }
    expect(await tidy()).toEqual([`left ${join(home, live)} unchanged: its owner is alive`]);
    expect(await entries(links)).toEqual([live, 'r1.parquet']);
    expect(await mapOf('r1')).toBe('a');
  });

  it('removes the map of a deleted run, and nothing else from the folder', async () => {
    await publish('r1', 'a');
    await publish('r2', 'b');
    await rm(join(home, 'r1'), { recursive: true });
    await writeFile(join(links, 'notes.txt'), 'mine');
    expect(await tidy()).toEqual(['removed the link map of run r1, which is gone']);
    expect(await entries(links)).toEqual(['notes.txt', 'r2.parquet']);
  });
});
