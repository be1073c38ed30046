import type { BirthEvent, ImplausibleRule } from '../../../domain/implausible.ts';
import type { Ladder } from '../../../domain/match-rank.ts';
import { same, sameSubject } from '../../../sql/same.ts';
import { joined, sql, table } from '../../../sql/sql.ts';
import { type Dialect, type Step, step } from '../../../sql/step.ts';
import type { LinkPlan } from '../steps.ts';
import { SUBJECT_PERSONS } from '../subject-persons.ts';
import { type ActivityTable, activityAfterDeath, type DeathTable } from './activity-after-death.ts';
import { type BirthTable, type BirthYearTable, infantGivingBirth, twoBirths } from './births.ts';
import { clashSteps, FIRST, OTHERS, type Rule } from './clashes.ts';
import { linkedSubjectsStep } from './linked-subjects.ts';
import { overlappingStays, type StayTable } from './overlapping-stays.ts';

/** The rules that are asked, and the stored tables they look at. */
export interface ImplausibleTables {
  readonly asked: readonly ImplausibleRule[];
  readonly deaths: readonly DeathTable[];
  readonly activity: readonly ActivityTable[];
  readonly stays: readonly StayTable[];
  readonly births: readonly BirthTable[];
  readonly birthCodes: Readonly<Record<BirthEvent, readonly string[]>>;
  readonly birthYears: readonly BirthYearTable[];
}

/** Who everybody was before implausible links were taken apart. */
export const AS_LINKED = 'subject_persons_as_linked';

/**
 * Looks for implausible links (README.md): `linked_subjects` are the links there are, `implausible_links` those of which a
 * rule holds, a row for each rule.
 *
 * @param link the steps of linking, of which the last makes the table of that name
 * @param isQuarantine true takes implausible links apart; false only finds them
 * @returns all of it, behind those steps
 */
export function withImplausibleLinks(
  link: (persons: string) => LinkPlan,
  tables: ImplausibleTables,
  ladder: Ladder,
  isQuarantine: boolean,
  dialect: Dialect,
): LinkPlan {
  if (tables.asked.length === 0) return link(SUBJECT_PERSONS);
  const persons = isQuarantine ? AS_LINKED : SUBJECT_PERSONS;
  const plan = link(persons);
  const hasProbability = plan.stepsAfterEstimate.length > 0;
  const more = [
    linkedSubjectsStep(ladder, table(persons)),
    ...clashSteps(rulesOf(tables, dialect), dialect),
    IMPLAUSIBLE_LINKS,
    ...(isQuarantine ? [unlinkStep(hasProbability)] : []),
  ];
  return hasProbability
    ? { ...plan, stepsAfterEstimate: [...plan.stepsAfterEstimate, ...more] }
    : { ...plan, steps: [...plan.steps, ...more] };
}

function rulesOf(tables: ImplausibleTables, dialect: Dialect): Rule[] {
  const make: Record<ImplausibleRule, () => Rule> = {
    'activity-after-death': () => activityAfterDeath(tables.deaths, tables.activity, dialect),
    'overlapping-stays': () => overlappingStays(tables.stays, dialect),
    'two-births': () => twoBirths(tables.births, tables.birthCodes, dialect),
    'infant-giving-birth': () => infantGivingBirth(tables.birthYears),
  };
  return tables.asked.map((rule) => make[rule]());
}

const CLASHES = [FIRST, OTHERS].map((round) => sql`SELECT rule, anchor, belief FROM ${round}`);

const IMPLAUSIBLE_LINKS = step({
  name: 'implausible_links',
  about: 'subjects whose link is implausible, and by which rule',
  sql: sql`SELECT c.rule, l.subject, l.match_rank
FROM (${joined(CLASHES, ' UNION ALL ')}) AS c
JOIN ${table('linked_subjects')} AS l ON ${same('anchor', 'c', 'l')} AND c.belief = l.belief`,
});

/** A subject with an implausible link becomes a person of its own, like one whose number is contradicted: whose opt-outs apply to it is not known. */
function unlinkStep(hasProbability: boolean): Step {
  const isFound = '(i.subject IS NOT NULL)';
  const probability = `,
       CASE WHEN NOT ${isFound} THEN p.match_probability END AS match_probability, p.is_refused`;
  return step({
    name: SUBJECT_PERSONS,
    about: 'each subject with its person, those whose link is implausible by themselves',
    sql: sql`SELECT p.subject, p.source, CASE WHEN ${isFound} THEN s.own ELSE p.anchor END AS anchor,
       CAST(CASE WHEN ${isFound} THEN 0 ELSE p.match_rank END AS TINYINT) AS match_rank,
       p.is_tied AND NOT ${isFound} AS is_tied, p.is_contradicted OR ${isFound} AS is_contradicted${hasProbability ? probability : ''}
FROM ${table(AS_LINKED)} AS p
LEFT JOIN (SELECT DISTINCT subject FROM ${table('implausible_links')}) AS i ON ${sameSubject('p', 'i')}
LEFT JOIN ${table('subjects')} AS s ON ${sameSubject('i', 's')}`,
  });
}
