import { type Part, shareOf } from '../domain/expectation.ts';
import { highestTally } from '../domain/opt-out-tally.ts';
import type { KeyIds, Night } from './night.ts';
import { type Peaks, peaksWith } from './opt-out-peaks.ts';

/** 2: opt-outs by origin and practice, and their highest counts. Files of version 1 are read as well. */
export const BASELINE_FORMAT_VERSION = 2;

/** The counts of a pipeline's earlier nights, and the keys that its first published run pinned. */
export interface Baseline {
  /** of the file it was read from */
  readonly formatVersion: 1 | typeof BASELINE_FORMAT_VERSION;
  /** the pipeline's name */
  readonly name: string;
  readonly keyIds: KeyIds;
  /** the latest run date that is known to have been published, whether or not its night is kept here */
  readonly knownUntil: string;
  /** one for each run date, oldest first */
  readonly nights: readonly Night[];
  readonly peaks: Peaks;
}

/** The nights that a night is compared with: those up to its own date; all nights where none is that old. */
export function nightsBefore({ nights }: Pick<Baseline, 'nights'>, date: string): readonly Night[] {
  const before = nights.filter((night) => night.date <= date);
  return before.length === 0 ? nights : before;
}

/** True of a night that would not be the newest: it is compared, and the baseline is not changed. */
export function isOlderThanNewest({ nights }: Baseline, date: string): boolean {
  const newest = nights.at(-1);
  return newest !== undefined && date < newest.date;
}

/**
 * The baseline with one more night. A night of the newest date replaces that night and keeps the higher opt-out counts of both,
 * so that repeating a run never lowers the reference; an older night changes nothing.
 *
 * @param before null for none: the night is the first
 * @param keep the number of nights that are kept
 */
export function withNight(
  before: Baseline | null,
  name: string,
  night: Night,
  publishedUntil: string | null,
  keep: number,
): Baseline {
  const keyIds = night.keyIds;
  const nights = before?.nights ?? [];
  const knownUntil = [before?.knownUntil, publishedUntil, night.date].reduce<string>(
    (latest, date) => (date != null && date > latest ? date : latest),
    night.date,
  );
  const baseline = { formatVersion: BASELINE_FORMAT_VERSION, name, keyIds, knownUntil } as const;
  if (before !== null && isOlderThanNewest(before, night.date))
    return { ...baseline, nights, peaks: before.peaks };
  const newest = nights.at(-1);
  const kept =
    newest?.date === night.date
      ? [
          ...nights.slice(0, -1),
          night.accepted.includes('opt-outs') ? merge(newest, night) : highest(newest, night),
        ]
      : [...nights, night];
  return { ...baseline, nights: kept.slice(-keep), peaks: peaksWith(before?.peaks ?? {}, kept.at(-1)!) };
}

/** A repeated night: accepted changes stay accepted. */
function merge(old: Night, again: Night): Night {
  return { ...again, accepted: [...new Set([...old.accepted, ...again.accepted])].sort() };
}

/** Opt-out counts and shares, each the higher of the two. */
function highest(old: Night, again: Night): Night {
  const largest = (a: number | undefined, b: number | undefined) => Math.max(a ?? 0, b ?? 0);
  const larger = (a: Part | undefined, b: Part | undefined) =>
    a === undefined || (b !== undefined && shareOf(b) >= shareOf(a)) ? b! : a;
  return {
    ...merge(old, again),
    optOutEvents: eachOf(old.optOutEvents, again.optOutEvents, largest),
    optOutsInForce: eachOf(old.optOutsInForce, again.optOutsInForce, largest),
    stoppedPatients: eachOf(old.stoppedPatients, again.stoppedPatients, larger),
    optOutTally: highestTally(old.optOutTally, again.optOutTally),
    personsOptedOut: eachOf(old.personsOptedOut, again.personsOptedOut, larger),
  };
}

function eachOf<T>(
  a: Readonly<Record<string, T>>,
  b: Readonly<Record<string, T>>,
  choose: (a: T | undefined, b: T | undefined) => T,
): Record<string, T> {
  const keys = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return Object.fromEntries(keys.map((key) => [key, choose(a[key], b[key])]));
}
