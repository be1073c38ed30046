import { type OptOutEvent, type OptOutType, optOutsInForce } from '../../domain/opt-out.ts';

/** A token as text, for the small sets of people who have opt-out events. */
export type TokenText = string;

/** One coded event, found in a GP record. */
export interface CodedEvent {
  /** token of the patient key */
  readonly patient: TokenText;
  readonly event: OptOutEvent;
}

/** Who has opted out on the run date, as tokens. */
export interface StandingOptOuts {
  /** NHS number tokens, by what stands */
  readonly nhsNumbers: Readonly<Record<OptOutType, readonly TokenText[]>>;
  /** patient-key tokens of patients without a valid NHS number, whose coded opt-outs act on their own records */
  readonly patients: Readonly<Record<OptOutType, readonly TokenText[]>>;
}

/**
 * Puts each person's events of every origin on one timeline and reads it on the run date.
 *
 * Opt-outs are held against the NHS number, so events coded under any of a person's patient keys count for all records
 * with that number.
 *
 * @param nhsNumberOf NHS number token of each patient key that has coded events; absent where it has no valid one
 */
export function optOutsInForceOn(
  runDate: string,
  register: readonly { readonly nhsNumber: TokenText; readonly event: OptOutEvent }[],
  coded: readonly CodedEvent[],
  nhsNumberOf: ReadonlyMap<TokenText, TokenText>,
): StandingOptOuts {
  const byNhsNumber = new Map<TokenText, OptOutEvent[]>();
  const byPatient = new Map<TokenText, OptOutEvent[]>();
  const note = (into: Map<TokenText, OptOutEvent[]>, key: TokenText, event: OptOutEvent) => {
    const events = into.get(key);
    if (events === undefined) into.set(key, [event]);
    else events.push(event);
  };
  for (const { nhsNumber, event } of register) note(byNhsNumber, nhsNumber, event);
  for (const { patient, event } of coded) {
    const nhsNumber = nhsNumberOf.get(patient);
    if (nhsNumber === undefined) note(byPatient, patient, event);
    else note(byNhsNumber, nhsNumber, event);
  }
  return { nhsNumbers: standing(byNhsNumber, runDate), patients: standing(byPatient, runDate) };
}

function standing(
  timelines: ReadonlyMap<TokenText, readonly OptOutEvent[]>,
  runDate: string,
): Record<OptOutType, TokenText[]> {
  const result: Record<OptOutType, TokenText[]> = { 'type-1': [], 'type-2': [], national: [] };
  for (const [key, events] of timelines)
    for (const type of optOutsInForce(events, runDate)) result[type].push(key);
  return result;
}
