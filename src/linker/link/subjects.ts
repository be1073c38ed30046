import { LOTS } from '../../domain/audit-sample.ts';
import { comparesUnderNhsNumber, type Ladder, requiresField } from '../../domain/match-rank.ts';
import { same, sameSubject } from '../../sql/same.ts';
import { joined, type Sql, sql, table, unionAll } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';
import { tokenNumber } from './token-sql.ts';

/** A stored table whose rows carry identifiers: a patients table or a flat table. */
export interface SubjectTable {
  /** index of the source in the pipeline file: the order of precedence */
  readonly source: number;
  readonly rows: Sql;
  /** the stored subjects of the source, which all its tables have in common */
  readonly subjects: Sql;
  /** a patients table has one row a subject; the rows of a flat table name theirs again and again */
  readonly isFlat: boolean;
  /** what it holds that can be compared under an NHS number, such as `sex` */
  readonly comparedFields: readonly string[];
  readonly hasLocalIds: boolean;
  readonly hasIgnoredPostcodes: boolean;
  /** `busy_tuples` holds the tuples at the busiest postcodes of each source */
  readonly hasBusyTuples: boolean;
}

/** A stored table of the earlier addresses of a source's patients. */
export interface AddressTable {
  readonly rows: Sql;
}

/**
 * `subjects`: every subject of every source with its number, and the numbers of the tokens that can link it (README.md, "Numbers"):
 * (subject, source, subject_a, subject_b, nhs, tuple, own, draw, first_of_january, and what a ladder needs besides). Orphans are
 * left out: no patient was delivered to whom they could belong.
 */
export function subjectsStep(tables: readonly SubjectTable[], ladder: Ladder): Step {
  const needsIgnored = ladder.some(({ unless }) => unless.includes('ignored-postcode'));
  const flatSources = new Set(tables.flatMap(({ isFlat, source }) => (isFlat ? [source] : [])));
  // a patient's token is of the source; two flat sources may have one token, and then it is one person
  const mayShareTokens = flatSources.size > 1;
  const compared = comparesUnderNhsNumber(ladder) ? (tables[0]?.comparedFields ?? []) : [];
  const select = (one: SubjectTable) => {
    const columns = [
      'subject',
      `CAST(${one.source} AS TINYINT) AS source`,
      'subject_a',
      'subject_b',
      `${tokenNumber('named.nhs')} AS nhs`,
      `${tokenNumber('named.tuple')} AS tuple`,
      ...(mayShareTokens
        ? [`${one.isFlat ? tokenNumber('named.subject') : 'CAST(NULL AS INTEGER)'} AS own`]
        : []),
      'first_of_january',
      ...(needsIgnored
        ? [`${one.hasIgnoredPostcodes ? 'ignored_postcode' : 'CAST(false AS BOOLEAN)'} AS is_listed`]
        : []),
      ...compared.map((field) => `compared_${field}`),
    ];
    return sql`SELECT ${columns.join(', ')}
FROM ${one.subjects} AS named
WHERE NOT is_orphan`;
  };
  const sources = tables.filter(
    ({ source }, index) => tables.findIndex((one) => one.source === source) === index,
  );
  const isBusy = tables.some(({ hasBusyTuples }) => hasBusyTuples)
    ? sql` OR EXISTS (SELECT 1 FROM ${table('busy_tuples')} AS b WHERE ${same('tuple', 'b', 's')})`
    : '';
  const made = joined(
    [
      'subject, source, subject_a, subject_b, nhs, tuple',
      `${mayShareTokens ? 'coalesce(own, -1 - subject)' : '-1 - subject'} AS own`,
      // of half a token, which is as good as a random number: a whole number from 0 to LOTS - 1
      `CAST((subject_a % ${LOTS} + ${LOTS}) % ${LOTS} AS INTEGER) AS draw`,
      'first_of_january',
      ...(needsIgnored ? [sql`(is_listed${isBusy}) AS ignored_postcode`] : []),
      ...compared.map((field) => `compared_${field}`),
    ],
    ',\n       ',
  );
  return step({
    name: 'subjects',
    about: 'every subject of every source with its number, and the numbers of the tokens that can link it',
    sql: sql`SELECT ${made}
FROM (
${unionAll(sources.map(select))}
) AS s`,
  });
}

/** `address_tuples`: (subject, tuple), the tuples that the patients' earlier addresses make. */
export function addressTuplesStep(tables: readonly AddressTable[]): Step | null {
  if (tables.length === 0) return null;
  const parts = tables.map(
    ({ rows }) => sql`SELECT subject, ${tokenNumber('row.tuple')} AS tuple
FROM ${rows} AS row
WHERE tuple_a IS NOT NULL AND NOT first_of_january`,
  );
  return step({
    name: 'address_tuples',
    about: 'sex|birth date|postcode of patients at their earlier addresses',
    sql: sql`SELECT DISTINCT r.subject, r.tuple
FROM (
${unionAll(parts)}
) AS r
JOIN ${table('subjects')} AS s ON ${sameSubject('r', 's')}`,
  });
}

/**
 * `local_ids`: (subject, local), the local ids with which the subjects of flat tables were met, NULL for rows without one; no step if no
 * rank requires them. A source that has none at all is left out.
 */
export function localIdSteps(tables: readonly SubjectTable[], ladder: Ladder): Step[] {
  if (!requiresField(ladder, 'local-patient-id')) return [];
  const sources = new Set(tables.flatMap(({ source, hasLocalIds }) => (hasLocalIds ? [source] : [])));
  const parts = tables
    .filter(({ source }) => sources.has(source))
    .map(({ rows, hasLocalIds }) => {
      const local = hasLocalIds ? tokenNumber('row.local') : 'CAST(NULL AS INTEGER)';
      return sql`SELECT subject, ${local} AS local
FROM ${rows} AS row
WHERE subject IS NOT NULL`;
    });
  const none = sql`SELECT subject, CAST(NULL AS INTEGER) AS local FROM ${table('subjects')} WHERE false`;
  return [
    step({
      name: 'local_ids',
      about: 'provider and local id with which each subject of a flat table was met',
      sql: sql`SELECT DISTINCT subject, local
FROM (
${parts.length === 0 ? none : unionAll(parts)}
) AS met`,
    }),
  ];
}
