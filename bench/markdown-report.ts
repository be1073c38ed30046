import type { StageAlone } from './alone.ts';
import type { BenchResult, MeasuredPair, ThreadCost } from './bench-result.ts';
import { grouped, table } from './markdown-table.ts';
import { median } from './median.ts';

/** The result as Markdown: run beside floor, the time of each stage, threads, what one thread does alone, and the kernel. */
export function markdownReport(result: BenchResult, pairs: readonly MeasuredPair[]): string {
  const { patients, rows, ratio, rowsPerSecond, peakMemoryBytes, stages, aside } = result;
  const { firstProgress, threads, tokenRate, cells } = aside;
  const runs = pairs.map(({ run }) => run);
  const floors = pairs.map(({ floor }) => floor);
  const walls = (side: typeof runs): string[] =>
    spread(
      side.map(({ wallSeconds }) => wallSeconds),
      2,
    );
  const wall = median(runs.map(({ wallSeconds }) => wallSeconds));
  const staged = Object.values(stages).reduce((sum, seconds) => sum + seconds, 0);
  const share = (seconds: number): string => `${((100 * seconds) / wall).toFixed(0)} %`;
  return [
    `${grouped(patients)} patients, ${grouped(rows)} rows, ${pairs.length} pairs of processes`,
    '',
    ...table(
      ['', 'median', 'min', 'max'],
      [
        ['run / floor', ratio.median.toFixed(2), ratio.min.toFixed(2), ratio.max.toFixed(2)],
        ['run, seconds', ...walls(runs)],
        ['floor, seconds', ...walls(floors)],
        [
          'run, processor seconds',
          ...spread(
            runs.map(({ cpuSeconds }) => cpuSeconds),
            2,
          ),
        ],
        [
          'floor, processor seconds',
          ...spread(
            floors.map(({ cpuSeconds }) => cpuSeconds),
            2,
          ),
        ],
        [
          'run, peak MiB',
          ...spread(
            runs.map((one) => one.peakMemoryBytes / 2 ** 20),
            0,
          ),
        ],
        [
          'floor, peak MiB',
          ...spread(
            floors.map((one) => one.peakMemoryBytes / 2 ** 20),
            0,
          ),
        ],
      ],
    ),
    '',
    `${grouped(rowsPerSecond)} rows/s; peak memory of any run ${(peakMemoryBytes / 2 ** 20).toFixed(0)} MiB`,
    '',
    firstProgress === null
      ? 'the first line of progress was not timed: there is no `script` (util-linux) to make a terminal'
      : `first line of progress after ${firstProgress.toFixed(2)} s`,
    '',
    ...table(
      ['stage', 'seconds', 'of the run'],
      [
        ...Object.entries(stages).map(([stage, seconds]) => [stage, seconds.toFixed(2), share(seconds)]),
        ['start, end and between, less overlaps', (wall - staged).toFixed(2), share(wall - staged)],
      ],
    ),
    '',
    ...table(
      ['by threads', 'seconds', 'processor seconds', 'processor / seconds'],
      Object.entries(threads).flatMap(([program, costs]) => costs.map((cost) => threadRow(program, cost))),
    ),
    '',
    ...aloneReport(result),
    ...table(
      ['tokens of one thread', 'million/s'],
      [
        ['kernel, texts put together', (tokenRate.perSecond / 1e6).toFixed(2)],
        ['createHmac, texts ready', (tokenRate.createHmacPerSecond / 1e6).toFixed(2)],
      ],
    ),
    '',
    ...table(
      ['a cell in the kernel', 'ns'],
      Object.entries(cells).map(([kind, nanoseconds]) => [kind, nanoseconds.toFixed(1)]),
    ),
    '',
  ].join('\n');
}

function threadRow(program: string, { threads, wallSeconds, cpuSeconds }: ThreadCost): string[] {
  const figures = [wallSeconds, cpuSeconds, cpuSeconds / wallSeconds].map((figure) => figure.toFixed(2));
  return [`${program}, ${threads} ${threads === 1 ? 'thread' : 'threads'}`, ...figures];
}

/** What one thread does alone, by stage, and what Amdahl's law makes of it. */
function aloneReport({ aloneShare, moreCores, aside }: BenchResult): string[] {
  if (aloneShare === null) return ['one thread alone: not measured, for there is no /proc', ''];
  const row = ({ stage, wallSeconds, cpuSeconds, aloneSeconds }: StageAlone): string[] => [
    stage,
    ...[wallSeconds, cpuSeconds, aloneSeconds].map((seconds) => seconds.toFixed(2)),
    cpuSeconds === 0 ? '' : `${((100 * aloneSeconds) / cpuSeconds).toFixed(0)} %`,
  ];
  return [
    ...table(
      ['one thread alone', 'seconds', 'processor seconds', 'of them alone', 'share'],
      aside.alone.map(row),
    ),
    '',
    `in ${(100 * aloneShare).toFixed(0)} % of the processor time one thread alone can run; so by Amdahl's law, at best:`,
    '',
    ...table(
      ['cores', 'times as fast as one', 'seconds'],
      moreCores.map(({ cores, speedUp, seconds }) => [String(cores), speedUp.toFixed(2), seconds.toFixed(2)]),
    ),
    '',
  ];
}

function spread(values: readonly number[], digits: number): string[] {
  return [median(values), Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
}
