/** A run is two processes: what the provider's is given, and what becomes of both however one of them ends. */
import { existsSync, mkdirSync, readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { DEFAULT_ERRORS, synthesise } from '../../synth/synthesise.ts';
import { errorOf, makeBench, namesIn, PIPELINE, RUN_DATE, startTallystick } from '../test-rig/tallystick.ts';

const bench = makeBench();
let out = '';
let runs = 0;

beforeAll(async () => {
  const settings = { seed: 7, runDate: RUN_DATE, errors: DEFAULT_ERRORS, compress: 'none' } as const;
  await synthesise({ ...settings, patients: 25_000 }, bench.path('big'));
});
beforeEach(() => {
  runs += 1;
  out = bench.path(`out-${runs}`);
});
afterAll(() => bench.remove());

/** Starts a run, and waits until its provider is in the middle of its work. @returns process ids of the provider, too */
async function startRun(variables: Readonly<Record<string, string>> = {}) {
  const args = ['run', PIPELINE, '--run-date', RUN_DATE, '--json', '--out', out];
  const data = { TALLYSTICK_DATA: bench.path('big') };
  const started = startTallystick(args, { ...bench.variables, ...data, ...variables });
  await started.said('tokenise gp_patients: tokenised');
  const [provider, ...others] = childrenOf(started.child.pid!);
  expect(others).toEqual([]);
  return { ...started, provider: provider! };
}

/** Fields of /proc/PID/stat after the name of the program, which may hold anything: state, parent, ... */
function statOf(pid: number | string): string[] | null {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
  } catch {
    return null; // it has ended
  }
}

const childrenOf = (parent: number) =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && statOf(name)?.[1] === String(parent))
    .map(Number);

/** Waits until a process is gone, or is dead and only waits for whoever started it. */
async function gone(pid: number): Promise<void> {
  while (!['Z', 'X', undefined].includes(statOf(pid)?.[0])) await pause(20);
}

const listOf = (pid: number, what: 'environ' | 'cmdline') =>
  readFileSync(`/proc/${pid}/${what}`, 'utf8').split('\0').filter(Boolean);

/** Whether a process listens on any port. */
function listens(pid: number): boolean {
  const sockets = ['tcp', 'tcp6'].flatMap((kind) =>
    readFileSync(`/proc/${pid}/net/${kind}`, 'utf8')
      .split('\n')
      .slice(1)
      .map((line) => line.trim().split(/\s+/))
      .filter(([, , , state]) => state === '0A')
      .map((fields) => `socket:[${fields[9]}]`),
  );
  return readdirSync(`/proc/${pid}/fd`).some((fd) => {
    try {
      return sockets.includes(readlinkSync(`/proc/${pid}/fd/${fd}`));
    } catch {
      return false; // closed meanwhile
    }
  });
}

/** Everything below the output folder but the home of the runs, which a run makes and does not take away. */
const left = () => namesIn(out).filter((name) => name !== 'nightly');

describe('the process of the provider', () => {
  it('gets no variable, argument or option of Node that it does not need, and no key', async () => {
    const reports = bench.path('reports');
    mkdirSync(reports);
    const { child, ended, provider } = await startRun({
      SCHEDULER_PASSWORD: 'hunter2',
      TZ: 'Europe/London',
      LANG: 'en_GB.UTF-8',
      NODE_V8_COVERAGE: bench.path('coverage'),
      NODE_OPTIONS: `--max-old-space-size=1500 --report-on-signal --report-directory=${reports} --heapsnapshot-signal=SIGUSR2 --inspect=0`,
    });
    const names = listOf(provider, 'environ').map((one) => one.split('=')[0]);
    expect(new Set(names)).toEqual(new Set(['TZ', 'NODE_CHANNEL_FD', 'NODE_CHANNEL_SERIALIZATION_MODE']));
    const [node, ...args] = listOf(provider, 'cmdline');
    expect(node).toBe(process.execPath);
    expect(args.filter((one) => one !== '--disable-sigusr1')).toEqual([
      '--max-old-space-size=1500',
      expect.stringMatching(/dist\/run\/provider-process\.js$/),
    ]);
    expect(listens(provider)).toBe(false);
    expect(listens(child.pid!)).toBe(true); // the debugger that was asked for: this test would see one
    child.kill('SIGKILL');
    await ended;
  });

  it('goes on when it gets the signals that are for the other, and opens no debugger', async () => {
    const { ended, provider } = await startRun();
    for (const signal of ['SIGUSR1', 'SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.kill(provider, signal);
    await pause(200);
    expect(listens(provider)).toBe(false);
    expect(statOf(provider)).not.toBeNull();
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(0);
    expect(existsSync(join(out, 'nightly', 'latest', 'release', 'manifest.json'))).toBe(true);
  });

  it('has ended before the other links', async () => {
    const { child, ended, provider, said } = await startRun();
    await said('write gp_events: written');
    expect(statOf(provider)).toBeNull();
    expect(childrenOf(child.pid!)).toEqual([]);
    expect((await ended).code).toBe(0);
  });

  it.each(['SIGKILL', 'SIGABRT', 'SIGSEGV'] as const)(
    'killed by %s ends the run with exit 4, which says so, and leaves nothing',
    async (signal) => {
      const { ended, provider } = await startRun();
      process.kill(provider, signal);
      const result = await ended;
      expect(result.code).toBe(4);
      expect(errorOf(result).problems).toEqual([
        {
          message: `the process that reads the extracts was killed (${signal}); nothing was published`,
          wayOut: expect.stringContaining('--memory'),
        },
      ]);
      expect(left()).toEqual([]);
    },
  );
});

describe('the run', () => {
  it('ends its provider when a signal stops it, also one to both', async () => {
    const { child, ended, provider } = await startRun();
    for (const pid of [provider, child.pid!]) process.kill(pid, 'SIGINT');
    expect((await ended).code).toBe(130);
    expect(statOf(provider)).toBeNull();
    expect(left()).toEqual([]);
  });

  it('ends at once at the second signal, and its provider with it, though that cannot even run', async () => {
    const { child, ended, provider } = await startRun();
    process.kill(provider, 'SIGSTOP');
    child.kill('SIGINT');
    await pause(600); // an earlier one would be an echo
    child.kill('SIGINT');
    const { code } = await ended;
    expect(code === 130 || code === null).toBe(true);
    await gone(provider);
    expect(left()).toEqual([]);
  });

  it('killed leaves no provider behind, and the next run takes its work folder away', async () => {
    const { child, ended, provider } = await startRun();
    child.kill('SIGKILL');
    await ended;
    await gone(provider);
    const folders = left().filter((name) => /^\.tallystick-work-[^/]+$/.test(name));
    expect(folders).toHaveLength(1);
    const next = await startRun();
    next.child.kill('SIGTERM');
    expect((await next.ended).code).toBe(130);
    expect(left().filter((name) => name.startsWith('.tallystick-work-'))).toEqual([]);
  });
});
