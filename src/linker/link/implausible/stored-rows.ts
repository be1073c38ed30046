import type { NamedSql } from '../../../sql/named-sql.ts';
import { samePair, sameSubject } from '../../../sql/same.ts';
import { type Sql, type SqlPart, sql, table, unionAll } from '../../../sql/sql.ts';
import { type Step, step } from '../../../sql/step.ts';

/** A stored table whose rows are looked at, and the way from a row to its subject. */
export interface StoredRows {
  /** the stored rows */
  readonly relation: Sql;
  /** the table through which its rows reach their subject, or null where they name it themselves */
  readonly parent: StoredRows | null;
}

/**
 * SQL of a table's rows with the subject that each is about: (subject, and what is made of the row).
 *
 * @param made columns that are made of a stored row, called `row`
 * @param where SQL over `row`: which rows are looked at
 */
export function rowsSql({ relation, parent }: StoredRows, made: readonly NamedSql[], where: SqlPart): Sql {
  const named = parent === null ? 'row' : 'parent';
  const from =
    parent === null
      ? sql`${relation} AS row`
      : sql`${relation} AS row
JOIN (${recordsSql(parent)}) AS parent ON ${samePair('parent', 'row', 'parent', 'record')}`;
  const columns = made.map(({ name, sql }) => `, ${sql} AS ${name}`).join('');
  return sql`SELECT ${named}.subject${columns}
FROM ${from}
WHERE ${where}`;
}

/** The records of a table that others point at, each with its subject. */
function recordsSql(rows: StoredRows): Sql {
  const record = ['record_a', 'record_b'].map((name) => ({ name, sql: `row.${name}` }));
  return sql`SELECT DISTINCT record_a, record_b, subject
FROM (
${rowsSql(rows, record, 'row.record_a IS NOT NULL')}) AS pointed_at`;
}

/** The person of a linked subject, and the subject's position in the order of trust. */
export const PERSON = 'anchor';
export const LINKED = `${PERSON}, belief`;

/**
 * One row for each linked subject that such rows are about.
 *
 * @param rows SQL of each table's rows (`rowsSql`)
 * @param made aggregates over these rows, called `r`
 * @param among SQL over the linked subject, called `l`: the subjects to which the rule applies
 */
export function perSubjectStep(
  { name, about }: Pick<Step, 'name' | 'about'>,
  rows: readonly Sql[],
  made: readonly NamedSql[],
  among: SqlPart | null = null,
): Step {
  const subjects =
    among === null
      ? table('linked_subjects')
      : sql`(SELECT l.* FROM ${table('linked_subjects')} AS l WHERE ${among})`;
  return step({
    name,
    about,
    sql: sql`SELECT l.anchor, l.belief${made.map((one) => `, ${one.sql} AS ${one.name}`).join('')}
FROM (
${unionAll(rows)}
) AS r
JOIN ${subjects} AS l ON ${sameSubject('r', 'l')}
GROUP BY l.anchor, l.belief`,
  });
}

/** Rows of two steps side by side, one for each subject that is in either; NULL where a step has no row of it. */
export function besideSql(
  [one, other]: readonly [string, string],
  value: readonly [NamedSql & { readonly type: string }, NamedSql & { readonly type: string }],
): Sql {
  const [first, second] = value;
  const none = ({ name, type }: { name: string; type: string }) => `CAST(NULL AS ${type}) AS ${name}`;
  return sql`(SELECT ${LINKED}, max(${first.name}) AS ${first.name}, max(${second.name}) AS ${second.name}
FROM (SELECT ${LINKED}, ${first.sql} AS ${first.name}, ${none(second)}
      FROM ${table(one)}
      UNION ALL
      SELECT ${LINKED}, ${none(first)}, ${second.sql} AS ${second.name}
      FROM ${table(other)}) AS known
GROUP BY ${LINKED})`;
}
