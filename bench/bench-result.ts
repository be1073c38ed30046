import type { Measurement } from './measure-process.ts';
import type { TokenRate } from './token-rate.ts';

/** A run and the floor, one after the other. */
export interface MeasuredPair {
  readonly run: Measurement;
  readonly floor: Measurement;
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
  readonly tokenRate: TokenRate;
}

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

export function summarise(
  patients: number,
  pairs: readonly MeasuredPair[],
  tokenRate: TokenRate,
): BenchResult {
  const reports = pairs.map(({ run }) => readRunReport(run.stdout));
  const rows = reports[0]!.rowsIn;
  const ratios = pairs.map(({ run, floor }) => run.wallSeconds / floor.wallSeconds);
  const stages = Object.keys(reports[0]!.stages).map((stage): [string, number] => [
    stage,
    rounded(median(reports.map(({ stages }) => stages[stage] ?? 0)), 3),
  ]);
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
    tokenRate,
  };
}

/** The middle value; of an even number of values, the mean of the middle two. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((x, y) => x - y);
  const half = sorted.length / 2;
  return (sorted[Math.ceil(half) - 1]! + sorted[Math.floor(half)]!) / 2;
}

function rounded(value: number, digits: number): number {
  return Number(value.toFixed(digits));
}
