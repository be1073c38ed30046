import { IMPLAUSIBLE_DEFAULTS, IMPLAUSIBLE_RULES, type ImplausibleRule } from '../domain/implausible.ts';
import { type Ladder, requiresNhsNumber } from '../domain/match-rank.ts';
import { rulesAsked } from '../pipeline/implausible-rules.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { collectHappenings, type Happenings } from './happenings.ts';
import type { LinkedSubject } from './link.ts';
import { type MasterKeys, token } from './recipes.ts';
import type { KeptTable } from './stop-at-boundary.ts';
import { identityOf } from './subjects.ts';

/** Links by match rank. */
type CountByRank = Readonly<Record<string, number>>;

/** The implausible links of a run. */
export interface ImplausibleLinks {
  /** ids of the subjects whose link is implausible */
  readonly subjects: ReadonlySet<string>;
  readonly links: CountByRank;
  readonly implausible: CountByRank;
  /** null for a rule that is not checked */
  readonly rules: Readonly<Record<ImplausibleRule, CountByRank | null>>;
}

type Met = readonly [id: string, linked: LinkedSubject];

/**
 * Compares every two subjects of every person, as src/linker/link/implausible/README.md describes: first with the most credible one,
 * and then, without those that clash with it, each two of the rest, of which the less credible is implausible.
 *
 * @param subjects by `subjectId`
 * @returns null where no table is declared for the rules
 */
export function findImplausible(
  subjects: ReadonlyMap<string, LinkedSubject>,
  tables: readonly KeptTable[],
  pipeline: Pipeline,
  keys: MasterKeys,
): ImplausibleLinks | null {
  if (pipeline.link.implausible === null) return null;
  const asked = rulesAsked(pipeline);
  const happenings = collectHappenings(tables, pipeline);
  const links: Met[] = [];
  const found = new Map<ImplausibleRule, Set<Met>>(asked.map((rule) => [rule, new Set()]));
  for (const person of groupByPerson(subjects)) {
    const ordered = inOrderOfBelief(person, pipeline, keys);
    links.push(...ordered.slice(1));
    const rulesThatHold = (one: Met, other: Met) =>
      asked.filter((rule) => clash(rule, asOneOfTwo(one, happenings), asOneOfTwo(other, happenings)));
    const hold = (more: Met, less: Met) => {
      for (const rule of rulesThatHold(more, less)) found.get(rule)!.add(less);
    };
    const [first, ...others] = ordered as [Met, ...Met[]];
    for (const other of others) hold(first, other);
    const rest = others.filter((other) => rulesThatHold(first, other).length === 0);
    for (const [index, less] of rest.entries()) {
      for (const more of rest.slice(0, index)) hold(more, less);
    }
  }
  const all = new Set([...found.values()].flatMap((some) => [...some]));
  return {
    subjects: new Set([...all].map(([id]) => id)),
    links: countByRank(links),
    implausible: countByRank(all),
    rules: Object.fromEntries(
      IMPLAUSIBLE_RULES.map((rule) => [rule, asked.includes(rule) ? countByRank(found.get(rule)!) : null]),
    ) as ImplausibleLinks['rules'],
  };
}

/** Every subject, with implausible ones as separate persons: it is unknown whose opt-outs apply to them. */
export function takeApart(
  subjects: ReadonlyMap<string, LinkedSubject>,
  implausible: ReadonlySet<string>,
): Map<string, LinkedSubject> {
  return new Map(
    [...subjects].map(([id, linked]): [string, LinkedSubject] => [
      id,
      implausible.has(id)
        ? {
            subject: linked.subject,
            person: linked.subject.own,
            matchRank: 0,
            matchProbability: null,
            isContradicted: true,
          }
        : linked,
    ]),
  );
}

function groupByPerson(subjects: ReadonlyMap<string, LinkedSubject>): Met[][] {
  const persons = new Map<string, Met[]>();
  for (const [id, linked] of subjects) {
    if (linked.isContradicted) continue;
    const person = identityOf(linked.person);
    persons.set(person, [...(persons.get(person) ?? []), [id, linked]]);
  }
  return [...persons.values()];
}

/** Reference subjects first; then by position of the rank in the ladder, by source, and by token. */
function inOrderOfBelief(person: readonly Met[], { link, sources }: Pipeline, keys: MasterKeys): Met[] {
  const sourceOf = ([, { subject }]: Met) => sources.findIndex(({ name }) => name === subject.source);
  const withNumber = person.filter((met) => joinedByNumber(met, link.ranks));
  const candidates = withNumber.length > 0 ? withNumber : person;
  const first = Math.min(...candidates.map(sourceOf));
  const isReference = (met: Met) => candidates.includes(met) && sourceOf(met) === first;
  const placeOf = ([, { matchRank }]: Met) => {
    const index = link.ranks.findIndex(({ rank }) => rank === matchRank);
    return index < 0 ? link.ranks.length : index;
  };
  return person.toSorted(
    (a, b) =>
      Number(isReference(b)) - Number(isReference(a)) ||
      placeOf(a) - placeOf(b) ||
      sourceOf(a) - sourceOf(b) ||
      compareTokens(token(a[1].subject.own, keys), token(b[1].subject.own, keys)),
  );
}

/** True if linked by a rank that requires the number; or by none, as a reference subject. */
function joinedByNumber([, { person, matchRank }]: Met, ladder: Ladder): boolean {
  const rank = ladder.find((one) => one.rank === matchRank);
  return rank === undefined ? person.kind === 'nhs-number' : requiresNhsNumber(rank);
}

/** A token as two signed integers, little-endian, as the engine stores it. */
function compareTokens(a: Buffer, b: Buffer): number {
  for (const half of [0, 8]) {
    const [left, right] = [a.readBigInt64LE(half), b.readBigInt64LE(half)];
    if (left !== right) return left < right ? -1 : 1;
  }
  return 0;
}

/** A subject as the rules see it. */
interface OneOfTwo {
  readonly happened: Happenings | undefined;
  readonly birthDate: string | null;
}

const { graceDays, longestStayDays, youngestMotherYears } = IMPLAUSIBLE_DEFAULTS;
const NOBODY_DIED_BEFORE = '1900-01-01';

function asOneOfTwo([id, { subject }]: Met, happenings: ReadonlyMap<string, Happenings>): OneOfTwo {
  return { happened: happenings.get(id), birthDate: subject.birthDate };
}

/** Whether two subjects violate a rule, in either order. */
function clash(rule: ImplausibleRule, one: OneOfTwo, other: OneOfTwo): boolean {
  return holds(rule, one, other) || holds(rule, other, one);
}

/** Whether two subjects violate a rule, in this order. */
function holds(
  rule: ImplausibleRule,
  { happened: one }: OneOfTwo,
  { happened: other, birthDate }: OneOfTwo,
): boolean {
  if (one === undefined) return false;
  switch (rule) {
    case 'activity-after-death': {
      const died = other?.deaths
        .filter((day) => day >= NOBODY_DIED_BEFORE)
        .sort()
        .at(-1);
      return died !== undefined && one.seen.some((day) => daysFrom(died, day) > graceDays.value);
    }
    case 'overlapping-stays':
      return one.stays.some(
        (stay) => other?.stays.some((elsewhere) => isInsideBoth(stay, elsewhere)) ?? false,
      );
    case 'two-births':
      return one.births.newborn.some(
        (day) => other?.births.newborn.some((another) => another !== day) ?? false,
      );
    case 'infant-giving-birth':
      return (
        birthDate !== null &&
        one.births.delivery.some((day) => yearOf(day) - yearOf(birthDate) < youngestMotherYears.value)
      );
  }
}

/** True if some day is strictly between first and last day of one stay, and of another stay elsewhere. */
function isInsideBoth(one: Happenings['stays'][number], other: Happenings['stays'][number]): boolean {
  if (one.provider === other.provider || [one, other].some(isTooLong)) return false;
  const [, from] = [one.from, other.from].sort();
  const [to] = [one.to, other.to].sort();
  return daysFrom(from!, to!) > 1;
}

function isTooLong({ from, to }: Happenings['stays'][number]): boolean {
  return daysFrom(from, to) > longestStayDays.value;
}

function daysFrom(day: string, later: string): number {
  return (Date.parse(later) - Date.parse(day)) / 86_400_000;
}

function yearOf(day: string): number {
  return Number(day.slice(0, 4));
}

function countByRank(some: Iterable<Met>): CountByRank {
  const counts: Record<string, number> = {};
  for (const [, { matchRank }] of some) counts[matchRank] = (counts[matchRank] ?? 0) + 1;
  return counts;
}
