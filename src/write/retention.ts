import type { ListedRun } from './list-runs.ts';

/** Which runs are to be kept. */
export interface Keep {
  /** the last run of each of the last so many days that have a run */
  readonly daily: number;
  /** likewise of months */
  readonly monthly: number;
  /** a run whose link map is kept may go, and its map with it */
  readonly withLinkMaps: boolean;
}

/** Why a run is kept. */
export type KeptFor = 'latest' | 'link map' | 'daily' | 'monthly';

export interface Retained {
  readonly run: ListedRun;
  /** empty for a run that goes */
  readonly keptFor: readonly KeptFor[];
}

/**
 * Says of each run whether it is kept, and why. A day is a run date: a run of an old date that was made again today is of
 * that old day. `latest` is always kept; so is a run whose link map is kept, since the map can be compared by that run's
 * record alone.
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

/** The last run of each of the last so many periods that have one. */
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
