import { grouped, table } from './markdown-table.ts';

/** One run on so many patients. */
export interface GrownRun {
  readonly patients: number;
  /** in the extracts */
  readonly rows: number;
  readonly wallSeconds: number;
  readonly cpuSeconds: number;
  readonly peakMemoryBytes: number;
}

/** Each run, and how many times the first one's processor time a row it takes. */
export function growthReport(runs: readonly GrownRun[]): string {
  const [first] = runs;
  const aRow = ({ cpuSeconds, rows }: GrownRun): number => (cpuSeconds * 1e6) / rows;
  const cells = (run: GrownRun): string[] => [
    grouped(run.patients),
    grouped(run.rows),
    run.wallSeconds.toFixed(1),
    run.cpuSeconds.toFixed(1),
    aRow(run).toFixed(2),
    (aRow(run) / aRow(first!)).toFixed(2),
    (run.peakMemoryBytes / 2 ** 20).toFixed(0),
  ];
  const head = ['patients', 'rows', 'seconds', 'processor seconds', 'us a row', 'times', 'peak MiB'];
  return [...table(head, runs.map(cells)), ''].join('\n');
}
