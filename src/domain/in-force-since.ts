import { isOptedOut, type OptOutKind } from './opt-out.ts';

/** An event of one type of opt-out of one person, as a register keeps it. */
export interface RegisteredEvent {
  readonly kind: OptOutKind;
  /** the day from which it is meant to count (YYYY-MM-DD); null where nobody gave one */
  readonly date: string | null;
  /** the day on which it was recorded (YYYY-MM-DD): nobody could act on it before */
  readonly recorded: string;
}

/**
 * The day from which an opt-out that is in force today has been in force without a break, as far as was known at the time: nothing
 * recorded after a day counts on that day. Null where it is not in force today.
 *
 * A registration without a date counts from the day on which it was recorded.
 *
 * @param events of one type of one person
 * @param today YYYY-MM-DD
 */
export function inForceSince(events: readonly RegisteredEvent[], today: string): string | null {
  // between two of these days nothing begins or ends
  const days = new Set(events.flatMap(({ date, recorded }) => [recorded, ...(date === null ? [] : [date])]));
  const past = [...days]
    .filter((day) => day <= today)
    .sort()
    .reverse();
  if (!isInForceOn(events, today)) return null;
  let since = today;
  for (const day of past) {
    if (!isInForceOn(events, day)) return since;
    since = day;
  }
  return since;
}

/** Whether an opt-out is in force on a day, by the events that had been recorded by then. */
function isInForceOn(events: readonly RegisteredEvent[], day: string): boolean {
  const known = events.filter(({ recorded }) => recorded <= day);
  return isOptedOut(
    known.map(({ kind, date, recorded }) => ({
      type: 'type-1', // the events are of one type, and the rule is the same for each
      kind,
      date: date ?? (kind === 'registered' ? recorded : null),
    })),
    day,
  );
}
