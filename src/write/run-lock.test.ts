import { writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type ProcessProbe, systemProcesses } from './process-probe.ts';
import { RunLock } from './run-lock.ts';

let scratch: string;
let path: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'tallystick-lock-'));
  path = join(scratch, '.lock');
});
afterEach(() => rm(scratch, { recursive: true }));

/** This process is 100. The others live as told, each with its birth mark. */
function playProcesses(alive: Record<number, string | null>, host = 'here'): ProcessProbe {
  const all: Record<number, string | null> = { 100: 'ours', ...alive };
  return {
    host,
    pid: 100,
    isAlive: (pid) => pid in all,
    birthMark: (pid) => all[pid] ?? null,
  };
}
const held = (holder: object) =>
  writeFile(path, JSON.stringify({ pid: 7, host: 'here', startedAt: '2025-01-02T03:04:05.000Z', ...holder }));

describe('the lock', () => {
  it('names its holder, keeps a second one out and is given back', async () => {
    const now = () => new Date('2025-01-02T03:04:05Z');
    const lock = await RunLock.take(path, { processes: playProcesses({}), now });
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      pid: 100,
      host: 'here',
      startedAt: '2025-01-02T03:04:05.000Z',
      birthMark: 'ours',
    });
    await expect(RunLock.take(path, { processes: playProcesses({}) })).rejects.toMatchObject({
      reason: 'locked',
      message: `${path}: process 100 has been publishing here since 2025-01-02T03:04:05.000Z`,
    });
    await lock.release();
    expect(await readdir(scratch)).toEqual([]);
  });

  it.each([
    ['whose process is gone', {}, {}],
    ['whose pid another process has now', { birthMark: 'then' }, { 7: 'now' }],
    ['of an earlier process with our own pid, as in a container', { pid: 100, birthMark: 'last night' }, {}],
  ])('is taken over, with a notice: one %s', async (_, holder, alive) => {
    await held(holder);
    const notices: string[] = [];
    const processes = playProcesses(alive);
    const lock = await RunLock.take(path, { processes, notice: (message) => notices.push(message) });
    expect(notices).toEqual([expect.stringMatching(/took over the lock of process \d+, which is gone/)]);
    expect(JSON.parse(await readFile(path, 'utf8'))).toMatchObject({ pid: 100, birthMark: 'ours' });
    await lock.release();
    expect(await readdir(scratch)).toEqual([]);
  });

  it.each([
    ['of a live process', { birthMark: 'then' }, { 7: 'then' }, /process 7 has been publishing/],
    ['of a live process, where birth marks are unknown', {}, { 7: null }, /process 7 has been publishing/],
    ['from another host', { host: 'there' }, {}, /process 7 on host there .* remove this file/],
    ['that says nothing', { pid: 'x' }, {}, /does not say who holds it/],
  ])('is respected: one %s', async (_, holder, alive, message) => {
    await held(holder);
    const before = await readFile(path, 'utf8');
    await expect(RunLock.take(path, { processes: playProcesses(alive) })).rejects.toThrow(message);
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  it('is not removed once it is somebody else’s', async () => {
    const lock = await RunLock.take(path, { processes: playProcesses({}) });
    await held({});
    await lock.release();
    expect(await readdir(scratch)).toEqual(['.lock']);
  });

  it('is left to whoever was faster in taking it over', async () => {
    await held({});
    const faster = JSON.stringify({ pid: 8, host: 'here', startedAt: 'just now', birthMark: 'eight' });
    const processes: ProcessProbe = {
      ...playProcesses({ 8: 'eight' }),
      // Between our look at the dead lock and its removal, process 8 makes one of its own.
      isAlive: (pid) => {
        writeFileSync(path, faster);
        return pid === 8;
      },
    };
    await expect(RunLock.take(path, { processes })).rejects.toMatchObject({ reason: 'locked' });
    expect(await readFile(path, 'utf8')).toBe(faster);
    expect(await readdir(scratch)).toEqual(['.lock']);
  });

  it('goes to exactly one of many that find it dead, even if one died while it took it over', async () => {
    for (let round = 0; round < 20; round++) {
      await held({});
      if (round % 2 === 0) await writeFile(`${path}.takeover`, await readFile(path));
      const pids = [101, 102, 103, 104, 105, 106];
      const alive = Object.fromEntries(pids.map((pid) => [pid, `mark ${pid}`]));
      const takes = await Promise.allSettled(
        pids.map((pid) => RunLock.take(path, { processes: { ...playProcesses(alive), pid } })),
      );
      const taken = takes.flatMap((take) => (take.status === 'fulfilled' ? [take.value] : []));
      const refused = takes.flatMap((take) => (take.status === 'rejected' ? [take.reason.reason] : []));
      expect(taken).toHaveLength(1);
      expect(new Set(refused)).toEqual(new Set(['locked']));
      await taken[0]?.release();
      await rm(path, { force: true });
      expect(await readdir(scratch)).toEqual([]);
    }
  });
});

describe('the processes of this host', () => {
  it('know this process, and no process of pid 2^22 + 1', () => {
    expect(systemProcesses.isAlive(process.pid)).toBe(true);
    expect(systemProcesses.isAlive(2 ** 22 + 1)).toBe(false);
    expect(systemProcesses.birthMark(2 ** 22 + 1)).toBeNull();
    if (process.platform === 'linux')
      expect(systemProcesses.birthMark(process.pid)).toMatch(/^[0-9a-f-]{36}\/\d+$/);
  });
});
