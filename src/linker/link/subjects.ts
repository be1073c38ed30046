import { comparesUnderNhsNumber, type Ladder, requiresField } from '../../domain/match-rank.ts';
import { joined, type Sql, sql, table, unionAll } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';

/** A stored table whose rows say what links their subjects: a patients table or a flat table. */
export interface SubjectTable {
  /** place of the source in the pipeline file, from 0: the order of precedence */
  readonly source: number;
  /** with the tokens of their subjects */
  readonly rows: Sql;
  /** the stored subjects of the source, which all its tables have in common */
  readonly subjects: Sql;
  /** a patients table has one row a subject; the rows of a flat table name theirs again and again */
  readonly isFlat: boolean;
  /** the fields that can be compared under an NHS number: stored as `compared_sex` and the like */
  readonly comparedFields: readonly string[];
  readonly hasLocalIds: boolean;
  readonly hasIgnoredPostcodes: boolean;
  /** `busy_tuples` holds the tuples at the busiest postcodes of each source */
  readonly hasBusyTuples: boolean;
}

/** A stored table of the earlier addresses of a source's patients. */
export interface AddressTable {
  readonly source: number;
  /** with the tokens of their subjects */
  readonly rows: Sql;
}

const TOKENS = 'subject, subject_a, subject_b, nhs_a, nhs_b, tuple_a AS sdp_a, tuple_b AS sdp_b';

/**
 * Every subject of every source, with its number there and the tokens that can link it. Orphans are left out: nobody was delivered of whom
 * they could be.
 */
export function subjectsStep(tables: readonly SubjectTable[], ladder: Ladder): Step {
  const needsIgnored = ladder.some(({ unless }) => unless.includes('ignored-postcode'));
  const select = (one: SubjectTable) => {
    const columns = [
      `CAST(${one.source} AS TINYINT) AS source`,
      TOKENS,
      'first_of_january',
      ...(needsIgnored ? [sql`${isIgnored(one)} AS ignored_postcode`] : []),
      ...(comparesUnderNhsNumber(ladder)
        ? one.comparedFields.map((field) => `compared_${field} AS agree_${field}`)
        : []),
    ];
    return sql`SELECT ${joined(columns, ', ')}
FROM ${one.subjects} AS stored_subject
WHERE NOT is_orphan`;
  };
  const sources = tables.filter(({ source }, at) => tables.findIndex((one) => one.source === source) === at);
  return step({
    name: 'subjects',
    about: 'every subject of every source, with the tokens that can link it',
    sql: unionAll(sources.map(select)),
  });
}

/** SQL over a stored subject: it lives at a postcode that too many people share. */
function isIgnored({ hasIgnoredPostcodes, hasBusyTuples }: SubjectTable): Sql {
  const ways = [
    ...(hasIgnoredPostcodes ? ['stored_subject.ignored_postcode'] : []),
    ...(hasBusyTuples
      ? [
          sql`EXISTS (SELECT 1 FROM ${table('busy_tuples')} AS b WHERE b.sdp_a = stored_subject.tuple_a AND b.sdp_b = stored_subject.tuple_b)`,
        ]
      : []),
  ];
  return ways.length === 0 ? sql`CAST(false AS BOOLEAN)` : sql`(${joined(ways, ' OR ')})`;
}

/** The tuples that the patients' earlier addresses make. */
export function addressTuplesStep(tables: readonly AddressTable[]): Step | null {
  if (tables.length === 0) return null;
  const parts = tables.map(
    ({
      source,
      rows,
    }) => sql`SELECT CAST(${source} AS TINYINT) AS source, subject_a, subject_b, tuple_a AS sdp_a, tuple_b AS sdp_b
FROM ${rows} AS row
WHERE tuple_a IS NOT NULL AND NOT first_of_january`,
  );
  return step({
    name: 'address_tuples',
    about: 'sex|birth date|postcode of patients at their earlier addresses',
    sql: sql`SELECT DISTINCT * FROM (\n${unionAll(parts)}\n) AS every_address`,
  });
}

/**
 * The local ids with which the subjects of flat tables were met, NULL for rows without one; no step if no rank requires them. A source
 * that has none at all is left out.
 */
export function localIdSteps(tables: readonly SubjectTable[], ladder: Ladder): Step[] {
  if (!requiresField(ladder, 'local-patient-id')) return [];
  const sources = new Set(tables.flatMap(({ source, hasLocalIds }) => (hasLocalIds ? [source] : [])));
  const missing = 'CAST(NULL AS BIGINT)';
  const parts = tables
    .filter(({ source }) => sources.has(source))
    .map(({ source, rows, hasLocalIds }) => {
      const local = hasLocalIds ? 'local_a, local_b' : `${missing} AS local_a, ${missing} AS local_b`;
      return sql`SELECT CAST(${source} AS TINYINT) AS source, subject_a, subject_b, ${local}
FROM ${rows} AS row WHERE subject_a IS NOT NULL`;
    });
  const none = sql`SELECT source, subject_a, subject_b, subject_a AS local_a, subject_b AS local_b FROM ${table('subjects')} WHERE false`;
  return [
    step({
      name: 'local_ids',
      about: 'provider and local id with which each subject of a flat table was met',
      sql: sql`SELECT DISTINCT * FROM (\n${parts.length === 0 ? none : unionAll(parts)}\n) AS every_local_id`,
    }),
  ];
}
