/** How old an opt-out list is on the run date: by what it says of itself, and by its file's own time only at last. */
import { isPauseImpossible } from './expected-opt-outs.ts';
import { judgeOptOutDate } from './opt-out.ts';

/** What is known of a list's age. */
export interface ListEvidence {
  /** its date by the pipeline file, or by its name (YYYY-MM-DD); null where neither says it */
  readonly asOf: string | null;
  /** dates of its events (YYYY-MM-DD) */
  readonly events: readonly (string | null)[];
  /** day on which its file was last written to (YYYY-MM-DD) */
  readonly fileDay: string;
}

export interface ListAge {
  readonly days: number;
  readonly from: 'asOf' | 'latest-event' | 'file-time';
}

const DAY_MS = 86_400_000;

/**
 * The age of a list on the run date, in days, and where it is known from.
 *
 * Without a date of its own, the latest event of a list that has happened says that the list is no older. Where that event
 * is older than the list may be, the list may still be new and have gained nothing since; but not if it gained so many
 * events in the year before that such a pause is practically impossible. Then it is a list of old, however new its file. The
 * file's own time decides only where all this says nothing: a copy of an old list looks new by it.
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
    const inItsLastYear = past.filter((date) => daysBetween(date, latest) < 365).length;
    if (days <= maxAgeDays || isPauseImpossible(inItsLastYear, days)) return { days, from: 'latest-event' };
  }
  return { days: Math.max(0, daysBetween(fileDay, runDate)), from: 'file-time' };
}

/**
 * Whether a file's own time can be believed: it is not later than the moment at which the file was last changed in any way,
 * which nobody can set, with a day for clocks that differ. A file from the future would never grow stale.
 *
 * @param modified when the file was written to, by its own account, in milliseconds
 * @param changed when the file system last changed anything of it, in milliseconds
 */
export function isFileTimeBelievable(modified: number, changed: number): boolean {
  return modified <= changed + DAY_MS;
}

function daysBetween(from: string, to: string): number {
  return Math.floor((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}
