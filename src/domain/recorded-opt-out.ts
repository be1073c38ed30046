/**
 * Opt-outs in a register that says when each event was recorded: what that adds to the rule of opt-out.ts.
 */
import {
  EARLIEST_OPT_OUT_DATE,
  judgeOptOutDate,
  type OptOutEvent,
  type OptOutKind,
  optOutsInForce,
} from './opt-out.ts';

/** An event of one person in the register. */
export interface RecordedEvent extends OptOutEvent<string> {
  /** the day on which it was recorded, YYYY-MM-DD, in UTC */
  readonly recordedOn: string;
}

/**
 * The date of an event if it can be believed, judged on the day on which it was recorded: a placeholder, and a day more than a
 * year after the recording, are no dates.
 */
export function believedDate({
  date,
  recordedOn,
}: Pick<RecordedEvent, 'date' | 'recordedOn'>): string | null {
  const status = judgeOptOutDate(date, recordedOn);
  return status === 'past' || status === 'coming' ? date : null;
}

/**
 * An event as the rule of `optOutsInForce` takes it on a date.
 *
 * An undated registration was certainly made by the day on which it was recorded, and counts from then on, so that a later
 * withdrawal can end it. Before that day it is undated, and so in force. An undated withdrawal ends nothing.
 */
export function countedEvent(event: RecordedEvent, date: string): OptOutEvent<string> {
  const { type, kind, recordedOn } = event;
  const believed = believedDate(event);
  if (believed !== null || kind === 'withdrawn') return { type, kind, date: believed };
  return { type, kind, date: recordedOn <= date ? recordedOn : null };
}

/** The types in force on a date (YYYY-MM-DD), by all events of one person. */
export function recordedInForce(events: readonly RecordedEvent[], date: string): ReadonlySet<string> {
  return optOutsInForce(
    events.map((event) => countedEvent(event, date)),
    date,
  );
}

/** What is known of one type of one person on a date. */
export interface TypeState<Event extends RecordedEvent> {
  readonly type: string;
  readonly inForce: boolean;
  /** in force: the first day of it, null where it is not known; not in force: the day on which it ended, null where it never began */
  readonly since: string | null;
  /** the event that made it so; null where only events of the future are recorded */
  readonly by: Event | null;
  /** the next event that has a date after this one; null where there is none */
  readonly next: Event | null;
}

/** The state of a type on a date. @param events of one person; those of other types are passed over */
export function stateOfType<Event extends RecordedEvent>(
  events: readonly Event[],
  type: string,
  date: string,
): TypeState<Event> {
  const own = events.filter((event) => event.type === type);
  const dated = own.map((event) => ({ event, counted: countedEvent(event, date).date }));
  const inForce = recordedInForce(own, date).has(type);
  const past = (kind: OptOutKind) =>
    dated
      .filter(({ event, counted }) => event.kind === kind && counted !== null && counted <= date)
      .sort((a, b) => compare(a.counted!, b.counted!));
  const coming = dated
    .filter(({ counted }) => counted !== null && counted > date)
    .sort((a, b) => compare(a.counted!, b.counted!));
  const next = coming[0]?.event ?? null;
  const ended = past('withdrawn').at(-1);
  if (!inForce) return { type, inForce, since: ended?.counted ?? null, by: ended?.event ?? null, next };
  const undated = dated.find(
    ({ event, counted }) =>
      event.kind === 'registered' && ['absent', 'unbelievable'].includes(judgeOptOutDate(counted, date)),
  );
  if (undated !== undefined) return { type, inForce, since: null, by: undated.event, next };
  const began = past('registered').find(
    ({ counted }) => counted! >= (ended?.counted ?? EARLIEST_OPT_OUT_DATE),
  );
  return { type, inForce, since: began?.counted ?? null, by: began?.event ?? null, next };
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
