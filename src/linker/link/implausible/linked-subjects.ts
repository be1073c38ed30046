import { type Ladder, requiresNhsNumber } from '../../../domain/match-rank.ts';
import { type Sql, sql } from '../../../sql/sql.ts';
import { type Step, step } from '../../../sql/step.ts';

/**
 * `linked_subjects`: the subjects of every person that has more than one, in the order of trust (README.md,
 * "Which of two is implausible"): `belief` is 1 for the first.
 *
 * @param persons the table of the person of every subject
 */
export function linkedSubjectsStep(ladder: Ladder, persons: Sql): Step {
  const numbered = ladder.filter(requiresNhsNumber).map(({ rank }) => rank);
  // a tied subject of no rank is a reference subject: any other without a rank is contradicted, or has no number
  const hasNumber = [...numbered.map((rank) => `match_rank = ${rank}`), '(match_rank = 0 AND is_tied)'].join(
    ' OR ',
  );
  const place = `CASE match_rank ${ladder.map(({ rank }, index) => `WHEN ${rank} THEN ${index}`).join(' ')} ELSE ${ladder.length} END`;
  const person = 'PARTITION BY person_a, person_b';
  return step({
    name: 'linked_subjects',
    about: 'subjects of persons that have several, the most trusted first',
    sql: sql`SELECT source, subject_a, subject_b, person_a, person_b, match_rank, belief
FROM (SELECT source, subject_a, subject_b, person_a, person_b, match_rank, subjects,
             CAST(row_number() OVER (${person}
               ORDER BY CASE WHEN source = reference AND (has_number OR NOT is_tied) THEN 0 ELSE 1 END,
                        place, source, subject_a, subject_b) AS INTEGER) AS belief
      FROM (SELECT source, subject_a, subject_b, person_a, person_b, match_rank, is_tied, has_number, place,
                   coalesce(min(CASE WHEN has_number THEN source END) OVER (${person}),
                            min(source) OVER (${person})) AS reference,
                   count(*) OVER (${person}) AS subjects
            FROM (SELECT *, ${hasNumber} AS has_number, ${place} AS place
                  FROM ${persons}
                  WHERE NOT is_contradicted) AS ranked) AS met
      WHERE subjects > 1) AS several`,
  });
}
