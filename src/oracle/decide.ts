import type { DropReason } from '../domain/receipt.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
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

/** The decision on each person, by `identityOf` the person; null means released. */
export type PersonDecisions = ReadonlyMap<string, DropReason | null>;

/**
 * Whole persons leave: those whose NHS number is contradicted, whatever the pipeline file says of others that are not
 * tied to one; then a type 2 or national opt-out takes everything that was linked to the person; then those who are not in
 * the reply of the national service, and those behind whom no NHS number stands: where the pipeline file releases these,
 * still those whose sex, birth date and postcode a witness has, somebody whose number is in doubt, or somebody who opted out.
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
): DropReason | null {
  if (members.some(({ isContradicted }) => isContradicted)) return 'held-back';
  const { kind, text } = members[0]!.person;
  const isTied = kind === 'nhs-number';
  const isOptedOut = (nhsNumber: string, type: 'type-2' | 'national') =>
    optOuts.ofNhsNumber(nhsNumber, type) || mayBe(nhsNumber, type);
  const isNotAllowed = (nhsNumber: string) => optOuts.allowed !== null && !optOuts.allowed.has(nhsNumber);
  const hasOptOut = (type: 'type-2' | 'national') =>
    (isTied && isOptedOut(text, type)) ||
    before.some(
      ({ subject: { own, source } }) =>
        own.kind.startsWith('patient-key/') && optOuts.ofPatient(source, own.text, type),
    );
  if (hasOptOut('type-2')) return 'type-2-opt-out';
  if (hasOptOut('national')) return 'national-opt-out';
  if (isTied && isNotAllowed(text)) return 'national-opt-out';
  // of a tuple that somebody has who stopped, or whose number is in doubt, nobody can say what its patient decided
  const isDoubtful = kind === 'sex|date-of-birth|postcode' && doubtful.has(text);
  // whoever goes by a tuple may be anybody who is known for it, linked or not
  const mayHaveOptedOut = numbersOf(members[0]!, known).some(
    (one) => isOptedOut(one, 'type-2') || isOptedOut(one, 'national') || isNotAllowed(one),
  );
  const isHeldBack = !isTied && (isDoubtful || mayHaveOptedOut || pipeline.optOuts.untied === 'hold-back');
  return isHeldBack ? 'held-back' : null;
}

type KnownNumbers = ReadonlyMap<string, ReadonlySet<string>>;

/** The numbers known for the tuple that identifies a person; none for a person with a number, or without a whole tuple. */
function numbersOf({ person: { kind, text } }: LinkedSubject, known: KnownNumbers): string[] {
  return kind === 'sex|date-of-birth|postcode' ? [...(known.get(text) ?? [])] : [];
}

/**
 * The decision on each subject. GP patients without an NHS number who turn out to be a person with a type 1 opt-out could not be
 * recognised above the boundary, so they stop here; so do those who may be such a person, where untied rows are released.
 */
export function decideSubjects(
  subjects: ReadonlyMap<string, LinkedSubject>,
  decisions: PersonDecisions,
  optOuts: OptOuts,
  known: KnownNumbers,
  linkageWeights: ReadonlyMap<string, number>,
  pipeline: Pipeline,
  keys: MasterKeys,
): Map<string, Fate> {
  const isGp = (source: string) =>
    pipeline.sources.some(({ name, setting }) => name === source && setting === 'gp');
  return new Map(
    [...subjects].map(([id, linked]) => {
      const { subject, person, matchRank, matchProbability } = linked;
      const numbers = person.kind === 'nhs-number' ? [person.text] : numbersOf(linked, known);
      const isTypeOne = isGp(subject.source) && numbers.some((one) => optOuts.ofNhsNumber(one, 'type-1'));
      const reason = decisions.get(identityOf(person)) ?? (isTypeOne ? 'type-1-opt-out' : null);
      const pseudonym = reason === null ? personPseudonym(person, pipeline.release.agreement, keys) : null;
      const linkageWeight = linkageWeights.get(id) ?? null;
      return [id, { person: pseudonym, matchRank, matchProbability, linkageWeight, reason }];
    }),
  );
}
