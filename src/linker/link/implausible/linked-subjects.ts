import { type Ladder, requiresNhsNumber } from '../../../domain/match-rank.ts';
import { sameSubject } from '../../../sql/same.ts';
import { type Sql, sql, table } from '../../../sql/sql.ts';
import { type Step, step } from '../../../sql/step.ts';

/**
 * `linked_subjects`: the subjects of every person that has more than one, in the order of trust (README.md,
 * "Which of two is implausible"): `belief` is 1 for the first. The order of subjects that are trusted alike is that of their tokens: their
 * numbers have no order that is the same each time.
 *
 * @param persons the table of the person of every subject
 */
export function linkedSubjectsStep(ladder: Ladder, persons: Sql): Step {
  const numbered = ladder.filter(requiresNhsNumber).map(({ rank }) => rank);
  // a tied subject of no rank is a reference subject: any other without a rank is contradicted, or has no number
  const hasNumber = [...numbered.map((rank) => `match_rank = ${rank}`), '(match_rank = 0 AND is_tied)'].join(
    ' OR ',
  );
  const ladderIndex = `CASE match_rank ${ladder.map(({ rank }, index) => `WHEN ${rank} THEN ${index}`).join(' ')} ELSE ${ladder.length} END`;
  const person = 'PARTITION BY anchor';
  return step({
    name: 'linked_subjects',
    about: 'subjects of persons that have several, the most trusted first',
    sql: sql`SELECT subject, source, subject_a, subject_b, anchor, match_rank, belief
FROM (SELECT subject, source, subject_a, subject_b, anchor, match_rank,
             CAST(row_number() OVER (${person}
               ORDER BY CASE WHEN source = reference AND (has_number OR NOT is_tied) THEN 0 ELSE 1 END,
                        place, source, subject_a, subject_b) AS INTEGER) AS belief
      FROM (SELECT m.*, t.subject_a, t.subject_b
            FROM (SELECT subject, source, anchor, match_rank, is_tied, has_number, place,
                         coalesce(min(CASE WHEN has_number THEN source END) OVER (${person}),
                                  min(source) OVER (${person})) AS reference,
                         count(*) OVER (${person}) AS subjects
                  FROM (SELECT *, ${hasNumber} AS has_number, ${ladderIndex} AS place
                        FROM ${persons}
                        WHERE NOT is_contradicted) AS ranked) AS m
            JOIN ${table('subjects')} AS t ON ${sameSubject('m', 't')}
            WHERE m.subjects > 1) AS met) AS several`,
  });
}
