import type { AuditedRank, Compared } from './audited-ranks.ts';
import type { LinkageWay } from './linkage-ways.ts';

/** The result of one ladder on one seed; rates as shares. */
export interface Quality {
  readonly seed: number;
  readonly falseMatchRate: number;
  readonly missedMatchRate: number;
  readonly f1: number;
  readonly audited: readonly AuditedRank[];
}

/** A ladder, and its result on each seed. */
export interface Measured {
  readonly way: LinkageWay;
  readonly rates: readonly Quality[];
}

/** Seconds of the link stage. */
export interface Growth {
  readonly patients: number;
  readonly seconds: readonly number[];
}

const percent = (share: number, places = 3) => `${(share * 100).toFixed(places)} %`;

/** A Markdown table: each way's rates, averaged over the seeds, with the lowest and the highest. */
export function qualityTable(patients: number, measured: readonly Measured[]): string {
  const seeds = measured[0]?.rates.length ?? 0;
  const cell = (rates: readonly Quality[], rate: 'falseMatchRate' | 'missedMatchRate' | 'f1') => {
    const values = rates.map((one) => one[rate]);
    return `${percent(mean(values))} (${percent(Math.min(...values))} to ${percent(Math.max(...values))})`;
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

/**
 * A Markdown table: for each rank that made enough links on any seed, the mean of the estimates of the self-audit and of the
 * true rates, and the greatest difference between the two on one seed, in percentage points.
 */
export function auditTable(measured: readonly Measured[]): string {
  const lines = measured.flatMap(({ way, rates }) => {
    const ranks = [...new Set(rates.flatMap(({ audited }) => audited.map(({ rank }) => rank)))];
    return ranks.map((rank) => {
      const seeds = rates.flatMap(({ audited }) => audited.filter((one) => one.rank === rank));
      const links = Math.round(mean(seeds.map((one) => one.links)));
      const cells = [
        comparison(seeds.map((one) => one.precision)),
        comparison(seeds.flatMap((one) => one.recall ?? [])),
      ];
      return `| ${way.name} | ${rank} | ${links} | ${cells.join(' | ')} |`;
    });
  });
  return [
    'The self-audit of each run against the truth: estimate, truth, greatest distance on one seed in points',
    '',
    '| Ladder | Rank | Links | Precision | | | Recall | | |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...lines,
    '',
  ].join('\n');
}

function comparison(seeds: readonly Compared[]): string {
  if (seeds.length === 0) return '- | - | -';
  const furthest = Math.max(...seeds.map(({ estimate, truth }) => Math.abs(estimate - truth)));
  const means = [seeds.map(({ estimate }) => estimate), seeds.map(({ truth }) => truth)].map(mean);
  return [...means.map((one) => percent(one, 2)), (furthest * 100).toFixed(2)].join(' | ');
}

const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;

/** A Markdown table: the link stage on each size, and the ratio of the times. */
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
