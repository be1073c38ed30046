import {
  type Ladder,
  type MatchRank,
  requiresField,
  requiresNhsNumber,
  trustsNhsNumbers,
} from '../../domain/match-rank.ts';
import { same, sameSubject } from '../../sql/same.ts';
import { type Sql, sql, table, unionAll } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';
import { IN_DOUBT } from './in-doubt.ts';
import { doubleSql, PATTERN_PROBABILITIES, type ProbabilityPlan } from './match-probabilities.ts';
import { TUPLE_PATTERNS } from './pair-pattern.ts';

/** Name of the table of the person of every subject. */
export const SUBJECT_PERSONS = 'subject_persons';

/**
 * `subject_persons`: the person of every subject (`anchor`: README.md, "Numbers"), by which rank, and whether that person has an NHS number. With match probabilities, it also
 * has that of the link (NULL where there is none), and whether the link was refused for it.
 *
 * @param numbered the relation of subjects with a number
 * @param name of the table: `subject_persons`, or another where a later step makes that one of it
 */
export function subjectPersonsStep(
  ladder: Ladder,
  numbered: Sql,
  probabilities: ProbabilityPlan | null,
  name: string,
): Step {
  return step({
    name,
    about: 'each subject with its person, how it was linked, and whether the person has an NHS number',
    sql: trustsNhsNumbers(ladder)
      ? everySubject(ladder)
      : unionAll([withNumber(ladder, numbered, probabilities), withoutNumber(ladder, probabilities)]),
  });
}

/** In one query, where every number is trusted. */
function everySubject(ladder: Ladder): Sql {
  const { rank } = ladder.find(requiresNhsNumber)!;
  const first = firstOf(ladder, '');
  const either = (withOne: string, otherwise: string) =>
    `CASE WHEN s.nhs IS NOT NULL THEN ${withOne} ELSE ${otherwise} END`;
  return sql`SELECT s.subject, s.source, ${either('s.nhs', anchorOf(first))} AS anchor,
       CAST(${either(String(rank), rankOf(first))} AS TINYINT) AS match_rank,
       ${either('true', isTied(first))} AS is_tied, CAST(false AS BOOLEAN) AS is_contradicted
FROM (SELECT *, CASE WHEN nhs IS NULL THEN tuple END AS open FROM ${table('subjects')}) AS s
LEFT JOIN ${table('candidates')} AS c ON ${same('open', 's', 'c', 'tuple')}${joinLocal(ladder)}`;
}

function withNumber(ladder: Ladder, numbered: Sql, probabilities: ProbabilityPlan | null): Sql {
  const rankOfIndex = ladder.map(({ rank }, index) => `WHEN ${index} THEN ${rank}`).join(' ');
  const ofLink = `,
       CASE WHEN NOT is_contradicted THEN match_probability END AS match_probability, is_refused`;
  return sql`SELECT subject, source, CASE WHEN is_contradicted THEN own ELSE nhs END AS anchor,
       CAST(CASE WHEN is_contradicted THEN 0 ELSE coalesce(CASE place ${rankOfIndex} END, 0) END AS TINYINT) AS match_rank,
       NOT is_contradicted AS is_tied, is_contradicted${probabilities === null ? '' : ofLink}
FROM (SELECT *, is_kept_out OR EXISTS (
        SELECT 1 FROM ${table(IN_DOUBT)} AS d JOIN ${table('known_tuples')} AS k ON ${same('tuple', 'k', 'd')}
        WHERE ${sameSubject('d', 'n')}
          AND (k.nhs IS NULL OR NOT (${same('nhs', 'k', 'd')}))) AS is_contradicted
      FROM ${numbered} AS n) AS with_number`;
}

function withoutNumber(ladder: Ladder, probabilities: ProbabilityPlan | null): Sql {
  const least = doubleSql(probabilities?.minProbability ?? 0);
  const first = firstOf(ladder, probabilities === null ? '' : ` AND w.probability >= ${least}`);
  const firstImprobable = firstOf(ladder, ` AND w.probability < ${least}`);
  const ofLink = `,
       ${first(() => 'w.probability', 'CAST(NULL AS DOUBLE)')} AS match_probability,
       ${firstImprobable(() => 'true', 'CAST(false AS BOOLEAN)')} AS is_refused`;
  const probability = sql`\nJOIN ${PATTERN_PROBABILITIES} AS w ON w.pattern = ${TUPLE_PATTERNS.missing}`;
  return sql`SELECT s.subject, s.source, ${anchorOf(first)} AS anchor,
       CAST(${rankOf(first)} AS TINYINT) AS match_rank,
       ${isTied(first)} AS is_tied, CAST(false AS BOOLEAN) AS is_contradicted${probabilities === null ? '' : ofLink}
FROM ${table('subjects')} AS s
LEFT JOIN ${table('candidates')} AS c ON ${same('tuple', 's', 'c')}${joinLocal(ladder)}${probabilities === null ? '' : probability}
WHERE s.nhs IS NULL`;
}

/** SQL of a value of the first rank without the NHS number that holds, or of something else where none does. */
type First = (value: (rank: MatchRank) => string, otherwise: string) => string;

/** @param and SQL of what must hold besides, with its AND */
function firstOf(ladder: Ladder, and: string): First {
  const ranks = ladder.filter((rank) => !requiresNhsNumber(rank));
  return (value, otherwise) =>
    ranks.length === 0
      ? otherwise
      : `CASE ${ranks.map((rank) => `WHEN ${holds(rank)}${and} THEN ${value(rank)}`).join(' ')} ELSE ${otherwise} END`;
}

/** The number of the token by which the person is known: that of the candidate, or the subject's own tuple or token. */
function anchorOf(first: First): string {
  return first(
    (rank) => `${candidateOf(rank)}.nhs`,
    `CASE WHEN s.tuple IS NOT NULL AND NOT s.first_of_january THEN s.tuple ELSE s.own END`,
  );
}

function rankOf(first: First): string {
  return first(({ rank }) => String(rank), '0');
}

function isTied(first: First): string {
  return first(() => 'true', 'false');
}

function joinLocal(ladder: Ladder): Sql | '' {
  return requiresField(ladder, 'local-patient-id')
    ? sql`\nLEFT JOIN ${table('local_candidates')} AS l ON ${sameSubject('s', 'l')}`
    : '';
}

/** Where a rank without the NHS number finds its one candidate: the alias of a relation that is joined to the subjects. */
function candidateOf({ agree }: MatchRank): 'c' | 'l' {
  return agree.includes('local-patient-id') ? 'l' : 'c';
}

function holds(rank: MatchRank): string {
  const exceptions = rank.unless.map(
    (one) => `NOT s.${one === 'first-of-january' ? 'first_of_january' : 'ignored_postcode'}`,
  );
  return [`${candidateOf(rank)}.nhs IS NOT NULL`, ...exceptions].join(' AND ');
}
