/** How old an opt-out list is on the run date: by its own dates, and by the time of its file only as the last resort. */
import { isPauseImpossible } from './expected-opt-outs.ts';
import { judgeOptOutDate } from './opt-out.ts';

/** The dates from which a list's age is derived. */
export interface ListEvidence {
  /** its date from the pipeline file or from its name (YYYY-MM-DD); null where neither has one */
  readonly asOf: string | null;
  /** dates of its events (YYYY-MM-DD) */
  readonly events: readonly (string | null)[];
  /** day on which its file was last written (YYYY-MM-DD) */
  readonly fileDay: string;
}

export interface ListAge {
  readonly days: number;
  readonly from: 'asOf' | 'latest-event' | 'file-time';
}

const DAY_MS = 86_400_000;

/**
 * The age of a list on the run date, in days, and the kind of evidence for it.
 *
 * Without a date of its own, the list is no older than its latest event that has happened. Where that event is older than the
 * list may be, the list may still be new and have gained nothing since; but not if it gained so many events in the year before
 * that such a pause is practically impossible. Then the list is old, however new its file. The time of the file decides only
 * where there is no such evidence, because a copy of an old list has a new time.
 */
export function ageOfList(evidence: ListEvidence, maxAgeDays: number, runDate: string): ListAge {
  const { asOf, events, fileDay } = evidence;
  if (asOf !== null) return { days: daysBetween(asOf, runDate), from: 'asOf' };
  const past = events.filter((date): date is string => judgeOptOutDate(date, runDate) === 'past');
  const latest = past.reduce<string | null>(
    (last, date) => (last === null || date > last ? date : last),
    null,
  );
  if (latest !== null) {
    const days = daysBetween(latest, runDate);
    const inItsLastYear = countInYearBefore(past, latest);
    if (days <= maxAgeDays || isPauseImpossible(inItsLastYear, days)) return { days, from: 'latest-event' };
  }
  return { days: Math.max(0, daysBetween(fileDay, runDate)), from: 'file-time' };
}

/** The age of a register that says itself when it was changed. */
export interface RegisterAge {
  /** days since its last change; 0 where that is on the run date or after it */
  readonly days: number;
  /**
   * - fresh: changed recently
   * - quiet: not changed for longer, and so few changes a year that this may happen
   * - stale: not changed for longer, and so many changes a year that such a pause is practically impossible: it is an old copy, or
   *   whatever fed it has stopped
   */
  readonly is: 'fresh' | 'quiet' | 'stale';
}

/**
 * Judges the age of a register that is kept by recording changes. Nobody need opt out in a week, so that a register without a recent
 * change is not stale by itself.
 *
 * @param changes the day of each change, YYYY-MM-DD, in order
 */
export function ageOfRegister(changes: readonly string[], maxAgeDays: number, runDate: string): RegisterAge {
  const last = changes.at(-1);
  if (last === undefined) return { days: 0, is: 'quiet' };
  const days = Math.max(0, daysBetween(last, runDate));
  if (days <= maxAgeDays) return { days, is: 'fresh' };
  return { days, is: isPauseImpossible(countInYearBefore(changes, last), days) ? 'stale' : 'quiet' };
}

/** How many of these dates are less than a year before the last of them. Each distinct one is asked once: a list of millions has a few thousand. */
function countInYearBefore(dates: readonly string[], latest: string): number {
  const counts = new Map<string, number>();
  for (const date of dates) counts.set(date, (counts.get(date) ?? 0) + 1);
  return [...counts].reduce((sum, [date, count]) => (daysBetween(date, latest) < 365 ? sum + count : sum), 0);
}

/**
 * Whether the modification time of a file can be trusted: it is not later than the last change of the file in any way (ctime,
 * which users cannot set), plus a day for clocks that differ. A file dated in the future would never grow stale.
 *
 * @param modified modification time of the file (mtime), in milliseconds
 * @param changed last change of the file or its metadata (ctime), in milliseconds
 */
export function isFileTimeBelievable(modified: number, changed: number): boolean {
  return modified <= changed + DAY_MS;
}

function daysBetween(from: string, to: string): number {
  return Math.floor((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}
