import { columnList } from '../../sql/columns.ts';
import { type Sql, sql, table } from '../../sql/sql.ts';

/** Name of the function that gives a token its number: (a, b) -> {number}. */
export const TOKEN_NUMBER = 'token_number';
/** The same for a token that has one: (a, b) -> {number}, NULL for any other. */
export const KNOWN_TOKEN_NUMBER = 'known_token_number';
/** Name of the function that leads from a number to its token: (number) -> {a, b}. */
export const TOKEN_OF = 'token_of';

/**
 * SQL of the number of a token; NULL where there is none.
 *
 * @param token its name and alias, such as `row.nhs`
 */
export function tokenNumber(token: string): string {
  return `CASE WHEN ${token}_a IS NOT NULL THEN ${TOKEN_NUMBER}(${token}_a, ${token}_b).number END`;
}

/**
 * SQL of persons with the halves of their tokens, `a` and `b`: of an NHS number, of a tuple, or a subject's own (README.md, "Numbers").
 *
 * @param persons a relation with a column `anchor`
 * @param columns of it
 */
export function withTokens(persons: Sql, columns: readonly string[]): Sql {
  return sql`SELECT ${columnList(columns)}, token.a AS a, token.b AS b
FROM (SELECT ${columnList(columns)}, ${TOKEN_OF}(anchor) AS token FROM ${persons} AS p WHERE anchor >= 0) AS with_token
UNION ALL
SELECT ${columnList(columns, 'p')}, s.subject_a, s.subject_b
FROM ${persons} AS p
JOIN ${table('subjects')} AS s ON s.subject = -1 - p.anchor
WHERE p.anchor < 0`;
}
