import type { ListedRun } from './list-runs.ts';

/** Which runs are to be kept. */
export interface Keep {
  /** number of days: the last run of each of the last days that have a run is kept */
  readonly daily: number;
  /** number of months, likewise */
  readonly monthly: number;
  /** true if a run with a kept link map may be deleted, together with its map */
  readonly withLinkMaps: boolean;
}

/** Why a run is kept. */
export type KeptFor = 'latest' | 'link map' | 'daily' | 'monthly';

export interface Retained {
  readonly run: ListedRun;
  /** empty for a run to be deleted */
  readonly keptFor: readonly KeptFor[];
}

/**
 * Decides for each run whether it is kept, and why. A day is a run date: a run of an old date that was repeated today belongs to the
 * old day. `latest` is always kept; so is a run with a kept link map, because the map can be compared only with that run's
 * record.
 *
 * @param runs by run date, then publication
 */
export function retain(runs: readonly ListedRun[], { daily, monthly, withLinkMaps }: Keep): Retained[] {
  const lastOfDays = lastOf(runs, daily, ({ runDate }) => runDate);
  const lastOfMonths = lastOf(runs, monthly, ({ runDate }) => runDate.slice(0, 7));
  return runs.map((run) => ({
    run,
    keptFor: [
      ...(run.isLatest ? (['latest'] as const) : []),
      ...(run.hasLinkMap && !withLinkMaps ? (['link map'] as const) : []),
      ...(lastOfDays.has(run) ? (['daily'] as const) : []),
      ...(lastOfMonths.has(run) ? (['monthly'] as const) : []),
    ],
  }));
}

/** The last run of each of the last `count` periods that have one. */
function lastOf(
  runs: readonly ListedRun[],
  periods: number,
  periodOf: (run: ListedRun) => string,
): ReadonlySet<ListedRun> {
  const last = new Map<string, ListedRun>();
  for (const run of runs.toReversed()) {
    const period = periodOf(run);
    if (!last.has(period) && last.size < periods) last.set(period, run);
  }
  return new Set(last.values());
}
