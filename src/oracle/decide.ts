import { type HeldReason, isExempt, type ReasonName, type ReasonScope } from '../domain/held-reason.ts';
import type { DropReason } from '../domain/receipt.ts';
import {
  appliesAllowList,
  appliesNationalReply,
  isNationalLedger,
  type Pipeline,
} from '../pipeline/pipeline.ts';
import type { OptOuts } from './collect-opt-outs.ts';
import type { LinkedSubject } from './link.ts';
import type { MayBeOptedOut } from './opt-out-reach.ts';
import { type MasterKeys, personPseudonym } from './recipes.ts';
import { identityOf } from './subjects.ts';

/** The decision on a subject and on all its records. */
export interface Fate {
  /** pseudonym of the person; null where nothing is released */
  readonly person: string | null;
  readonly matchRank: number;
  readonly matchProbability: number | null;
  /** linkage weight; null where none is requested, or the subject is not linked */
  readonly linkageWeight: number | null;
  readonly reason: DropReason | null;
}

/** Why a person is held; a person without any reason is released. */
export interface PersonDecision {
  /** why all records are held */
  readonly all: ReadonlySet<ReasonName>;
  /** why records of GP sources are */
  readonly gpRecords: ReadonlySet<ReasonName>;
}

/** The decision on each person, by `identityOf` the person. */
export type PersonDecisions = ReadonlyMap<string, PersonDecision>;

/**
 * Whole persons leave for every reason that holds whole persons: a contradicted NHS number; what is recorded for the person, or for whom
 * any of its records were linked to; not being among those who may be used; no NHS number. Where the pipeline file releases persons without a
 * number, this holds those still whose sex, birth date and postcode a witness has, somebody whose number is in doubt, or somebody who is held.
 * What acts on GP records could not be recognised of GP patients without a number before linking. Where a person has records of GP
 * sources only, nothing of it is left then.
 *
 * @param known the numbers known for each `sex|birth date|postcode`
 * @param doubtful each `sex|birth date|postcode` of a witness, or of somebody whose number is in doubt
 * @param asLinked the subjects before any was taken apart as implausible: its opt-outs still reach whom it was linked to
 */
export function decidePersons(
  subjects: ReadonlyMap<string, LinkedSubject>,
  asLinked: ReadonlyMap<string, LinkedSubject>,
  optOuts: OptOuts,
  mayBe: MayBeOptedOut,
  known: KnownNumbers,
  doubtful: ReadonlySet<string>,
  pipeline: Pipeline,
): PersonDecisions {
  const before = byPerson(asLinked.values());
  return new Map(
    [...byPerson(subjects.values())].map(([id, members]) => [
      id,
      decidePerson(members, before.get(id) ?? [], optOuts, mayBe, known, doubtful, pipeline),
    ]),
  );
}

function byPerson(subjects: Iterable<LinkedSubject>): Map<string, LinkedSubject[]> {
  const together = new Map<string, LinkedSubject[]>();
  for (const subject of subjects) {
    const id = identityOf(subject.person);
    together.set(id, [...(together.get(id) ?? []), subject]);
  }
  return together;
}

function decidePerson(
  members: readonly LinkedSubject[],
  before: readonly LinkedSubject[],
  optOuts: OptOuts,
  mayBe: MayBeOptedOut,
  known: KnownNumbers,
  doubtful: ReadonlySet<string>,
  pipeline: Pipeline,
): PersonDecision {
  const { reasons, untied } = pipeline.optOuts;
  const withScope = (scope: ReasonScope) =>
    reasons.filter((one) => one.scope === scope).map(({ name }) => name);
  const { kind, text } = members[0]!.person;
  const isTied = kind === 'nhs-number';
  const isContradicted = members.some((one) => one.isContradicted);
  const isHeld = (nhsNumber: string, type: ReasonName) =>
    optOuts.ofNhsNumber(nhsNumber, type) || mayBe(nhsNumber, type);
  const isNotAllowed = (nhsNumber: string) => optOuts.allowed !== null && !optOuts.allowed.has(nhsNumber);
  const recorded = withScope('person').filter(
    (type) =>
      (isTied && isHeld(text, type)) ||
      before.some(
        ({ subject: { own, source } }) =>
          own.kind.startsWith('patient-key/') &&
          (optOuts.ofPatient(source, own.text, type) || optOuts.ofNumberOfPatient(source, own.text, type)),
      ),
  );
  // of a tuple that somebody has who stopped, or whose number is in doubt, the decision of its patient cannot be known
  const isDoubtful = kind === 'sex|date-of-birth|postcode' && doubtful.has(text);
  // whoever goes by a tuple may be anybody who is known for it, linked or not
  const numbers = numbersOf(members[0]!, known);
  const mayBeHeld = numbers.some(
    (one) => isNotAllowed(one) || withScope('person').some((type) => isHeld(one, type)),
  );
  const isUnknown = !isTied && !isContradicted && (isDoubtful || mayBeHeld || untied === 'hold-back');
  const gpRecords = withScope('gp-records').filter((type) =>
    (isTied ? [text] : untied === 'hold-back' ? [] : numbers).some((one) => optOuts.ofNhsNumber(one, type)),
  );
  const isGpOnly = members.every(({ subject }) => isGp(subject.source, pipeline));
  return {
    all: new Set([
      ...(isContradicted ? (['contradicted'] as const) : []),
      ...recorded,
      ...(isTied && isNotAllowed(text) ? [whyNotAllowed(pipeline)] : []),
      ...(isUnknown ? (['unknown-number'] as const) : []),
      ...(isGpOnly ? gpRecords : []),
    ]),
    gpRecords: new Set(gpRecords),
  };
}

/** The reason for people who are not among those who may be used: what the lists of these answer for. */
function whyNotAllowed({ optOuts }: Pipeline): ReasonName {
  const answers = [
    ...(appliesNationalReply(optOuts)
      ? [isNationalLedger(optOuts.national) ? ('national-unanswered' as const) : ('national' as const)]
      : []),
    ...optOuts.lists
      .filter((list) => appliesAllowList(list, optOuts.exempt))
      .map(({ answersFor }) => answersFor ?? 'not-allowed'),
  ];
  const isKnown = new Set(answers).size === 1 || isExempt('not-allowed', optOuts.exempt);
  return isKnown ? answers[0]! : 'not-allowed';
}

function isGp(source: string, { sources }: Pipeline): boolean {
  return sources.some(({ name, setting }) => name === source && setting === 'gp');
}

type KnownNumbers = ReadonlyMap<string, ReadonlySet<string>>;

/** The numbers known for the tuple that identifies a person; none for a person with a number, or without a whole tuple. */
function numbersOf({ person: { kind, text } }: LinkedSubject, known: KnownNumbers): string[] {
  return kind === 'sex|date-of-birth|postcode' ? [...(known.get(text) ?? [])] : [];
}

/** The decision on each subject: of a GP source, what acts on GP records holds it as well. The first reason in the order counts. */
export function decideSubjects(
  subjects: ReadonlyMap<string, LinkedSubject>,
  decisions: PersonDecisions,
  linkageWeights: ReadonlyMap<string, number>,
  pipeline: Pipeline,
  keys: MasterKeys,
): Map<string, Fate> {
  return new Map(
    [...subjects].map(([id, linked]) => {
      const { subject, person, matchRank, matchProbability } = linked;
      const { all, gpRecords } = decisions.get(identityOf(person))!;
      const held = new Set([...all, ...(isGp(subject.source, pipeline) ? gpRecords : [])]);
      const reason = firstReason(held, pipeline)?.receipt ?? null;
      const pseudonym = reason === null ? personPseudonym(person, pipeline.release.agreement, keys) : null;
      const linkageWeight = linkageWeights.get(id) ?? null;
      return [id, { person: pseudonym, matchRank, matchProbability, linkageWeight, reason }];
    }),
  );
}

/** The first of these reasons in the order of the pipeline file; null where there is none. */
export function firstReason(held: ReadonlySet<ReasonName>, { optOuts }: Pipeline): HeldReason | null {
  return optOuts.reasons.find(({ name }) => held.has(name)) ?? null;
}
