import { type Ladder, type MatchRank, restsOnNhsNumber } from '../../domain/match-rank.ts';
import { agreeOn } from './agree.ts';
import { knownByNumber, linkByNumber } from './link-by-number.ts';
import type { Hashable } from './recipes.ts';
import { compositeOf, isOfFirstOfJanuary, type Subject } from './subjects.ts';

/** A subject, linked. */
export interface LinkedSubject {
  readonly subject: Subject;
  /** what the person's pseudonym is made from */
  readonly person: Hashable;
  /** the number of the rank that held; 0 where none did */
  readonly matchRank: number;
  /** its NHS number cannot be believed to be its own: whose opt-outs are its, nobody can say */
  readonly isContradicted: boolean;
}

/** What linking goes by. */
export interface LinkRules {
  readonly ladder: Ladder;
  /** names of the sources, in the order of the pipeline file */
  readonly sources: readonly string[];
  /** canonical postcodes that are shared by too many people */
  readonly ignoredPostcodes: ReadonlySet<string>;
}

/**
 * Subjects to persons, as src/link/README.md says: those that carry an NHS number by the ranks that rest on it, the others
 * by the ranks that do without.
 *
 * @param subjects by any key
 * @returns by the same key
 */
export function linkSubjects(
  subjects: ReadonlyMap<string, Subject>,
  { ladder, sources, ignoredPostcodes }: LinkRules,
): Map<string, LinkedSubject> {
  const links = linkByNumber(subjects.values(), ladder, sources);
  const known = knownByNumber(links);
  const ranks = ladder.filter((rank) => !restsOnNhsNumber(rank));
  return new Map(
    [...subjects].map(([id, subject]): [string, LinkedSubject] => {
      if (subject.nhsNumber === null) {
        return [id, linkWithoutNumber(subject, ranks, known, ignoredPostcodes)];
      }
      const { matchRank, isContradicted } = links.find((link) => link.subject === subject)!;
      const person = isContradicted ? subject.own : byNumber(subject.nhsNumber);
      return [id, { subject, person, matchRank, isContradicted }];
    }),
  );
}

function byNumber(text: string): Hashable {
  return { kind: 'nhs-number', text };
}

/** By the first rank for which exactly one number is known, and no exception holds; else a person of its own. */
function linkWithoutNumber(
  subject: Subject,
  ranks: readonly MatchRank[],
  known: readonly Subject[],
  ignoredPostcodes: ReadonlySet<string>,
): LinkedSubject {
  for (const { rank, agree, unless } of ranks) {
    const isExcepted = unless.some((exception) =>
      exception === 'first-of-january'
        ? isOfFirstOfJanuary(subject)
        : subject.postcode !== null && ignoredPostcodes.has(subject.postcode),
    );
    if (isExcepted) continue;
    const alike = known.filter((other) => agree.every((what) => agreeOn(what, subject, other)));
    const [only, another] = new Set(alike.map(({ nhsNumber }) => nhsNumber!));
    if (only === undefined || another !== undefined) continue;
    return { subject, person: byNumber(only), matchRank: rank, isContradicted: false };
  }
  const text = compositeOf(subject);
  const person =
    text === null || isOfFirstOfJanuary(subject) ? subject.own : { kind: 'sex|date-of-birth|postcode', text };
  return { subject, person, matchRank: 0, isContradicted: false };
}
