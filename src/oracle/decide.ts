import type { DropReason } from '../domain/receipt.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { OptOuts } from './collect-opt-outs.ts';
import type { LinkedSubject } from './link.ts';
import type { MayBeOptedOut } from './opt-out-reach.ts';
import { type MasterKeys, personPseudonym } from './recipes.ts';
import { identityOf } from './subjects.ts';
import type { Witness } from './witnesses.ts';

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
 * Decides on whole persons. A person whose NHS number is contradicted is not released, even where the pipeline file releases untied
 * rows; a type 2 or national opt-out removes all records linked to the person; a person who is not in the reply of the national
 * service is removed, and so is one without a known NHS number. Where the pipeline file releases the latter, those are still removed
 * whose sex, birth date and postcode are also those of a witness, or of somebody who opted out.
 *
 * @param known the numbers known for each `sex|birth date|postcode`
 * @param asLinked the subjects before implausible links were taken apart: their opt-outs still act on the persons to whom they were linked
 */
export function decidePersons(
  subjects: ReadonlyMap<string, LinkedSubject>,
  asLinked: ReadonlyMap<string, LinkedSubject>,
  optOuts: OptOuts,
  mayBe: MayBeOptedOut,
  known: KnownNumbers,
  witnesses: readonly Witness[],
  pipeline: Pipeline,
): PersonDecisions {
  const before = byPerson(asLinked.values());
  return new Map(
    [...byPerson(subjects.values())].map(([id, members]) => [
      id,
      decidePerson(members, before.get(id) ?? [], optOuts, mayBe, known, witnesses, pipeline),
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
  witnesses: readonly Witness[],
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
  // a stopped row has the same tuple, so it is unknown what this patient decided
  const isWitnessed = kind === 'sex|date-of-birth|postcode' && witnesses.some(({ tuple }) => tuple === text);
  // a person identified by a tuple only may be anybody known for it, linked or not
  const mayHaveOptedOut = numbersOf(members[0]!, known).some(
    (one) => isOptedOut(one, 'type-2') || isOptedOut(one, 'national') || isNotAllowed(one),
  );
  const isHeldBack = !isTied && (isWitnessed || mayHaveOptedOut || pipeline.optOuts.untied === 'hold-back');
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
  weights: ReadonlyMap<string, number>,
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
      const linkageWeight = weights.get(id) ?? null;
      return [id, { person: pseudonym, matchRank, matchProbability, linkageWeight, reason }];
    }),
  );
}
