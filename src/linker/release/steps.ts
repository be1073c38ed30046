import { type AddedColumn, LINKAGE_WEIGHT } from '../../domain/added-column.ts';
import { columnList, SUBJECT } from '../../sql/columns.ts';
import { isToken, samePair, sameSubject } from '../../sql/same.ts';
import { type Sql, sql, table } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';

/** Name of the function that turns a person token into a release pseudonym: (bigint, bigint) -> {high, low}. */
export const PSEUDONYM_FUNCTION = 'release_pseudonym';
/**
 * Persons get their pseudonyms, and a number in the order of their pseudonyms: everything after this sorts and joins
 * by that number, and the pseudonym itself is put in when the files are written.
 *
 * A type 1 opt-out stops GP rows above the boundary, by NHS number. GP rows without one that turn out to be that
 * person's are stopped here.
 *
 * @param gpSources places of the GP sources in the pipeline file
 * @param links the columns of a record's link
 */
export function personSteps(gpSources: readonly number[], links: readonly AddedColumn[]): Step[] {
  const columns = links.map(({ sql: column }) => column);
  const hasLinkageWeights = links.includes(LINKAGE_WEIGHT);
  const ofSubject = columns.map((one) =>
    one === LINKAGE_WEIGHT.sql ? `CASE WHEN s.is_tied THEN w.${one} END AS ${one}` : `s.${one}`,
  );
  const isStopped =
    gpSources.length === 0
      ? 'false'
      : sql`p.reason = 0 AND s.source IN (${gpSources.join(', ')})
         AND EXISTS (SELECT 1 FROM ${table('type_1_persons')} AS t WHERE ${isToken('t', 's.person')})`;
  return [
    step({
      name: 'person_numbers',
      about: 'every person; those that are released (reason 0) are numbered in the order of their pseudonyms',
      sql: sql`SELECT person_a, person_b, reason, pseudonym.high AS high, pseudonym.low AS low,
       CASE WHEN reason = 0
            THEN CAST(row_number() OVER (ORDER BY reason, pseudonym.high, pseudonym.low) - 1 AS INTEGER) END AS person
FROM (SELECT *, ${PSEUDONYM_FUNCTION}(person_a, person_b) AS pseudonym FROM ${table('person_decisions')}) AS hashed`,
    }),
    step({
      name: 'subject_numbers',
      about: 'each subject by its number, with its person number (null if not released) and the reason',
      sql: sql`SELECT subject, ${columnList([...SUBJECT, ...columns])},
       CAST(CASE WHEN is_stopped THEN 4 ELSE reason END AS TINYINT) AS reason,
       CASE WHEN NOT is_stopped THEN person END AS person
FROM (SELECT s.source, k.subject, s.subject_a, s.subject_b, ${ofSubject.join(', ')}, p.reason, p.person, ${isStopped} AS is_stopped
      FROM ${table('subject_persons')} AS s
      JOIN ${table('subjects')} AS k ON ${sameSubject('k', 's')}
      JOIN ${table('person_numbers')} AS p ON ${samePair('person', 'p', 's')}${
        hasLinkageWeights
          ? sql`\n      LEFT JOIN ${table('linkage_weights')} AS w ON ${sameSubject('w', 's')}`
          : ''
      }) AS numbered`,
    }),
  ];
}

/** A stored table's way to its person. */
export interface RecordTable {
  readonly name: string;
  readonly source: number;
  /** the stored rows */
  readonly relation: Sql;
  /** the table its rows reach the patient through, or null when they name a subject themselves */
  readonly parent: string | null;
  /** the columns of its records' links */
  readonly links: readonly AddedColumn[];
}

/** Name of the step that numbers the records of a table that others point at. */
function recordNumbers(table: string): string {
  return `record_numbers_${table}`;
}

/**
 * The records of a table that others point at, each with its person number and reason. One that stands under several subjects
 * of the person, linked by one rank, has the probability of the weakest link, and the smallest weight.
 */
export function recordNumberStep(records: RecordTable): Step {
  const least = records.links
    .filter(({ isNullable }) => isNullable)
    .map(({ sql: column }) => ` min(n.${column}) AS ${column},`);
  const [distinct, group] =
    least.length === 0
      ? ['DISTINCT ', '']
      : ['', '\nGROUP BY row.record_a, row.record_b, n.match_rank, n.reason, n.person'];
  return step({
    name: recordNumbers(records.name),
    about: `records of ${records.name} that other tables point at, with their persons`,
    sql: sql`SELECT ${distinct}row.record_a, row.record_b, n.match_rank,${least.join('')} n.reason, n.person
FROM ${records.relation} AS row
JOIN ${numbersOf(records)} AS n ON ${joinCondition(records)}${group}`,
  });
}

/** The relation that says which person a row of this table belongs to. */
export function numbersOf({ source, parent }: RecordTable): Sql {
  return parent === null
    ? sql`(SELECT * FROM ${table('subject_numbers')} WHERE source = ${source})`
    : table(recordNumbers(parent));
}

/** How a row (`row`) meets that relation (`n`). */
function joinCondition({ parent }: RecordTable): string {
  return parent === null ? 'row.subject = n.subject' : samePair('parent', 'row', 'n', 'record');
}
