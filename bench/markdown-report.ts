import { type BenchResult, type MeasuredPair, median } from './bench-result.ts';

/** The result as Markdown: run beside floor, then the time of each stage, then the token rate. */
export function markdownReport(result: BenchResult, pairs: readonly MeasuredPair[]): string {
  const { patients, rows, ratio, rowsPerSecond, peakMemoryBytes, stages, tokenRate } = result;
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
    ...table(
      ['stage', 'seconds', 'of the run'],
      [
        ...Object.entries(stages).map(([stage, seconds]) => [stage, seconds.toFixed(2), share(seconds)]),
        ['start, end and between, less overlaps', (wall - staged).toFixed(2), share(wall - staged)],
      ],
    ),
    '',
    ...table(
      ['tokens of one thread', 'million/s'],
      [
        ['kernel, texts put together', (tokenRate.perSecond / 1e6).toFixed(2)],
        ['createHmac, texts ready', (tokenRate.createHmacPerSecond / 1e6).toFixed(2)],
      ],
    ),
    '',
  ].join('\n');
}

function spread(values: readonly number[], digits: number): string[] {
  return [median(values), Math.min(...values), Math.max(...values)].map((value) => value.toFixed(digits));
}

/** The first column to the left, numbers to the right; aligned in plain text as well. */
function table(head: readonly string[], rows: readonly (readonly string[])[]): string[] {
  const widths = head.map((_, index) => Math.max(3, ...[head, ...rows].map((cells) => cells[index]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, index) => (index === 0 ? cell.padEnd(widths[index]!) : cell.padStart(widths[index]!))).join(' | ')} |`;
  const rule = widths.map((width, index) => (index === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  return [line(head), line(rule), ...rows.map(line)];
}

/** 1234567 as 1,234,567. */
function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}
