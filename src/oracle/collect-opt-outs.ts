import { isExempt, mustReachElsewhere, scopeIs } from '../domain/held-reason.ts';
import { type OptOutEvent, type OptOutType, optOutsInForce } from '../domain/opt-out.ts';
import { refused } from '../domain/problem.ts';
import { appliesAllowList, appliesNationalReply, type Pipeline } from '../pipeline/pipeline.ts';
import { checkFirstNight } from './first-night.ts';
import { readLedger } from './national-ledger.ts';
import { readDeclared, readRegister, readReply } from './opt-out-lists.ts';
import { heldByPractice } from './practices.ts';
import type { DeliveredTable } from './read-files.ts';
import type { MasterKeys } from './recipes.ts';
import { type RecordedOptOut, type RowOwner, readRecorded } from './recorded-opt-outs.ts';
import { columnOf, keyText, nhsNumberOf } from './standardise.ts';

/** The opt-outs in force on the run date, and every other reason that is recorded; none that is switched off for the agreement. */
export interface OptOuts {
  readonly ofNhsNumber: (nhsNumber: string, type: OptOutType) => boolean;
  /** opt-outs recorded for a patient of whom no valid NHS number is known */
  readonly ofPatient: (source: string, patientKey: string, type: OptOutType) => boolean;
  /** opt-outs of the number of a patient for whom any are recorded: they are hers, though the number may be another person's */
  readonly ofNumberOfPatient: (source: string, patientKey: string, type: OptOutType) => boolean;
  /** reasons that hold the records of one registration, and not those of the person */
  readonly ofRegistration: (source: string, patientKey: string, type: OptOutType) => boolean;
  /** those of patients of one source that act below the identity boundary, by patient key */
  readonly unnumbered: readonly { readonly source: string; readonly patientKey: string }[];
  /** the only NHS numbers that may be used; null without a reply or a ledger of the national service */
  readonly allowed: Pick<ReadonlySet<string>, 'has'> | null;
}

/**
 * Joins the events of each person, from the lists and from the records, into one history: by NHS number, or by patient of a source
 * where no valid number is known. An event recorded under any of a person's patient keys counts for the number of that key.
 *
 * @throws TallystickError (exit 1) for a list or a delivery that cannot be trusted
 */
export function collectOptOuts(
  pipeline: Pipeline,
  delivered: readonly DeliveredTable[],
  runDate: string,
  superseded: ReadonlyMap<string, string>,
  keys: MasterKeys,
): OptOuts {
  const current = (nhsNumber: string) => superseded.get(nhsNumber) ?? nhsNumber;
  const declared = readDeclared(pipeline, runDate);
  const register = [...readRegister(pipeline, runDate), ...declared.flatMap(({ entries }) => entries)];
  const { reasons, exempt } = pipeline.optOuts;
  const reply = readReply(pipeline, runDate) ?? readLedger(pipeline, runDate, superseded, keys);
  const allowed = inAll([
    appliesNationalReply(pipeline.optOuts) ? reply : null,
    ...declared.flatMap(({ list, numbers }) => (appliesAllowList(list, exempt) ? [new Set(numbers)] : [])),
  ]);
  const held = heldByPractice(pipeline, delivered, runDate);
  const stated = readRecorded(pipeline, delivered);
  const isOfRegistration = scopeIs(reasons, 'source-records');
  const ofRows = stated.filter(({ event }) => isOfRegistration(event.type));
  const recorded = stated.filter(({ event }) => !isOfRegistration(event.type));
  checkMatched(recorded, delivered, pipeline);
  checkFirstNight(pipeline, delivered, recorded, register);

  const timelines = new Map<string, OptOutEvent[]>();
  const unnumbered = new Map<string, { source: string; patientKey: string }>();
  const numbered = new Map<string, string>();
  const note = (whom: string, event: OptOutEvent) =>
    timelines.set(whom, [...(timelines.get(whom) ?? []), event]);
  for (const { nhsNumber, event } of register) note(current(nhsNumber), event);
  for (const { source, owners, event } of recorded) {
    for (const owner of owners) {
      const number = numberBehind(owner, source, delivered, pipeline);
      if (number !== null) {
        note(current(number), event);
        if ('patientKey' in owner) numbered.set(patientOf(source, owner.patientKey), current(number));
      } else if ('patientKey' in owner) {
        const whom = patientOf(source, owner.patientKey);
        note(whom, event);
        unnumbered.set(whom, { source, patientKey: owner.patientKey });
      }
    }
  }
  const isInForce = (whom: string, type: OptOutType) =>
    !isExempt(type, exempt) && optOutsInForce(timelines.get(whom) ?? [], runDate).has(type);
  const marked = new Set(
    ofRows.flatMap(({ source, owners, event }) =>
      owners.flatMap((owner) =>
        'patientKey' in owner ? [`${event.type} ${patientOf(source, owner.patientKey)}`] : [],
      ),
    ),
  );
  return {
    ofNhsNumber: (nhsNumber, type) => isInForce(nhsNumber, type),
    ofPatient: (source, patientKey, type) => isInForce(patientOf(source, patientKey), type),
    ofNumberOfPatient: (source, patientKey, type) => {
      const number = numbered.get(patientOf(source, patientKey));
      return number !== undefined && isInForce(number, type);
    },
    ofRegistration: (source, patientKey, type) =>
      marked.has(`${type} ${patientOf(source, patientKey)}`) ||
      [...(held.get(source)?.get(patientKey) ?? [])].some((reason) => reason === type),
    unnumbered: [...unnumbered].flatMap(([whom, one]) =>
      reasons.some((reason) => mustReachElsewhere(reason) && isInForce(whom, reason.name)) ? [one] : [],
    ),
    allowed,
  };
}

/** The numbers that every allow-list has; null where there is none. */
function inAll(
  lists: readonly (Pick<ReadonlySet<string>, 'has'> | null)[],
): Pick<ReadonlySet<string>, 'has'> | null {
  const given = lists.filter((one) => one !== null);
  return given.length === 0 ? null : { has: (number) => given.every((one) => one.has(number)) };
}

function patientOf(source: string, patientKey: string): string {
  return `patient of ${source}: ${patientKey}`;
}

/** Rows of a source's patients table with this key. */
function patientsWith(key: string, source: string, delivered: readonly DeliveredTable[]) {
  return delivered
    .filter(({ table }) => table.kind === 'patients' && table.source === source)
    .flatMap(({ table, rows }) => rows.map((row) => ({ table, row })))
    .filter(({ table, row }) => keyText(row, columnOf(table, 'patient-key')) === key);
}

function numberBehind(
  owner: RowOwner,
  source: string,
  delivered: readonly DeliveredTable[],
  pipeline: Pipeline,
): string | null {
  if ('nhsNumber' in owner) return owner.nhsNumber;
  const numbers = patientsWith(owner.patientKey, source, delivered).flatMap(
    ({ table, row }) => nhsNumberOf(row, table, pipeline) ?? [],
  );
  return numbers.at(-1) ?? null;
}

/**
 * Registrations that match nobody may be few, and never all of a source. The same limit applies to type 2 and national registrations
 * of patients without a valid number, which may have no effect in other sources.
 */
function checkMatched(
  recorded: readonly RecordedOptOut[],
  delivered: readonly DeliveredTable[],
  pipeline: Pipeline,
): void {
  for (const { name } of pipeline.sources) {
    const registered = recorded.filter(({ source, event }) => source === name && event.kind === 'registered');
    const isSomebody = (owner: RowOwner) =>
      'nhsNumber' in owner || patientsWith(owner.patientKey, name, delivered).length > 0;
    const unmatched = registered.filter(({ owners }) => !owners.some(isSomebody)).length;
    const { maxUnmatched } = pipeline.optOuts;
    if (unmatched > 0 && (unmatched === registered.length || unmatched > registered.length * maxUnmatched))
      throw refused({ file: name, message: 'opt-outs of nobody' });
    const { reasons, exempt } = pipeline.optOuts;
    const elsewhere = registered.filter(({ event }) =>
      reasons.some(
        (reason) => reason.name === event.type && mustReachElsewhere(reason) && !isExempt(event.type, exempt),
      ),
    );
    const isUnnumbered = (owner: RowOwner) =>
      isSomebody(owner) && numberBehind(owner, name, delivered, pipeline) === null;
    const unnumbered = elsewhere.filter(({ owners }) => owners.some(isUnnumbered)).length;
    if (unnumbered > elsewhere.length * maxUnmatched)
      throw refused({ file: name, message: 'opt-outs of patients without a number' });
  }
}
