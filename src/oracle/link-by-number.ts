import {
  CROWD_LIMIT,
  CROWD_SUBJECTS,
  type Ladder,
  type MatchRank,
  requiresNhsNumber,
} from '../domain/match-rank.ts';
import { agreeOn } from './agree.ts';
import { compositeOf, isOfFirstOfJanuary, isPatient, type Subject } from './subjects.ts';
import type { Witness } from './witnesses.ts';

/** The result of the ranks with the NHS number for a subject that has one. */
export interface NumberLink {
  readonly subject: Subject;
  /** the reference subjects of its number, with which it was compared */
  readonly references: readonly Subject[];
  readonly isReference: boolean;
  /** its number belongs to a crowd */
  readonly isCrowded: boolean;
  /** 0 where no rank applies: a reference subject of the number, or a contradicted one */
  readonly matchRank: number;
  /** true if its number cannot be its own */
  readonly isContradicted: boolean;
  /**
   * true if its birth date is known and agrees with that of no reference subject of its number, not even in part; for a reference
   * subject that is a patient, with that of another one
   */
  readonly isAtOdds: boolean;
}

/**
 * Links every subject that has an NHS number to that number by the fields that agree, or marks it as contradicted.
 *
 * @param sources names of the sources, in the order of the pipeline file: the first that has a number is its reference
 */
export function linkByNumber(
  subjects: Iterable<Subject>,
  ladder: Ladder,
  sources: readonly string[],
): NumberLink[] {
  const ranks = ladder.filter(requiresNhsNumber);
  const byNumber = new Map<string, Subject[]>();
  for (const subject of subjects) {
    const { nhsNumber } = subject;
    if (nhsNumber !== null) byNumber.set(nhsNumber, [...(byNumber.get(nhsNumber) ?? []), subject]);
  }
  return [...byNumber.values()].flatMap((carriers) => linkCarriers(carriers, ranks, sources));
}

/**
 * The same, where also those are contradicted who are at odds with their number and whose tuple is known of another number, or of a
 * witness with another or an unknown number.
 */
export function contradictKnown(links: readonly NumberLink[], witnesses: readonly Witness[]): NumberLink[] {
  const known = knownByNumber(links);
  return links.map((link) => {
    const { nhsNumber } = link.subject;
    const tuples = atEveryAddress([link]).map(compositeOf);
    const isKnownOf = (other: Subject) =>
      other.nhsNumber !== nhsNumber && tuples.includes(compositeOf(other));
    const isWitnessOf = ({ tuple, nhsNumber: other }: Witness) =>
      other !== nhsNumber && tuples.includes(tuple);
    const isContradicted =
      link.isContradicted || (link.isAtOdds && (known.some(isKnownOf) || witnesses.some(isWitnessOf)));
    return isContradicted ? contradicted(link) : link;
  });
}

/** The subject without its link. */
export function contradicted(link: NumberLink): NumberLink {
  return { ...link, matchRank: 0, isContradicted: true };
}

/**
 * The subjects that make known tuples, once for each of their addresses: linked to their numbers
 * and not at odds with them, without those born on 1 January, a date that many records have in place of an unknown one.
 */
export function knownByNumber(links: readonly NumberLink[]): Subject[] {
  return atEveryAddress(links.filter(({ isContradicted, isAtOdds }) => !isContradicted && !isAtOdds));
}

/**
 * The subjects whose number may be another person's, once for each of their addresses: kept from it, or at odds with it
 * (src/linker/link/README.md, "A number in doubt").
 */
export function inDoubt(links: readonly NumberLink[]): Subject[] {
  return atEveryAddress(links.filter(({ isContradicted, isAtOdds }) => isContradicted || isAtOdds));
}

function atEveryAddress(links: readonly NumberLink[]): Subject[] {
  return links
    .flatMap(({ subject }) => [
      subject,
      ...[...subject.earlierPostcodes].map((postcode) => ({ ...subject, postcode })),
    ])
    .filter((subject) => compositeOf(subject) !== null && !isOfFirstOfJanuary(subject));
}

/** All the subjects of one number. */
function linkCarriers(
  carriers: readonly Subject[],
  ranks: readonly MatchRank[],
  sources: readonly string[],
): NumberLink[] {
  const reference = sources.find((name) => carriers.some(({ source }) => source === name));
  const references = carriers.filter(({ source }) => source === reference);
  // a ladder that compares no other field cannot distinguish the subjects of one number
  const compares = ranks.some(({ agree }) => agree.length > 1);
  const isCrowded = compares && isCrowd(carriers);
  const isCrowdedAtOnce = compares && isCrowd(references);
  return carriers.map((subject) => {
    const isReference = references.includes(subject);
    const rank = ranks.find(({ agree }) =>
      references.some((other) => agree.every((what) => agreeOn(what, subject, other))),
    );
    const isLostInCrowd = isCrowdedAtOnce || (isCrowded && !isReference && !isOneOf(subject, references));
    const isContradicted = isLostInCrowd || (rank === undefined && !isReference);
    return {
      subject,
      references,
      isReference,
      isCrowded: isCrowded || isCrowdedAtOnce,
      matchRank: isContradicted ? 0 : (rank?.rank ?? 0),
      isContradicted,
      isAtOdds:
        compares && (isReference ? isOneOfTwo(subject, references) : isAtOddsWith(subject, references)),
    };
  });
}

/** More pairs of sex and birth date, or more subjects, than one person can have. A missing value counts as a value. */
function isCrowd(subjects: readonly Subject[]): boolean {
  if (subjects.length > CROWD_SUBJECTS) return true;
  return new Set(subjects.map(({ sex, birthDate }) => `${sex}|${birthDate}`)).size > CROWD_LIMIT;
}

/** Whether a subject agrees with one of the references on sex and on the whole birth date. */
function isOneOf(subject: Subject, references: readonly Subject[]): boolean {
  return references.some(
    (other) => agreeOn('sex', subject, other) && agreeOn('date-of-birth', subject, other),
  );
}

/** Whether it is a patient, and another patient of the table has the number with a birth date that does not agree, not even in part. */
function isOneOfTwo(subject: Subject, references: readonly Subject[]): boolean {
  return isPatient(subject) && references.some((other) => isAtOddsWith(subject, [other]));
}

/** All the birth dates are known, and the subject's agrees with none of the references', not even in part. */
function isAtOddsWith(subject: Subject, references: readonly Subject[]): boolean {
  return (
    subject.birthDate !== null &&
    references.every((other) => other.birthDate !== null && !agreeOn('partial-date-of-birth', subject, other))
  );
}
