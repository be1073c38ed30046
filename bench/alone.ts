import type { Moment } from './watch-threads.ts';

/*
 * The share of a run in which only one thread can work, and what follows from it for more cores (Amdahl's law). README.md, "More cores".
 */

/** A line of the log that says what has just been done. */
export interface Mark {
  /** milliseconds since 1970 */
  readonly at: number;
  readonly stage: string;
}

/** A run that was watched. */
export interface WatchedRun {
  readonly moments: readonly Moment[];
  readonly marks: readonly Mark[];
}

/** A stage, or a whole run: means of the runs. */
export interface StageAlone {
  readonly stage: string;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  /** of the processor time, the part in which exactly one thread could run */
  readonly aloneSeconds: number;
}

/** What comes behind the last line of the log. */
const LAST_STAGE = 'gates of the run, and publish';
/** Some lines of the log are written at the end of more than their own stage. */
const WHOLE: Readonly<Record<string, string>> = {
  tokenise: 'start, opt-out lists, tokenise',
  write: 'release, write, gates of a table',
};

/**
 * Each stage in the order in which it is first met. A moment belongs to the stage of the first line of the log that follows it.
 *
 * Of the processor time, a moment with one runnable thread is one core's, and a moment with more is as many cores' as there are threads, up to
 * `cores`. The share that these counts give is applied to the processor time that was measured: so other work on the machine, which slows both
 * kinds of moments, does not change it. Where no moment of a stage had a runnable thread, all of its processor time counts as alone.
 *
 * @param cores of the machine
 */
export function aloneByStage(runs: readonly WatchedRun[], cores: number): StageAlone[] {
  const stages = new Map<string, { wall: number; cpu: number; alone: number; busy: number }>();
  for (const { moments, marks } of runs) {
    for (const { at, wallSeconds, cpuSeconds, runnable } of moments) {
      const stage = marks.find((mark) => mark.at >= at)?.stage ?? LAST_STAGE;
      const sums = stages.get(stage) ?? { wall: 0, cpu: 0, alone: 0, busy: 0 };
      sums.wall += wallSeconds;
      sums.cpu += cpuSeconds;
      sums.alone += runnable === 1 ? 1 : 0;
      sums.busy += Math.min(runnable, cores);
      stages.set(stage, sums);
    }
  }
  return [...stages].map(([stage, { wall, cpu, alone, busy }]) => ({
    stage,
    wallSeconds: wall / runs.length,
    cpuSeconds: cpu / runs.length,
    aloneSeconds: ((busy === 0 ? 1 : alone / busy) * cpu) / runs.length,
  }));
}

/** Part of the processor time in which exactly one thread could run, from 0 to 1. */
export function aloneShare(stages: readonly StageAlone[]): number {
  const sum = (of: (stage: StageAlone) => number) => stages.reduce((total, stage) => total + of(stage), 0);
  return sum(({ aloneSeconds }) => aloneSeconds) / sum(({ cpuSeconds }) => cpuSeconds);
}

/** How many times as fast as one core so many cores are at most, where this share of the work is one thread's: 1 / (share + (1 - share) / cores). */
export function amdahl(share: number, cores: number): number {
  return 1 / (share + (1 - share) / cores);
}

/** The marks in a log of `--log-format json`. @throws SyntaxError for a line that is no JSON */
export function marksOf(log: string): Mark[] {
  return log
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { time?: string; stage?: string })
    .filter(({ time, stage }) => time !== undefined && stage !== undefined)
    .map(({ time, stage }) => ({ at: Date.parse(time!), stage: WHOLE[stage!] ?? stage! }));
}
