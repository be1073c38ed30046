import { statSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BEAT_MS } from './heartbeat.ts';
import { NAMELESS_MS } from './owner-mark.ts';
import { type ProcessProbe, systemProcesses } from './process-probe.ts';
import { RunLock } from './run-lock.ts';

let scratch: string;
let path: string;
beforeEach(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'tallystick-lock-'));
  path = join(scratch, '.lock');
});
afterEach(() => rm(scratch, { recursive: true }));

/** This process is 100. The other live processes are given, each with its birth mark. */
function playProcesses(alive: Record<number, string | null>, host = 'here'): ProcessProbe {
  const all: Record<number, string | null> = { 100: 'ours', ...alive };
  return {
    owner: 'a100',
    host,
    pid: 100,
    scope: 'one kernel',
    isAlive: (pid) => pid in all,
    birthMark: (pid) => all[pid] ?? null,
  };
}
const HOLDER = {
  owner: 'b7',
  pid: 7,
  host: 'here',
  scope: 'one kernel',
  startedAt: '2025-01-02T03:04:05.000Z',
};
const held = (holder: object) => writeFile(path, JSON.stringify({ ...HOLDER, ...holder }));
/** Long enough to observe a beat, and short enough for a test. */
const silenceMs = 240;
const beatUntil = (signal: AbortSignal) => {
  const beat = setInterval(() => utimesSync(path, new Date(), new Date()), silenceMs / 8);
  signal.addEventListener('abort', () => clearInterval(beat));
};

describe('the lock', () => {
  it('names its holder, excludes a second one and can be released', async () => {
    const now = () => new Date('2025-01-02T03:04:05Z');
    const lock = await RunLock.take(path, { processes: playProcesses({}), now });
    expect(JSON.parse(await readFile(path, 'utf8'))).toEqual({
      pid: 100,
      host: 'here',
      owner: 'a100',
      scope: 'one kernel',
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

  it('of a live process of this scope is respected at once, with or without beats', async () => {
    await held({ birthMark: 'then' });
    const before = await readFile(path, 'utf8');
    const processes = playProcesses({ 7: 'then' });
    await expect(RunLock.take(path, { processes })).rejects.toThrow(/process 7 has been publishing/);
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  const UNKNOWN: [string, object, RegExp][] = [
    ['another host', { host: 'there', scope: 'another kernel' }, /process 7 on host there/],
    [
      'another container with our host name and our pid',
      { pid: 100, scope: 'another' },
      /process 100 of another container on host here/,
    ],
    ['a system that does not say in which scope', { scope: null }, /process 7 of another container/],
    ['a process whose birth mark is unknown', { birthMark: null }, /process 7/],
    ['a process that does not say which it is', { pid: 'x' }, /a process that does not say which it is/],
  ];
  it.each(UNKNOWN)('is respected while its holder beats: one of %s', async (_, holder, message) => {
    await held(holder);
    const before = await readFile(path, 'utf8');
    const stop = new AbortController();
    beatUntil(stop.signal);
    const taking = RunLock.take(path, { processes: playProcesses({ 7: null }), silenceMs });
    await expect(taking).rejects.toMatchObject({
      reason: 'locked',
      message: expect.stringMatching(message),
    });
    stop.abort();
    expect(await readFile(path, 'utf8')).toBe(before);
  });

  it.each(UNKNOWN)('is taken over automatically after a silence: one of %s', async (_, holder, message) => {
    await held(holder);
    const notices: string[] = [];
    const lock = await RunLock.take(path, {
      processes: playProcesses({ 7: null }),
      silenceMs,
      notice: (text) => notices.push(text),
    });
    expect(notices).toEqual([
      expect.stringContaining('waiting up to 1 s for a sign of life of '),
      expect.stringMatching(/^took over the lock of .*, which gave no sign of life/),
    ]);
    expect(notices[1]).toMatch(message);
    await lock.release();
    expect(await readdir(scratch)).toEqual([]);
  });

  it.each(['', '{', 'null', '\0'.repeat(20)])(
    'without an owner is taken over after two beats: %j',
    async (text) => {
      await writeFile(path, text);
      const notices: string[] = [];
      const notice = (message: string) => notices.push(message);
      const lock = await RunLock.take(path, { processes: playProcesses({}), silenceMs, notice });
      expect(NAMELESS_MS).toBe(2 * BEAT_MS);
      expect(notices[1]).toMatch(/^took over the lock of a process that does not say which it is/);
      await lock.release();
      expect(await readdir(scratch)).toEqual([]);
    },
  );

  it('stops waiting when the signal is aborted', async () => {
    await held({ scope: 'another' });
    const stop = new AbortController();
    const taking = RunLock.take(path, { processes: playProcesses({}), signal: stop.signal });
    setTimeout(() => stop.abort(new Error('interrupted')), 50);
    await expect(taking).rejects.toThrow('interrupted');
  });

  it('beats while the main thread is busy', async () => {
    const lock = await RunLock.take(path, { processes: playProcesses({}) });
    const before = statSync(path).mtimeMs;
    await new Promise((resolve) => setTimeout(resolve, 500)); // for the thread to begin
    const until = Date.now() + BEAT_MS * 1.5;
    while (Date.now() < until); // nothing else of this thread is run
    expect(statSync(path).mtimeMs).toBeGreaterThan(before + BEAT_MS / 2);
    await lock.release();
  }, 20_000);

  it('is an error when it has been lost', async () => {
    const lock = await RunLock.take(path, { processes: playProcesses({}) });
    await lock.assertHeld();
    await held({});
    await expect(lock.assertHeld()).rejects.toMatchObject({ reason: 'locked' });
    await rm(path);
    await expect(lock.assertHeld()).rejects.toMatchObject({ reason: 'locked' });
    await lock.release();
  });

  it('is not removed once another process holds it', async () => {
    const lock = await RunLock.take(path, { processes: playProcesses({}) });
    await held({});
    await lock.release();
    expect(await readdir(scratch)).toEqual(['.lock']);
  });

  it('is left to another process that took it over first', async () => {
    await held({ birthMark: 'seven' });
    const faster = JSON.stringify({ ...HOLDER, owner: 'c8', pid: 8, birthMark: 'eight' });
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

  it('is taken by exactly one of many processes that find it dead, even if one of them dies meanwhile', async () => {
    for (let round = 0; round < 20; round++) {
      await held({});
      if (round % 2 === 0) await writeFile(`${path}.takeover`, await readFile(path));
      const pids = [101, 102, 103, 104, 105, 106];
      const alive = Object.fromEntries(pids.map((pid) => [pid, `mark ${pid}`]));
      const takes = await Promise.allSettled(
        pids.map((pid) =>
          RunLock.take(path, { processes: { ...playProcesses(alive), pid, owner: `a${pid}` } }),
        ),
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
  it('include this process, and no process with pid 2^22 + 1', () => {
    expect(systemProcesses.isAlive(process.pid)).toBe(true);
    expect(systemProcesses.isAlive(2 ** 22 + 1)).toBe(false);
    expect(systemProcesses.birthMark(2 ** 22 + 1)).toBeNull();
    if (process.platform === 'linux') {
      expect(systemProcesses.birthMark(process.pid)).toMatch(/^\d+$/);
      expect(systemProcesses.scope).toMatch(/^[0-9a-f-]{36} pid:\[\d+\] time:\[\d+\]$/);
    }
  });
});
