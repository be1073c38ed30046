import { readdirSync, readFileSync, writeFileSync } from 'node:fs';

/*
 * Loaded into a measured process before its program (`node --import`). As the process ends it writes what the operating
 * system has on its account, and on that of the processes that it started, to the file that TALLYSTICK_BENCH_USAGE names.
 */

/** What a process and those that it started used. */
export interface ProcessUsage {
  /** user and system time of all threads */
  readonly cpuSeconds: number;
  /** most physical memory at any one time, together */
  readonly peakMemoryBytes: number;
}

/** How often the memory of other processes is looked at. */
const LOOK_MS = 50;
/** `/proc` counts processor time in these (USER_HZ). */
const TICKS_PER_SECOND = 100;

const file = process.env['TALLYSTICK_BENCH_USAGE'];
if (file !== undefined) {
  let together = 0;
  setInterval(() => {
    const others = startedProcesses().map((pid) => memoryOf(pid, 'VmHWM'));
    if (others.length > 0) together = Math.max(together, memoryOf('self', 'VmRSS') + sum(others));
  }, LOOK_MS).unref();
  process.on('exit', () => {
    const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
    const usage: ProcessUsage = {
      cpuSeconds: (userCPUTime + systemCPUTime) / 1e6 + secondsOfEnded(),
      // `maxRSS` would do, but a child takes over its parent's at fork, and the bench itself may have been larger
      peakMemoryBytes: Math.max(together, memoryOf('self', 'VmHWM') || maxRSS * 1024),
    };
    writeFileSync(file, JSON.stringify(usage));
  });
}

/** Processes that this one has started and that go on; none where there is no `/proc`. */
function startedProcesses(): string[] {
  try {
    return readdirSync('/proc/self/task').flatMap((task) =>
      readFileSync(`/proc/self/task/${task}/children`, 'utf8').split(' ').filter(Boolean),
    );
  } catch {
    return [];
  }
}

/** Bytes of physical memory: now (`VmRSS`), or the most so far (`VmHWM`); 0 where the system does not say. */
function memoryOf(pid: string, what: 'VmRSS' | 'VmHWM'): number {
  try {
    const text = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`^${what}:\\s+(\\d+) kB$`, 'm').exec(text)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Processor seconds of the processes that this one started and that have ended (`cutime`, `cstime` of proc(5)). */
function secondsOfEnded(): number {
  try {
    const fields = readFileSync('/proc/self/stat', 'utf8')
      .replace(/^.*\) /s, '')
      .split(' ');
    return (Number(fields[13]) + Number(fields[14])) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
