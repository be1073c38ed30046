import { type RecordedEvent, recordedInForce } from './recorded-opt-out.ts';

/**
 * The day from which an opt-out that is in force today has been in force without a break, as far as was known at the time: nothing
 * that was recorded after a day counts on that day. Null where it is not in force today.
 *
 * @param events of one type of one person
 * @param today YYYY-MM-DD
 */
export function inForceSince(events: readonly RecordedEvent[], today: string): string | null {
  if (!isInForceOn(events, today)) return null;
  // between two of these days nothing begins or ends
  const days = new Set(
    events.flatMap(({ date, recordedOn }) => [recordedOn, ...(date === null ? [] : [date])]),
  );
  let since = today;
  for (const day of [...days].sort().reverse()) {
    if (day > today) continue;
    if (!isInForceOn(events, day)) return since;
    since = day;
  }
  return since;
}

/** Whether an opt-out is in force on a day, by the events that had been recorded by then. */
function isInForceOn(events: readonly RecordedEvent[], day: string): boolean {
  return (
    recordedInForce(
      events.filter(({ recordedOn }) => recordedOn <= day),
      day,
    ).size > 0
  );
}
