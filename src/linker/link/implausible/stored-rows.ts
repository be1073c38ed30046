import type { Step } from '../../../sql/step.ts';

/** A stored table whose rows are looked at, and the way from a row to its subject. */
export interface StoredRows {
  readonly name: string;
  /** place of the source in the pipeline file, from 0 */
  readonly source: number;
  /** SQL of the stored rows */
  readonly relation: string;
  /** the table through which its rows reach their subject, or null where they name it themselves */
  readonly parent: StoredRows | null;
}

/** A column that is made of a stored row, called `row`. */
export interface Made {
  readonly name: string;
  readonly sql: string;
}

/**
 * SQL of a table's rows with the subject that each is about: (source, subject_a, subject_b, and what is made of the row).
 *
 * @param where SQL over `row`: which rows are looked at
 */
export function rowsSql(
  { source, relation, parent }: StoredRows,
  made: readonly Made[],
  where: string,
): string {
  const named = parent === null ? 'row' : 'parent';
  const from =
    parent === null
      ? `${relation} AS row`
      : `${relation} AS row
JOIN (${recordsSql(parent)}) AS parent ON row.parent_a = parent.record_a AND row.parent_b = parent.record_b`;
  const columns = made.map(({ name, sql }) => `, ${sql} AS ${name}`).join('');
  return `SELECT CAST(${source} AS TINYINT) AS source, ${named}.subject_a, ${named}.subject_b${columns}
FROM ${from} WHERE ${where}`;
}

/** The records of a table that others point at, each with its subject. */
function recordsSql(table: StoredRows): string {
  const record = ['record_a', 'record_b'].map((name) => ({ name, sql: `row.${name}` }));
  return `SELECT DISTINCT record_a, record_b, subject_a, subject_b FROM (
${rowsSql(table, record, 'row.record_a IS NOT NULL')}) AS pointed_at`;
}

/** The person of a linked subject, and the subject's place in the order of belief. */
export const PERSON = 'person_a, person_b';
export const LINKED = `${PERSON}, belief`;

/**
 * One row for each linked subject that such rows are about.
 *
 * @param rows SQL of each table's rows (`rowsSql`)
 * @param made aggregates over these rows, called `r`
 * @param among SQL over the linked subject, called `l`: of whom the rule asks
 */
export function perSubjectStep(
  { name, about, reads }: Omit<Step, 'sql'>,
  rows: readonly string[],
  made: readonly Made[],
  among: string | null = null,
): Step {
  const subjects =
    among === null ? 'linked_subjects' : `(SELECT l.* FROM linked_subjects AS l WHERE ${among})`;
  return {
    name,
    about,
    reads: ['linked_subjects', ...reads],
    sql: `SELECT l.person_a, l.person_b, l.belief${made.map((one) => `, ${one.sql} AS ${one.name}`).join('')}
FROM (
${rows.join('\nUNION ALL\n')}
) AS r
JOIN ${subjects} AS l ON r.source = l.source AND r.subject_a = l.subject_a AND r.subject_b = l.subject_b
GROUP BY l.person_a, l.person_b, l.belief`,
  };
}

/** Rows of two steps side by side, one for each subject that either knows; what a step does not say is NULL. */
export function besideSql(
  [one, other]: readonly [string, string],
  value: readonly [Made & { readonly type: string }, Made & { readonly type: string }],
): string {
  const [first, second] = value;
  const none = ({ name, type }: { name: string; type: string }) => `CAST(NULL AS ${type}) AS ${name}`;
  return `(SELECT ${LINKED}, max(${first.name}) AS ${first.name}, max(${second.name}) AS ${second.name}
FROM (SELECT ${LINKED}, ${first.sql} AS ${first.name}, ${none(second)} FROM ${one}
      UNION ALL SELECT ${LINKED}, ${none(first)}, ${second.sql} AS ${second.name} FROM ${other}) AS known
GROUP BY ${LINKED})`;
}
