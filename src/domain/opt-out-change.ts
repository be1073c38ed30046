/** What a person's events make of a request to register or to withdraw an opt-out: whether it changes anything. */
import type { OptOutKind } from './opt-out.ts';
import { type RecordedEvent, stateOfType, type TypeState } from './recorded-opt-out.ts';

/** A request. */
export interface OptOutRequest {
  readonly type: string;
  readonly kind: OptOutKind;
  /** the day from which it counts, YYYY-MM-DD; null where none is named: today */
  readonly from: string | null;
  readonly today: string;
}

/** The answer to one. */
export interface OptOutAnswer {
  /**
   * - new: the event is to be recorded
   * - already: the same is recorded, or, of a registration without a day, an opt-out of this type is in force
   * - nothing-to-withdraw: no opt-out of this type is in force then or begins later
   */
  readonly outcome: 'new' | 'already' | 'nothing-to-withdraw';
  readonly event: RecordedEvent;
  /** the state of the type on the event's day, or today if that is later, with the event where it is new */
  readonly state: TypeState<RecordedEvent>;
}

/** Decides about a request. @param events of one person */
export function answerRequest(events: readonly RecordedEvent[], request: OptOutRequest): OptOutAnswer {
  const { type, kind, today } = request;
  const from = request.from ?? today;
  const event: RecordedEvent = { type, kind, date: from, recordedOn: today };
  const day = [from, today].sort().at(-1)!;
  const before = stateOfType(events, type, day);
  const isRecorded = events.some((one) => one.type === type && one.kind === kind && one.date === from);
  if (isRecorded || (kind === 'registered' && request.from === null && before.inForce))
    return { outcome: 'already', event, state: before };
  if (kind === 'withdrawn' && !before.inForce && before.next?.kind !== 'registered')
    return { outcome: 'nothing-to-withdraw', event, state: before };
  return { outcome: 'new', event, state: stateOfType([...events, event], type, day) };
}
