import { type Part, shareOf } from '../domain/expectation.ts';
import type { KeyIds, Measure, Night } from './night.ts';

export const BASELINE_FORMAT_VERSION = 1;

/** What a pipeline's earlier nights were like, and the keys that its first published run pinned. */
export interface Baseline {
  readonly formatVersion: typeof BASELINE_FORMAT_VERSION;
  /** the pipeline's name */
  readonly name: string;
  readonly keyIds: KeyIds;
  /** the latest run date of which anything is known to have been published, kept here or not */
  readonly knownUntil: string;
  /** one a run date, oldest first */
  readonly nights: readonly Night[];
}

/** The nights that a night is compared with: those up to its own date; all of them where there is none so old. */
export function nightsBefore({ nights }: Pick<Baseline, 'nights'>, date: string): readonly Night[] {
  const before = nights.filter((night) => night.date <= date);
  return before.length === 0 ? nights : before;
}

/** Of some nights those since a change was last accepted, that night included; all of them where none ever was. */
export function sinceAccepted(nights: readonly Night[], measure: Measure): readonly Night[] {
  const last = nights.findLastIndex(({ accepted }) => accepted.includes(measure));
  return nights.slice(Math.max(0, last));
}

/** True of a night that would not be the newest: it is compared, and the baseline stays as it is. */
export function isOlderThanNewest({ nights }: Baseline, date: string): boolean {
  const newest = nights.at(-1);
  return newest !== undefined && date < newest.date;
}

/**
 * The baseline with one night more. A night of the newest date takes that night's place, and keeps the higher opt-out counts of
 * both, so that running a date again never lowers the bar; an older one changes nothing.
 *
 * @param before null for none: the night is the first
 * @param keep how many nights are kept
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
  if (before !== null && isOlderThanNewest(before, night.date)) return { ...baseline, nights };
  const newest = nights.at(-1);
  const kept =
    newest?.date === night.date
      ? [
          ...nights.slice(0, -1),
          night.accepted.includes('opt-outs') ? merge(newest, night) : highest(newest, night),
        ]
      : [...nights, night];
  return { ...baseline, nights: kept.slice(-keep) };
}

/** A night run again: what was accepted stays accepted. */
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
