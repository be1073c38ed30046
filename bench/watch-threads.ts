import { readdirSync, readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';

/*
 * Looks at all threads of a process, and of those that it starts, twenty times a second: which can run, and how much processor time they have
 * had. By proc(5); where there is no /proc nothing is seen.
 */

/** Twenty times a second, and not in step with anything. */
const LOOK_MS = 50;
/** `/proc` counts processor time in these (USER_HZ). */
const TICKS_PER_SECOND = 100;

/** What was seen at one moment. */
export interface Moment {
  /** milliseconds since 1970 */
  readonly at: number;
  /** since the moment before, by the clock */
  readonly wallSeconds: number;
  /** since the moment before, of all threads */
  readonly cpuSeconds: number;
  /** threads that run or wait for a core: state R, and no other */
  readonly runnable: number;
}

/** Cores that share the work: more threads than these cannot run at one moment. */
export const CORES = availableParallelism();

/** Watches a process from now until `stop`. */
export function watchThreads(pid: number): { stop(): Moment[] } {
  const moments: Moment[] = [];
  /** processor ticks of each process, as they were seen last: one that has ended keeps its own */
  const ticks = new Map<number, number>();
  let before = { at: Date.now(), ticks: 0 };
  const look = (): void => {
    let runnable = 0;
    for (const one of processesFrom(pid)) {
      const seen = statOf(`/proc/${one}/stat`);
      if (seen === null) continue;
      ticks.set(one, seen.ticks);
      for (const task of listOf(`/proc/${one}/task`)) {
        if (statOf(`/proc/${one}/task/${task}/stat`)?.state === 'R') runnable += 1;
      }
    }
    const now = { at: Date.now(), ticks: [...ticks.values()].reduce((sum, some) => sum + some, 0) };
    moments.push({
      at: now.at,
      wallSeconds: (now.at - before.at) / 1000,
      cpuSeconds: (now.ticks - before.ticks) / TICKS_PER_SECOND,
      runnable,
    });
    before = now;
  };
  const timer = setInterval(look, LOOK_MS);
  return {
    stop: () => {
      clearInterval(timer);
      return moments;
    },
  };
}

/** A process and all that it started, directly or not. */
function processesFrom(pid: number): number[] {
  const started = listOf(`/proc/${pid}/task`).flatMap((task) =>
    textOf(`/proc/${pid}/task/${task}/children`).split(' ').filter(Boolean).map(Number),
  );
  return [pid, ...started.flatMap(processesFrom)];
}

/** State and processor ticks of a process or a thread; null where it has ended. */
function statOf(file: string): { state: string; ticks: number } | null {
  // its name, in brackets, may have any character in it
  const fields = textOf(file)
    .replace(/^.*\) /s, '')
    .split(' ');
  return fields.length < 13 ? null : { state: fields[0]!, ticks: Number(fields[11]) + Number(fields[12]) };
}

/** The names in a folder; none where a thread or a process ends meanwhile. */
function listOf(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
