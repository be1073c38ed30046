import type { ByCharacteristic } from '../../domain/characteristic.ts';
import { withTokens } from '../../linker/link/token-sql.ts';
import { same, samePair, sameSubject } from '../../sql/same.ts';
import { type Sql, sql, table, unionAll } from '../../sql/sql.ts';
import { type Dialect, type Step, step } from '../../sql/step.ts';

/** A table whose rows carry identifiers of their own, and how its rows meet the truth. */
export interface EvaluatedTable {
  /** its number in the truth */
  readonly index: number;
  /** index of its source in the pipeline file */
  readonly source: number;
  /** the stored rows, with the tokens of their subjects */
  readonly relation: Sql;
  /** the token that names a record: the subject of a patients table, the record id of a flat one */
  readonly key: 'subject' | 'record';
  /** SQL over a stored row called `row`, each a text; null where the table has no such column */
  readonly characteristics: ByCharacteristic<string | null>;
}

/** The table into which the truth is read: `table_no`, then tokens of record and person in halves, then the line. */
export const TRUTH = 'truth';
export const TRUTH_COLUMNS = {
  table_no: 'INTEGER',
  record_a: 'BIGINT',
  record_b: 'BIGINT',
  true_a: 'BIGINT',
  true_b: 'BIGINT',
  line: 'BIGINT',
} as const;

const COUNTS = `CAST(count(*) AS DOUBLE) AS records,
       CAST(count(*) FILTER (WHERE is_linked) AS DOUBLE) AS linked,
       CAST(count(*) FILTER (WHERE is_false) AS DOUBLE) AS false_matches,
       CAST(count(*) FILTER (WHERE is_linkable) AS DOUBLE) AS linkable,
       CAST(count(*) FILTER (WHERE is_missed) AS DOUBLE) AS missed_matches`;

/**
 * Linked persons (`subject_persons`) compared with the truth. Everything is counted from the contingency table of true and
 * linked persons; no pair of records is ever made.
 *
 * Ties are decided by the smaller token, its two halves compared as numbers, so that the same data give the same figures.
 *
 * @param dialect how the engine writes what engines write differently
 * @returns the steps in their order; `evaluated_pairs`, `evaluated_ranks` and `evaluated_groups` are what is read of them
 */
export function evaluationSteps(tables: readonly EvaluatedTable[], dialect: Dialect): Step[] {
  return [
    step({
      name: 'evaluated_persons',
      about: 'every linked person with its token',
      sql: withTokens(sql`(SELECT DISTINCT anchor FROM ${table('subject_persons')})`, ['anchor']),
    }),
    step({
      name: 'evaluated_records',
      about: 'every stored record that is in the truth, with the person it was linked to',
      sql: sql`SELECT r.table_no, r.source, r.subject_a, r.subject_b, t.true_a, t.true_b, t.line,
       coalesce(k.a, r.subject_a) AS person_a, coalesce(k.b, r.subject_b) AS person_b,
       coalesce(p.match_rank, 0) AS match_rank,
       CASE WHEN s.nhs IS NULL THEN 'missing' ELSE 'valid' END AS nhs_number, r.sex, r.age_band, r.ethnic_category, r.area,
       r.deprivation
FROM (
${unionAll(tables.map((one) => recordsSql(one, dialect)))}
) AS r
JOIN ${table(TRUTH)} AS t ON t.table_no = r.table_no AND ${samePair('record', 't', 'r')}
LEFT JOIN ${table('subjects')} AS s ON ${sameSubject('s', 'r')}
LEFT JOIN ${table('subject_persons')} AS p ON ${sameSubject('p', 's')}
LEFT JOIN ${table('evaluated_persons')} AS k ON ${same('anchor', 'k', 'p')}`,
    }),
    step({
      name: 'match_cells',
      about: 'the contingency table: records, and subjects, of each true person in each linked person',
      sql: sql`SELECT true_a, true_b, person_a, person_b, CAST(sum(records) AS BIGINT) AS records, count(*) AS subjects
FROM (SELECT true_a, true_b, person_a, person_b, count(*) AS records
      FROM ${table('evaluated_records')}
      GROUP BY true_a, true_b, person_a, person_b, source, subject_a, subject_b) AS subject_cells
GROUP BY true_a, true_b, person_a, person_b`,
    }),
    step({
      name: 'true_homes',
      about: 'each true person with its home: the linked person that holds most of its records',
      sql: largestCells('true', 'person', 'home'),
    }),
    step({
      name: 'person_owners',
      about: 'each linked person with its owner: the true person that has most records in it',
      sql: largestCells('person', 'true', 'owner'),
    }),
    step({
      name: 'judged_records',
      about: 'each record: linked and falsely so, linkable and missed',
      sql: sql`SELECT r.source, r.match_rank, r.nhs_number, r.sex, r.age_band, r.ethnic_category, r.area, r.deprivation,
       p.subjects > 1 AS is_linked, r.true_a <> p.owner_a OR r.true_b <> p.owner_b AS is_false,
       t.subjects > 1 AS is_linkable, r.person_a <> t.home_a OR r.person_b <> t.home_b AS is_missed
FROM ${table('evaluated_records')} AS r
JOIN ${table('true_homes')} AS t ON ${samePair('true', 't', 'r')}
JOIN ${table('person_owners')} AS p ON ${samePair('person', 'p', 'r')}`,
    }),
    step({
      name: 'evaluated_pairs',
      about: 'numbers of pairs of records, from the sizes of cells and persons',
      sql: sql`SELECT b.pairs AS both_pairs, l.pairs AS linked_pairs, l.persons AS linked_persons,
       t.pairs AS true_pairs, t.persons AS true_persons
FROM (${pairsSql('match_cells')}) AS b, (${pairsSql('person_owners')}) AS l, (${pairsSql('true_homes')}) AS t`,
    }),
    step({
      name: 'evaluated_ranks',
      about: 'what the records of each match rank came to',
      sql: sql`SELECT match_rank, ${COUNTS}\nFROM ${table('judged_records')} GROUP BY match_rank`,
    }),
    step({
      name: 'evaluated_groups',
      about: 'what the records of each subgroup came to',
      sql: unionAll([
        groupSql('source', 'CAST(source AS VARCHAR)'),
        groupSql('nhsNumber', 'nhs_number'),
        groupSql('sex', 'sex'),
        groupSql('ageBand', 'age_band'),
        groupSql('ethnicCategory', 'ethnic_category'),
        groupSql('area', 'area'),
        groupSql('deprivation', 'deprivation'),
      ]),
    }),
  ];
}

/**
 * Lines of the truth that name a record that an earlier line has named already, at most so many.
 *
 * @returns SQL of (line, first_line)
 */
export function repeatedTruthSql(limit: number): string {
  return `SELECT CAST(max(line) AS DOUBLE) AS line, CAST(min(line) AS DOUBLE) AS first_line FROM ${TRUTH}
GROUP BY table_no, record_a, record_b HAVING count(*) > 1 ORDER BY line LIMIT ${limit}`;
}

/** How many records of each table were evaluated, and how many lines of the truth that took: SQL of (table_no, records, lines). */
export const EVALUATED_SQL = `SELECT table_no, CAST(count(*) AS DOUBLE) AS records, CAST(count(DISTINCT line) AS DOUBLE) AS lines
FROM evaluated_records GROUP BY table_no`;

/**
 * A table's records. One without a subject has too few identifiers to be linked: it is a subject, and a person, of its
 * own by the token of its record id.
 */
function recordsSql(
  { index, source, relation, key, characteristics }: EvaluatedTable,
  dialect: Dialect,
): Sql {
  const half = (letter: string) =>
    key === 'subject'
      ? `row.subject_${letter} AS subject_${letter}, row.subject_${letter} AS record_${letter}`
      : `coalesce(row.subject_${letter}, row.record_${letter}) AS subject_${letter}, row.record_${letter} AS record_${letter}`;
  const text = (value: string | null, name: string) =>
    `CAST(${value ?? 'NULL'} AS VARCHAR) AS ${dialect.name(name)}`;
  const { sex, ageBand, ethnicCategory, area, deprivation } = characteristics;
  return sql`SELECT CAST(${index} AS INTEGER) AS table_no, CAST(${source} AS TINYINT) AS source, row.subject,
       ${half('a')},
       ${half('b')},
       ${text(sex, 'sex')}, ${text(ageBand, 'age_band')},
       ${text(ethnicCategory, 'ethnic_category')}, ${text(area, 'area')},
       ${text(deprivation, 'deprivation')}
FROM ${relation} AS row`;
}

/** Each person of one side with its largest cell, and the records and subjects of all its cells. */
function largestCells(side: 'true' | 'person', other: 'true' | 'person', as: string): Sql {
  return sql`SELECT ${side}_a, ${side}_b, ${other}_a AS ${as}_a, ${other}_b AS ${as}_b,
       all_records AS records, all_subjects AS subjects
FROM (SELECT ${side}_a, ${side}_b, ${other}_a, ${other}_b,
             row_number() OVER (PARTITION BY ${side}_a, ${side}_b ORDER BY records DESC, ${other}_a, ${other}_b) AS place,
             CAST(sum(records) OVER (PARTITION BY ${side}_a, ${side}_b) AS BIGINT) AS all_records,
             CAST(sum(subjects) OVER (PARTITION BY ${side}_a, ${side}_b) AS BIGINT) AS all_subjects
      FROM ${table('match_cells')}) AS cells
WHERE place = 1`;
}

/** n records make n(n - 1)/2 pairs. A double counts whole numbers up to 9 * 10^15 exactly. */
function pairsSql(persons: string): Sql {
  return sql`SELECT CAST(count(*) AS DOUBLE) AS persons,
  coalesce(sum(CAST(records AS DOUBLE) * (CAST(records AS DOUBLE) - 1) / 2), 0) AS pairs
FROM ${table(persons)}`;
}

function groupSql(by: string, value: string): Sql {
  return sql`SELECT '${by}' AS characteristic, ${value} AS value, ${COUNTS}\nFROM ${table('judged_records')}
GROUP BY ${value}`;
}
