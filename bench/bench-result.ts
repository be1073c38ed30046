import { aloneShare, amdahl, type StageAlone } from './alone.ts';
import type { ColumnWay } from './column-ways.ts';
import type { Measurement } from './measure-process.ts';
import { median } from './median.ts';
import type { TokenRate } from './token-rate.ts';

/** A run and the floor, one after the other. */
export interface MeasuredPair {
  readonly run: Measurement;
  readonly floor: Measurement;
}

/** A program with so many threads: medians. */
export interface ThreadCost {
  readonly threads: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
}

/** What is measured beside the pairs. */
export interface Aside {
  /** seconds until the first line of progress on a terminal; null where it cannot be measured */
  readonly firstProgress: number | null;
  /** of the provider alone and of the linker alone, with one thread and with two */
  readonly threads: Readonly<Record<'tokenise' | 'link', readonly ThreadCost[]>>;
  /** the stages of a run that was watched; empty where there is no /proc */
  readonly alone: readonly StageAlone[];
  readonly tokenRate: TokenRate;
  /** nanoseconds of a cell in the kernel */
  readonly cells: Readonly<Record<ColumnWay, number>>;
}

/** What Amdahl's law leaves of a run on so many cores. */
export interface MoreCores {
  readonly cores: number;
  /** times as fast as one core, at most */
  readonly speedUp: number;
  /** processor time of one core, at least */
  readonly seconds: number;
}

/** The result of the bench: the object that `--json` prints. */
export interface BenchResult {
  readonly patients: number;
  /** rows in the extracts that a run reads */
  readonly rows: number;
  /** wall time of a run over the floor's, pair by pair */
  readonly ratio: { readonly median: number; readonly min: number; readonly max: number };
  /** rows over the median wall time of a run */
  readonly rowsPerSecond: number;
  /** of a run; the highest of all runs */
  readonly peakMemoryBytes: number;
  /** median seconds of each stage, by a run's own clock */
  readonly stages: Readonly<Record<string, number>>;
  /** part of a run's processor time in which one thread alone could run; null where there is no /proc */
  readonly aloneShare: number | null;
  readonly moreCores: readonly MoreCores[];
  readonly aside: Aside;
}

/** Cores for which Amdahl's law is worked out. */
const MORE_CORES = [2, 8, 16, 32];

/** The part of the output of `tallystick run --json` that the bench needs. */
interface RunReport {
  readonly rowsIn: number;
  readonly stages: Readonly<Record<string, number>>;
}

/** @throws TypeError when the output is not that of `tallystick run --json` */
export function readRunReport(stdout: string): RunReport {
  const report = JSON.parse(stdout) as Partial<RunReport>;
  if (typeof report.rowsIn !== 'number' || typeof report.stages !== 'object') {
    throw new TypeError('tallystick run --json gave no rowsIn or no stages');
  }
  return { rowsIn: report.rowsIn, stages: report.stages };
}

export function summarise(patients: number, pairs: readonly MeasuredPair[], aside: Aside): BenchResult {
  const reports = pairs.map(({ run }) => readRunReport(run.stdout));
  const rows = reports[0]!.rowsIn;
  const ratios = pairs.map(({ run, floor }) => run.wallSeconds / floor.wallSeconds);
  const stages = Object.keys(reports[0]!.stages).map((stage): [string, number] => [
    stage,
    rounded(median(reports.map(({ stages }) => stages[stage] ?? 0)), 3),
  ]);
  const alone = aside.alone.length === 0 ? null : aloneShare(aside.alone);
  const cpu = median(pairs.map(({ run }) => run.cpuSeconds));
  return {
    patients,
    rows,
    ratio: {
      median: rounded(median(ratios), 2),
      min: rounded(Math.min(...ratios), 2),
      max: rounded(Math.max(...ratios), 2),
    },
    rowsPerSecond: Math.round(rows / median(pairs.map(({ run }) => run.wallSeconds))),
    peakMemoryBytes: Math.max(...pairs.map(({ run }) => run.peakMemoryBytes)),
    stages: Object.fromEntries(stages),
    aloneShare: alone === null ? null : rounded(alone, 3),
    moreCores: alone === null ? [] : MORE_CORES.map((cores) => moreCores(alone, cores, cpu)),
    aside,
  };
}

function moreCores(share: number, cores: number, cpuSeconds: number): MoreCores {
  const speedUp = amdahl(share, cores);
  return { cores, speedUp: rounded(speedUp, 2), seconds: rounded(cpuSeconds / speedUp, 2) };
}

/** Medians of the runs with one number of threads. */
export function threadCost(
  threads: number,
  runs: readonly Pick<Measurement, 'wallSeconds' | 'cpuSeconds'>[],
): ThreadCost {
  return {
    threads,
    wallSeconds: rounded(median(runs.map(({ wallSeconds }) => wallSeconds)), 2),
    cpuSeconds: rounded(median(runs.map(({ cpuSeconds }) => cpuSeconds)), 2),
  };
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
