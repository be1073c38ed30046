import type { ReasonName } from '../domain/held-reason.ts';
import type { OptOuts } from './collect-opt-outs.ts';
import { compositeOf, isPatient, type Subject } from './subjects.ts';
import type { Witness } from './witnesses.ts';

/** Whether an opt-out of a patient without an NHS number may belong to the person with this number. */
export type MayBeOptedOut = (nhsNumber: string, type: ReasonName) => boolean;

/**
 * The number of a patient without one is unknown: an opt-out coded for such a patient acts on every number known for the patient's
 * sex, birth date and postcode. The same holds for a stopped patient, who is not linked, and for one whose number may belong to
 * another person.
 *
 * @param doubted the subjects whose number may be another person's, once for each address
 * @param known the numbers known for each `sex|birth date|postcode`
 */
export function reachOfOptOuts(
  subjects: ReadonlyMap<string, Subject>,
  doubted: readonly Subject[],
  witnesses: readonly Witness[],
  known: ReadonlyMap<string, ReadonlySet<string>>,
  optOuts: OptOuts,
): MayBeOptedOut {
  return (nhsNumber, type) => {
    const isKnownFor = (tuple: string | null) => known.get(tuple ?? '')?.has(nhsNumber) ?? false;
    const isOfSubject = [...subjects.values()].some(
      (subject) =>
        subject.nhsNumber === null &&
        isPatient(subject) &&
        optOuts.ofPatient(subject.source, subject.own.text, type) &&
        isKnownFor(compositeOf(subject)),
    );
    const isOfDoubted = doubted.some(
      (subject) =>
        isPatient(subject) &&
        optOuts.ofNumberOfPatient(subject.source, subject.own.text, type) &&
        isKnownFor(compositeOf(subject)),
    );
    return (
      isOfSubject ||
      isOfDoubted ||
      witnesses.some(({ tuple, optOuts: coded }) => coded.includes(type) && isKnownFor(tuple))
    );
  };
}
