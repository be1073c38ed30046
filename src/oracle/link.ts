import { type Ladder, type MatchRank, requiresNhsNumber } from '../domain/match-rank.ts';
import { agreeOn } from './agree.ts';
import {
  contradicted,
  contradictKnown,
  inDoubt,
  knownByNumber,
  linkByNumber,
  type NumberLink,
} from './link-by-number.ts';
import { estimateFromLinks, probabilityOfLink } from './match-probability.ts';
import type { Hashable } from './recipes.ts';
import { compositeOf, isOfFirstOfJanuary, isPatient, type Subject } from './subjects.ts';
import { type Witness, witnessesOf } from './witnesses.ts';

/** A subject, linked. */
export interface LinkedSubject {
  readonly subject: Subject;
  /** the text from which the person's pseudonym is made */
  readonly person: Hashable;
  /** the number of the rank that applied; 0 where none did */
  readonly matchRank: number;
  /** the match probability; null where nothing was linked, or none is estimated */
  readonly matchProbability: number | null;
  /** true if its NHS number cannot be its own: it is unknown whose opt-outs apply to it */
  readonly isContradicted: boolean;
}

/** The settings and inputs of linking. */
export interface LinkRules {
  readonly ladder: Ladder;
  /** names of the sources, in the order of the pipeline file */
  readonly sources: readonly string[];
  /** canonical postcodes that are shared by too many people */
  readonly ignoredPostcodes: ReadonlySet<string>;
  /** a share of each source's postcodes, those with the most patients, that are also ignored; null for none */
  readonly ignoreBusiestPostcodes: number | null;
  /** a link of a lower probability is refused; null refuses none */
  readonly minProbability: number | null;
  /** the witnesses: tuples of rows that stayed above the identity boundary */
  readonly witnesses: readonly Witness[];
}

/**
 * Subjects to persons, as src/linker/link/README.md describes: those with an NHS number by the ranks that require it, the others by
 * the ranks without it.
 *
 * @param subjects by any key
 * @returns by the same key
 */
export function linkSubjects(
  subjects: ReadonlyMap<string, Subject>,
  rules: LinkRules,
): Map<string, LinkedSubject> {
  const { ladder, sources, ignoredPostcodes, ignoreBusiestPostcodes, minProbability } = rules;
  const { links, matchWeights, known, witnesses } = linkNumbered(subjects, rules);
  const least = minProbability ?? 0;
  const busy = tuplesOfBusiest([...subjects.values()], sources, ignoreBusiestPostcodes);
  const isIgnored = (subject: Subject) =>
    ignoredPostcodes.has(subject.postcode ?? '') || busy.has(compositeOf(subject) ?? '');
  const ofTuple = matchWeights?.ofTuple ?? null;
  const isTupleEnough = ofTuple === null || ofTuple >= least;
  const ranks = ladder.filter((rank) => !requiresNhsNumber(rank) && isTupleEnough);
  return new Map(
    [...subjects].map(([id, subject]): [string, LinkedSubject] => {
      if (subject.nhsNumber === null) {
        const linked = linkWithoutNumber(subject, ranks, known, witnesses, isIgnored);
        return [id, { ...linked, matchProbability: linked.matchRank === 0 ? null : ofTuple }];
      }
      const link = links.find((one) => one.subject === subject)!;
      const { matchRank, isContradicted } = link;
      const person = isContradicted ? subject.own : byNumber(subject.nhsNumber);
      const matchProbability = probabilityOfLink(link, ladder, matchWeights);
      return [id, { subject, person, matchRank, matchProbability, isContradicted }];
    }),
  );
}

/**
 * What the ranks that rest on the NHS number make of those who carry one, what is known of each number, whose number is in doubt,
 * and all the witnesses: the patients among these as well.
 */
function linkNumbered(
  subjects: ReadonlyMap<string, Subject>,
  { ladder, sources, minProbability, witnesses: heard }: LinkRules,
) {
  const withoutNumber = [...subjects.values()].filter(({ nhsNumber }) => nhsNumber === null);
  const byRank = linkByNumber(subjects.values(), ladder, sources);
  const matchWeights = estimateFromLinks(byRank, withoutNumber, ladder);
  const probability = (link: NumberLink) => probabilityOfLink(link, ladder, matchWeights);
  const least = minProbability ?? 0;
  const isImprobable = (link: NumberLink) => (probability(link) ?? 1) < least;
  const believed = byRank.map((link) => (isImprobable(link) ? contradicted(link) : link));
  const doubted = inDoubt(believed);
  const witnesses = [...heard, ...patientsInDoubt(doubted)];
  const links = contradictKnown(believed, witnesses);
  const known = knownByNumber(links);
  return { links, matchWeights, known, doubted, witnesses };
}

/** Of subjects whose number is in doubt, the patients, as witnesses: two keys of a source are two people by its own account. */
export function patientsInDoubt(doubted: readonly Subject[]): Witness[] {
  return doubted.filter(isPatient).map((subject) => {
    const { nhsNumber } = subject;
    return { tuple: compositeOf(subject)!, nhsNumber, localPatientId: null, optOuts: [] };
  });
}

/** Whose NHS number may be another person's, once for each address, and each `sex|birth date|postcode` of them or of a witness. */
export function doubtsOf(
  subjects: ReadonlyMap<string, Subject>,
  rules: LinkRules,
): { readonly doubted: readonly Subject[]; readonly tuples: ReadonlySet<string> } {
  const { doubted, witnesses } = linkNumbered(subjects, rules);
  const tuples = [...doubted.map((subject) => compositeOf(subject)!), ...witnesses.map(({ tuple }) => tuple)];
  return { doubted, tuples: new Set(tuples) };
}

/** The NHS numbers that are known for each sex, birth date and postcode. */
export function knownNumbers(
  subjects: ReadonlyMap<string, Subject>,
  rules: LinkRules,
): ReadonlyMap<string, ReadonlySet<string>> {
  const numbers = new Map<string, Set<string>>();
  for (const subject of linkNumbered(subjects, rules).known) {
    const tuple = compositeOf(subject)!;
    numbers.set(tuple, new Set([...(numbers.get(tuple) ?? []), subject.nhsNumber!]));
  }
  return numbers;
}

function byNumber(text: string): Hashable {
  return { kind: 'nhs-number', text };
}

/** The tuples of patients at the busiest postcodes of any source, at the current or an earlier address (src/linker/link/README.md). */
function tuplesOfBusiest(
  subjects: readonly Subject[],
  sources: readonly string[],
  share: number | null,
): ReadonlySet<string> {
  const tuples = sources.flatMap((source) => {
    const own = subjects.filter((one) => one.source === source);
    const patients = new Map<string, Set<string>>();
    for (const subject of own) {
      for (const postcode of [subject.postcode, ...subject.earlierPostcodes]) {
        const tuple = compositeOf({ ...subject, postcode });
        if (tuple === null || postcode === null) continue;
        patients.set(postcode, new Set([...(patients.get(postcode) ?? []), tuple]));
      }
    }
    const busiest = [...patients.values()].filter(({ size }) => {
      const asBusy = [...patients.values()].filter((other) => other.size >= size).length;
      return asBusy <= patients.size * (share ?? 0);
    });
    return busiest.flatMap((tuplesThere) => [...tuplesThere]);
  });
  return new Set(tuples);
}

/**
 * Whether a rank that asks for the local id can be asked of all the rows of a subject: each has one, with which somebody is known, or a
 * witness. Rows of one tuple may be of two people.
 */
export function isEveryRowLike(
  subject: Subject,
  rank: MatchRank,
  known: readonly Subject[],
  witnesses: readonly Witness[],
): boolean {
  if (!rank.agree.includes('local-patient-id')) return true;
  return [...subject.localPatientIds].every((id) => {
    const ofRow = { ...subject, localPatientIds: new Set([id]) };
    return (
      known.some((other) => rank.agree.every((what) => agreeOn(what, ofRow, other))) ||
      witnessesOf(ofRow, rank, witnesses).length > 0
    );
  });
}

/**
 * By the first rank for which exactly one number is known, no witness has another number or an unknown one, and no exception holds;
 * else a person of its own.
 */
function linkWithoutNumber(
  subject: Subject,
  ranks: readonly MatchRank[],
  known: readonly Subject[],
  witnesses: readonly Witness[],
  isIgnored: (subject: Subject) => boolean,
): Omit<LinkedSubject, 'matchProbability'> {
  for (const one of ranks) {
    const { rank, agree, unless } = one;
    const isExcepted = unless.some((exception) =>
      exception === 'first-of-january' ? isOfFirstOfJanuary(subject) : isIgnored(subject),
    );
    if (isExcepted || !isEveryRowLike(subject, one, known, witnesses)) continue;
    const alike = known.filter((other) => agree.every((what) => agreeOn(what, subject, other)));
    const [only, another] = new Set(alike.map(({ nhsNumber }) => nhsNumber!));
    if (only === undefined || another !== undefined) continue;
    if (witnessesOf(subject, one, witnesses).some(({ nhsNumber }) => nhsNumber !== only)) continue;
    return { subject, person: byNumber(only), matchRank: rank, isContradicted: false };
  }
  const text = compositeOf(subject);
  const person =
    text === null || isOfFirstOfJanuary(subject) ? subject.own : { kind: 'sex|date-of-birth|postcode', text };
  return { subject, person, matchRank: 0, isContradicted: false };
}
