import { type AddedColumn, LINKAGE_WEIGHT } from '../../domain/added-column.ts';
import { columnList } from '../../sql/columns.ts';
import { same, samePair, sameSubject } from '../../sql/same.ts';
import { type Sql, sql, table } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';
import { withTokens } from '../link/token-sql.ts';
import { isAloneSql, reasonNumberSql } from '../opt-outs/held-code.ts';

/** Name of the function that turns a person token into a release pseudonym: (bigint, bigint) -> {high, low}. */
export const PSEUDONYM_FUNCTION = 'release_pseudonym';
/**
 * Persons get their pseudonyms, and a number in the order of their pseudonyms: everything after this sorts and joins
 * by that number, and the pseudonym itself is put in when the files are written.
 *
 * A type 1 opt-out stops GP rows above the boundary, by NHS number. GP rows without one that turn out to be that
 * person's are stopped here: so with all reasons that act on GP records.
 *
 * @param gpSources indices of the GP sources in the pipeline file
 * @param links the columns of a record's link
 */
export function personSteps(gpSources: readonly number[], links: readonly AddedColumn[]): Step[] {
  const columns = links.map(({ sql: column }) => column);
  const hasLinkageWeights = links.includes(LINKAGE_WEIGHT);
  const ofSubject = columns.map((one) =>
    one === LINKAGE_WEIGHT.sql ? `CASE WHEN s.is_tied THEN w.${one} END AS ${one}` : `s.${one}`,
  );
  const ofGp =
    gpSources.length === 0
      ? ''
      : ` | CASE WHEN s.source IN (${gpSources.join(', ')}) THEN p.gp_mask ELSE 0 END`;
  const decided = ['anchor', 'reason', 'mask', 'gp_mask'];
  return [
    step({
      name: 'person_numbers',
      about: 'every person; those that are released (reason 0) are numbered in the order of their pseudonyms',
      sql: sql`SELECT ${columnList(decided)}, pseudonym.high AS high, pseudonym.low AS low,
       CASE WHEN reason = 0
            THEN CAST(row_number() OVER (ORDER BY reason, pseudonym.high, pseudonym.low) - 1 AS INTEGER) END AS person
FROM (SELECT ${columnList(decided)}, ${PSEUDONYM_FUNCTION}(a, b) AS pseudonym
      FROM (${withTokens(table('person_decisions'), decided)}) AS every_person) AS hashed`,
    }),
    step({
      name: 'subject_numbers',
      about:
        'each subject with its person number (null if not released), the reason that counts, and whether it is the only one',
      sql: sql`SELECT subject, ${columnList(['source', ...columns])},
       ${reasonNumberSql('mask')} AS reason, ${isAloneSql('mask')} AS is_alone,
       CASE WHEN mask = 0 THEN person END AS person
FROM (SELECT s.subject, s.source, ${ofSubject.join(', ')}, p.person, p.mask${ofGp} AS mask
      FROM ${table('subject_persons')} AS s
      JOIN ${table('person_numbers')} AS p ON ${same('anchor', 'p', 's')}${
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
  /** SQL of the number that a subject has within the source, from its number in the run */
  readonly numberInSource: string;
  /** the columns of its records' links */
  readonly links: readonly AddedColumn[];
}

/** Name of the step that numbers the records of a table that others point at. */
function recordNumbers(table: string): string {
  return `record_numbers_${table}`;
}

/**
 * The records of a table that others point at, each with its person number and reason. One of several subjects
 * of the person, linked by one rank, has the probability of the weakest link, and the smallest weight; its reason is the only one
 * where it is so of all of them.
 */
export function recordNumberStep(records: RecordTable): Step {
  const least = records.links
    .filter(({ isNullable }) => isNullable)
    .map(({ sql: column }) => ` min(n.${column}) AS ${column},`);
  return step({
    name: recordNumbers(records.name),
    about: `records of ${records.name} that other tables point at, with their persons`,
    sql: sql`SELECT row.record_a, row.record_b, n.match_rank,${least.join('')} n.reason, bool_and(n.is_alone) AS is_alone, n.person
FROM ${records.relation} AS row
JOIN ${numbersOf(records)} AS n ON ${joinCondition(records)}
GROUP BY row.record_a, row.record_b, n.match_rank, n.reason, n.person`,
  });
}

/** The relation in which a row of this table finds its person. */
export function numbersOf({ source, parent }: RecordTable): Sql {
  return parent === null
    ? sql`(SELECT * FROM ${table('subject_numbers')} WHERE source = ${source})`
    : table(recordNumbers(parent));
}

/** How a row (`row`) meets that relation (`n`). */
function joinCondition({ parent }: RecordTable): string {
  return parent === null ? sameSubject('row', 'n') : samePair('parent', 'row', 'n', 'record');
}
