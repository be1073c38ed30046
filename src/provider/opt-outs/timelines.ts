import { type OptOutEvent, type OptOutType, optOutsInForce } from '../../domain/opt-out.ts';
import type { TokenText } from '../../store/token-text.ts';

/** One coded event, found in a GP record. */
export interface CodedEvent {
  /** token of the patient key */
  readonly patient: TokenText;
  readonly event: OptOutEvent;
}

/** Tokens by type of opt-out; a type that nobody has is left out. */
export type TokensByType = ReadonlyMap<OptOutType, readonly TokenText[]>;

/** Who has opted out on the run date, as tokens. */
export interface OptOutsInForce {
  /** NHS number tokens */
  readonly nhsNumbers: TokensByType;
  /** patient-key tokens of patients without a valid NHS number, whose coded opt-outs act on their own records */
  readonly patients: TokensByType;
}

/**
 * Puts each person's events of every origin on one timeline and reads it on the run date.
 *
 * An opt-out is recorded under the NHS number, so events coded under any of a person's patient keys count for all records
 * with that number.
 *
 * @param nhsNumberOf NHS number token of each patient key that has coded events; absent where it has no valid one
 */
export function optOutsInForceOn(
  runDate: string,
  register: readonly { readonly nhsNumber: TokenText; readonly event: OptOutEvent }[],
  coded: readonly CodedEvent[],
  nhsNumberOf: ReadonlyMap<TokenText, TokenText>,
): OptOutsInForce {
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
  return { nhsNumbers: inForce(byNhsNumber, runDate), patients: inForce(byPatient, runDate) };
}

function inForce(timelines: ReadonlyMap<TokenText, readonly OptOutEvent[]>, runDate: string): TokensByType {
  const result = new Map<OptOutType, TokenText[]>();
  for (const [key, events] of timelines) {
    for (const type of optOutsInForce(events, runDate)) {
      const tokens = result.get(type);
      if (tokens === undefined) result.set(type, [key]);
      else tokens.push(key);
    }
  }
  return result;
}
