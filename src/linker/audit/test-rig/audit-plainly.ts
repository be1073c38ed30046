import { type Ladder, type MatchRank, requiresNhsNumber } from '../../../domain/match-rank.ts';
import { agreeOn } from '../../../oracle/agree.ts';
import { isEveryRowLike, type LinkRules, linkSubjects, patientsInDoubt } from '../../../oracle/link.ts';
import {
  contradicted,
  inDoubt,
  knownByNumber,
  linkByNumber,
  type NumberLink,
} from '../../../oracle/link-by-number.ts';
import { estimateFromLinks, probabilityOfLink } from '../../../oracle/match-probability.ts';
import { compositeOf, isOfFirstOfJanuary, type Subject, subjectId } from '../../../oracle/subjects.ts';
import { witnessesOf } from '../../../oracle/witnesses.ts';
import type { LinkCount, Numberless, Outcome } from '../estimate.ts';
import { PARTS } from '../sample.ts';
import { type AuditedSubject, type Linkage, SOURCES } from './linked-tables.ts';

/** What becomes of a subject whose number is hidden. */
export interface PlainFinding {
  readonly subject: AuditedSubject;
  readonly isReference: boolean;
  /** the rank that links it, and to what number; null for none */
  readonly rank: MatchRank | null;
  readonly to: string | null;
}

export interface PlainAudit {
  readonly findings: readonly PlainFinding[];
  /** one a subject and part of the sample */
  readonly outcomes: readonly Outcome[];
  /** one a rank of the ladder */
  readonly links: readonly LinkCount[];
  /** one a subject */
  readonly numberless: readonly Numberless[];
}

/** What the reference engine links by. */
export function rulesOf({ ignoredPostcodes, minProbability, witnesses }: Linkage, ladder: Ladder): LinkRules {
  return {
    ladder,
    sources: SOURCES,
    ignoredPostcodes,
    ignoreBusiestPostcodes: null,
    minProbability,
    witnesses,
  };
}

const idOf = ({ source, own }: Subject) => subjectId(source, own);

/** Subjects by source and token, without their other values. */
export function byId<S extends Subject>(subjects: readonly S[]): Map<string, S> {
  return new Map(subjects.map((subject) => [idOf(subject), subject]));
}

/** The audit of README.md with everybody in the sample, word by word: each subject is compared with each other one. */
export function auditPlainly(linkage: Linkage, ladder: Ladder): PlainAudit {
  const { subjects } = linkage;
  const least = linkage.minProbability ?? 0;
  const own = byId(subjects);
  const linked = linkSubjects(own, rulesOf(linkage, ladder));
  const linkOf = (subject: Subject) => linked.get(idOf(subject))!;
  const byNumber = linkByNumber(subjects, ladder, SOURCES);
  const matchWeights = estimateFromLinks(
    byNumber,
    subjects.filter(({ nhsNumber }) => nhsNumber === null),
    ladder,
  );
  const isRefused = (link: NumberLink) => (probabilityOfLink(link, ladder, matchWeights) ?? 1) < least;
  const doubted = inDoubt(byNumber.map((link) => (isRefused(link) ? contradicted(link) : link)));
  const witnesses = [...linkage.witnesses, ...patientsInDoubt(doubted)];
  // taking a link apart comes after linking: what was known by way of it stays known
  const known = knownByNumber(byNumber.filter(({ subject }) => !linkOf(subject).isContradicted));
  const others = (subject: Subject) =>
    known.filter((other) => idOf(other) !== idOf(subject) && compositeOf(other) === compositeOf(subject));
  // it carries the number, or has none and was linked to it
  const isOf = (other: AuditedSubject, number: string | null) => {
    const { person, matchRank } = linkOf(other);
    const isLinked = other.nhsNumber === null && matchRank !== 0 && !other.isTakenApart;
    return other.nhsNumber === number || (isLinked && person.text === number);
  };
  const mayLinkByTuple = matchWeights === null || matchWeights.ofTuple >= least;

  const findings: PlainFinding[] = [];
  const outcomes: Outcome[] = [];
  const links = ladder.map((_, index) => ({ ladderIndex: index, links: 0, contradicted: 0 }));
  for (const link of byNumber) {
    const { references, isReference, isAtOdds } = link;
    const subject = own.get(idOf(link.subject))!;
    const isKeptOut = link.isContradicted || isRefused(link);
    const isUnlinked = linkOf(subject).isContradicted || subject.isTakenApart;
    const ladderIndex = indexUnderNumber(subject, references, ladder);
    const isLink = !isReference && ladderIndex !== null && !isKeptOut;
    if (isLink && isUnlinked && isAtOdds) links[ladderIndex]!.contradicted += 1;
    if (isLink && !isUnlinked) links[ladderIndex]!.links += 1;
    if (isUnlinked) continue;

    const numbers = new Set(others(subject).map(({ nhsNumber }) => nhsNumber));
    const isOwnKnown = numbers.has(subject.nhsNumber);
    const isWhole = compositeOf(subject) !== null && !isOfFirstOfJanuary(subject);
    const seen = {
      ladderIndex,
      hasMatch: subjects.some((other) => other !== subject && isOf(other, subject.nhsNumber)),
      isOwnKnown,
      hasOthers: numbers.size > (isOwnKnown ? 1 : 0),
      isOpen: isWhole && !isAtOdds && !isOwnKnown,
      ...countsOf(subject),
    };
    const { rank, to } = mayLinkByTuple
      ? lookUp(subject, others(subject), ladder, { ...linkage, witnesses })
      : { rank: null, to: null };
    findings.push({ subject, isReference, rank, to });
    const found = rank === null ? null : ladder.indexOf(rank);
    outcomes.push({ part: PARTS.hidden, found, isRight: rank && to === subject.nhsNumber, ...seen });
    if (isLink) outcomes.push({ part: PARTS.link, found: null, isRight: null, ...seen });
  }
  const numberless = subjects
    .filter(({ nhsNumber }) => nhsNumber === null)
    .map((subject): Numberless => {
      const { matchRank } = linkOf(subject);
      const index = subject.isTakenApart ? -1 : ladder.findIndex(({ rank }) => rank === matchRank);
      if (index >= 0) links[index]!.links += 1;
      return { ladderIndex: index < 0 ? null : index, ...countsOf(subject) };
    });
  return { findings, outcomes, links, numberless };
}

function countsOf({ records }: AuditedSubject): Pick<Outcome, 'subjects' | 'records' | 'squares'> {
  return { subjects: 1, records, squares: records ** 2 };
}

/** Place of the first rank of the number that holds of it; null for none. */
function indexUnderNumber(subject: Subject, references: readonly Subject[], ladder: Ladder): number | null {
  const index = ladder.findIndex(
    (rank) =>
      requiresNhsNumber(rank) &&
      references.some((other) => rank.agree.every((what) => agreeOn(what, subject, other))),
  );
  return index < 0 ? null : index;
}

/** The first rank without the number that holds: exactly one number is known, and no exception is made. */
function lookUp(
  subject: Subject,
  others: readonly Subject[],
  ladder: Ladder,
  { ignoredPostcodes, witnesses }: Linkage,
): { rank: MatchRank | null; to: string | null } {
  for (const rank of ladder.filter((one) => !requiresNhsNumber(one))) {
    const isExcepted = rank.unless.some((one) =>
      one === 'first-of-january' ? isOfFirstOfJanuary(subject) : ignoredPostcodes.has(subject.postcode ?? ''),
    );
    if (!isEveryRowLike(subject, rank, others, witnesses)) continue;
    const counted = others.filter((other) => rank.agree.every((what) => agreeOn(what, subject, other)));
    const heard = witnessesOf(subject, rank, witnesses);
    const [only, another] = new Set(counted.map(({ nhsNumber }) => nhsNumber!));
    if (heard.some(({ nhsNumber }) => nhsNumber !== only)) continue;
    if (!isExcepted && only !== undefined && another === undefined) return { rank, to: only };
  }
  return { rank: null, to: null };
}
