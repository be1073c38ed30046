import { type HeldReason, ReasonSets } from '../../domain/held-reason.ts';
import { same, sameSubject } from '../../sql/same.ts';
import { sql, table } from '../../sql/sql.ts';
import { type Dialect, type Step, step } from '../../sql/step.ts';
import { TOKEN_OF } from '../link/token-sql.ts';
import { SUBJECT_FUNCTION } from './subject-function.ts';

/** The columns of a link map, in their order, with the engine's type of each. Halves are in byte order. */
export const LINK_MAP_COLUMNS = {
  subject_high: 'UBIGINT',
  subject_low: 'UBIGINT',
  record: 'UBIGINT',
  source: 'VARCHAR',
  match_rank: 'TINYINT',
  outcome: 'VARCHAR',
  person_high: 'UBIGINT',
  person_low: 'UBIGINT',
} as const;

/** What became of a subject that is not left out. */
export const RELEASED = 'released';

/**
 * `link_map`: what the run made of each subject, on pseudonyms only and in their order (src/compare/diff/README.md). It goes into a
 * file that stays with the linker. Who has opted out has no person in it; who is held back has one, so that a link that is
 * no longer made can be seen.
 *
 * @param sources names of the sources, in the order of the pipeline file
 * @param reasons all reasons, in their order: `subject_numbers` has the number of the one that counts
 */
export function linkMapStep(
  sources: readonly string[],
  reasons: readonly HeldReason[],
  dialect: Dialect,
): Step {
  const word = (column: string, words: readonly (readonly [number | string, string])[]) =>
    `CASE ${column} ${words.map(([value, text]) => `WHEN ${value} THEN ${dialect.text(text)}`).join(' ')} END`;
  const decided = new ReasonSets(reasons).maskWhere(({ group }) => group !== 'unknown');
  return step({
    name: 'link_map',
    about: 'what the run made of each subject, on pseudonyms only; not published',
    sql: sql`SELECT hashed.high AS subject_high, hashed.low AS subject_low, hashed.record AS record,
       ${word('source', [...sources.entries()])} AS source, match_rank,
       ${word('reason', [[0, RELEASED], ...reasons.map(({ receipt }, index) => [index + 1, receipt] as const)])} AS outcome, person_high, person_low
FROM (SELECT ${SUBJECT_FUNCTION}(s.subject_a, s.subject_b, ${firstHalf('s.nhs')}, ${firstHalf('s.tuple')}) AS hashed,
             n.source, n.match_rank, n.reason,
             coalesce(p.high, h.high) AS person_high, coalesce(p.low, h.low) AS person_low
      FROM ${table('subject_numbers')} AS n
      JOIN ${table('subjects')} AS s ON ${sameSubject('s', 'n')}
      LEFT JOIN (SELECT person, high, low FROM ${table('person_numbers')} WHERE reason = 0) AS p ON p.person = n.person
      LEFT JOIN (SELECT k.subject, o.high, o.low
                 FROM ${table('subject_persons')} AS k
                 JOIN ${table('person_numbers')} AS o ON ${same('anchor', 'o', 'k')}
                 WHERE o.mask <> 0 AND (o.mask & ${decided}) = 0) AS h
        ON ${sameSubject('h', 'n')}) AS mapped
ORDER BY subject_high, subject_low, source`,
  });
}

/** SQL of bytes 0 to 7 of the token of that number; 0 where there is none. */
function firstHalf(number: string): string {
  return `CASE WHEN ${number} IS NULL THEN 0 ELSE ${TOKEN_OF}(${number}).a END`;
}
