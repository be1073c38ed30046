import { join } from 'node:path';
import { aloneByStage, marksOf, type StageAlone, type WatchedRun } from './alone.ts';
import { type Aside, type ThreadCost, threadCost } from './bench-result.ts';
import type { BenchSettings } from './bench-settings.ts';
import { measureCells } from './column-ways.ts';
import { firstProgress } from './first-progress.ts';
import { type MeasuredProgram, type Measurement, measureProcess } from './measure-process.ts';
import type { Programs } from './programs.ts';
import { measureTokenRate } from './token-rate.ts';
import { CORES, type Moment, watchThreads } from './watch-threads.ts';

/** Runs of each kind, at most: these are not compared with the floor. */
const MOST_RUNS = 3;
/** Threads of the halves of a run. */
const THREADS = [1, 2];

/**
 * What is measured beside the pairs, after them: files and code are in memory.
 *
 * @param say called with what is being done
 */
export async function measureAside(
  programs: Programs,
  { runs, threads }: BenchSettings,
  work: string,
  say: (what: string) => void,
): Promise<Aside> {
  const times = Math.min(runs, MOST_RUNS);
  say('token rate and cells');
  const kernel = { tokenRate: measureTokenRate(), cells: measureCells() };
  say('the first line of progress');
  const first = await firstProgress(programs.run(threads, []), work);
  say('the provider with one thread and with two');
  const tokenise = await byThreads((count) => programs.tokenise(count), times, work);
  say('the linker with one thread and with two');
  const store = join(work, 'store');
  await measureProcess(programs.tokenise(threads, store), work);
  const link = await byThreads((count) => programs.link(count, store), times, work);
  say('the threads of a run');
  const alone = await watchRuns(programs.run(threads, LOGGED), times, work);
  return { firstProgress: first, threads: { tokenise, link }, alone, ...kernel };
}

/** The numbers of threads take turns. */
async function byThreads(
  program: (threads: number) => MeasuredProgram,
  times: number,
  work: string,
): Promise<ThreadCost[]> {
  const measured = THREADS.map((threads) => ({ threads, runs: [] as Measurement[] }));
  for (let time = 0; time < times; time += 1) {
    for (const { threads, runs } of measured) runs.push(await measureProcess(program(threads), work));
  }
  return measured.map(({ threads, runs }) => threadCost(threads, runs));
}

/** A log that says when each stage has done something. */
const LOGGED = ['--json', '--log-level', 'debug', '--log-format', 'json'];

async function watchRuns(program: MeasuredProgram, times: number, work: string): Promise<StageAlone[]> {
  const watched: WatchedRun[] = [];
  for (let time = 0; time < times; time += 1) {
    let stop: () => readonly Moment[] = () => [];
    const { stderr } = await measureProcess(program, work, (pid) => {
      stop = watchThreads(pid).stop;
    });
    watched.push({ moments: stop(), marks: marksOf(stderr) });
  }
  const isSeen = watched.some(({ moments }) => moments.some(({ cpuSeconds }) => cpuSeconds > 0));
  return isSeen ? aloneByStage(watched, CORES) : [];
}
