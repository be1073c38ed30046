import type { LinkageWay } from './linkage-ways.ts';

/** Rates of one ladder on one seed, as shares. */
export interface Quality {
  readonly seed: number;
  readonly falseMatchRate: number;
  readonly missedMatchRate: number;
  readonly precision: number;
  readonly recall: number;
  readonly f1: number;
}

/** Seconds of the link stage. */
export interface Growth {
  readonly patients: number;
  readonly seconds: readonly number[];
}

const percent = (share: number, places = 3) => `${(share * 100).toFixed(places)} %`;

/** A Markdown table: each way's rates, averaged over the seeds, with the lowest and the highest. */
export function qualityTable(
  patients: number,
  measured: readonly { readonly way: LinkageWay; readonly rates: readonly Quality[] }[],
): string {
  const seeds = measured[0]?.rates.length ?? 0;
  const cell = (rates: readonly Quality[], rate: Exclude<keyof Quality, 'seed'>) => {
    const values = rates.map((one) => one[rate]);
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return `${percent(mean)} (${percent(Math.min(...values))} to ${percent(Math.max(...values))})`;
  };
  const lines = measured.map(
    ({ way, rates }) =>
      `| ${way.name} | ${cell(rates, 'falseMatchRate')} | ${cell(rates, 'missedMatchRate')} | ${cell(rates, 'f1')} |`,
  );
  return [
    `${patients} patients, mean of ${seeds} seeds (lowest to highest)`,
    '',
    '| Ladder | False matches | Missed matches | F1 of pairs |',
    '| --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

/** A Markdown table: the link stage on each size, and how often the larger takes the smaller's time. */
export function growthTable(growth: readonly Growth[]): string {
  const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1]!;
  const lines = growth.map(
    ({ patients, seconds }) =>
      `| ${patients} | ${median(seconds).toFixed(2)} s (${seconds.map((one) => one.toFixed(2)).join(', ')}) |`,
  );
  const [smaller, larger] = growth.map(({ seconds }) => median(seconds));
  return [
    'One postcode shared by 20,000 patients, one NHS number on 50,000 hospital rows',
    '',
    '| Patients | Link stage |',
    '| --- | --- |',
    ...lines,
    `| ratio | ${(larger! / smaller!).toFixed(2)} |`,
    '',
  ].join('\n');
}
