import {
  CROWD_LIMIT,
  CROWD_SUBJECTS,
  comparesUnderNhsNumber,
  type Ladder,
  type MatchField,
  requiresNhsNumber,
  trustsNhsNumbers,
} from '../../domain/match-rank.ts';
import { columnList, NUMBERED_COLUMNS } from '../../sql/columns.ts';
import { same, sameSubject } from '../../sql/same.ts';
import { type Sql, sql, table } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';
import { BOTH_DATED, PARTIAL_DATE, sameField, WHOLE_DATE } from './compared-fields-sql.ts';
import { patternBitSql } from './pair-pattern.ts';

function conditionOf(field: MatchField): string {
  switch (field) {
    case 'sex':
    case 'postcode':
      return sameField(field);
    case 'date-of-birth':
      return WHOLE_DATE;
    case 'partial-date-of-birth':
      return PARTIAL_DATE;
    default:
      return 'true'; // the NHS number, by which the pair was found
  }
}

/** The same for a subject and itself: it agrees on each field that it has. */
function ownConditionOf(field: MatchField): string {
  switch (field) {
    case 'sex':
    case 'postcode':
      return `s.compared_${field} IS NOT NULL`;
    case 'date-of-birth':
    case 'partial-date-of-birth':
      return 's.compared_year IS NOT NULL';
    default:
      return 'true';
  }
}

/** Index in the ladder of the first rank that applies; NULL if none does. */
function ladderIndexSql(ladder: Ladder, condition: (field: MatchField) => string): string {
  const cases = ladder.flatMap((rank, index) =>
    requiresNhsNumber(rank) ? [`WHEN ${rank.agree.map(condition).join(' AND ')} THEN ${index}`] : [],
  );
  return cases.length === 0 ? 'CAST(NULL AS TINYINT)' : `CAST(CASE ${cases.join(' ')} END AS TINYINT)`;
}

/** `number_sources`: every NHS number with the first source that has it, and how many subjects carry it. */
export const NUMBER_SOURCES = step({
  name: 'number_sources',
  about: 'every NHS number with the first source that has it',
  sql: sql`SELECT nhs, min(source) AS source, count(*) AS subjects
FROM ${table('subjects')}
WHERE nhs IS NOT NULL
GROUP BY nhs`,
});

/** `two_births`: patients whose NHS number another one of their table has, with another birth date, not even in part the same. */
function twoBirthsStep(patientSources: readonly number[]): Step {
  return step({
    name: 'two_births',
    about: 'patients under the NHS number of another one of their table, with another birth date',
    sql: sql`SELECT DISTINCT s.subject
FROM (SELECT source, nhs
      FROM ${table('subjects')}
      WHERE nhs IS NOT NULL AND source IN (${patientSources.join(', ')})
      GROUP BY source, nhs
      HAVING count(*) BETWEEN 2 AND ${CROWD_SUBJECTS}) AS n
JOIN ${table('subjects')} AS s ON ${same('nhs', 's', 'n')} AND s.source = n.source
JOIN ${table('subjects')} AS r ON ${same('nhs', 'r', 'n')} AND r.source = n.source
WHERE ${BOTH_DATED} AND NOT ${PARTIAL_DATE}`,
  });
}

/** Columns of a subject that go through unchanged. */
const NUMBERED = columnList(NUMBERED_COLUMNS, 's');

/**
 * `numbered`: every subject with an NHS number, the index of the rank by which it joins that number (NULL for none),
 * whether it is at odds with it, and whether it is kept from it (README.md, "Ranks that rest on the NHS number"). Where
 * anything is compared, `patterns` has a bit for each way in which it agrees with a reference subject (pair-pattern.ts):
 * NULL for a reference subject, none for a subject that was not compared.
 *
 * @param patientSources indices of the sources that have a patients table
 */
export function underNhsNumberSteps(ladder: Ladder, patientSources: readonly number[]): Step[] {
  if (trustsNhsNumbers(ladder)) return [];
  const about =
    'every subject with an NHS number, and how it agrees with the first source that has that number';
  if (!comparesUnderNhsNumber(ladder)) {
    // without any rank of the number, only those of the first source that has it are its person
    return [
      step({
        name: 'numbered',
        about,
        sql: sql`SELECT ${NUMBERED}, ${ladderIndexSql(ladder, () => 'true')} AS place, CAST(false AS BOOLEAN) AS is_at_odds,
       s.source > min(s.source) OVER (PARTITION BY s.nhs) AS is_kept_out
FROM ${table('subjects')} AS s
WHERE s.nhs IS NOT NULL`,
      }),
    ];
  }
  const hasPatients = patientSources.length > 0;
  const joinTwoBirths = sql`
LEFT JOIN ${table('two_births')} AS t ON ${sameSubject('s', 't')}`;
  return [
    NUMBER_SOURCES,
    ...(hasPatients ? [twoBirthsStep(patientSources)] : []),
    step({
      name: 'crowds',
      about: 'NHS numbers recorded for too many people, and whether the first source alone has too many',
      sql: sql`SELECT nhs,
       ${isCrowd('count(*) FILTER (WHERE reference_subjects > 0)', 'sum(reference_subjects)')} AS is_reference_crowd
FROM (SELECT s.nhs, count(*) AS subjects, count(*) FILTER (WHERE s.source = n.source) AS reference_subjects
      FROM ${table('subjects')} AS s
      JOIN ${table('number_sources')} AS n ON ${same('nhs', 's', 'n')}
      WHERE n.subjects > ${CROWD_LIMIT}
      GROUP BY s.nhs, s.compared_sex, s.compared_year, s.compared_month, s.compared_day) AS pairs
GROUP BY nhs
HAVING ${isCrowd('count(*)', 'sum(subjects)')}`,
    }),
    step({
      name: 'numbered',
      about,
      sql: sql`SELECT ${NUMBERED}, ${ladderIndexSql(ladder, ownConditionOf)} AS place,
       ${hasPatients ? 't.subject IS NOT NULL' : 'CAST(false AS BOOLEAN)'} AS is_at_odds, coalesce(c.is_reference_crowd, false) AS is_kept_out,
       CAST(NULL AS BIGINT) AS patterns
FROM ${table('subjects')} AS s
JOIN ${table('number_sources')} AS n ON ${same('nhs', 's', 'n')} AND s.source = n.source
LEFT JOIN ${table('crowds')} AS c ON ${same('nhs', 's', 'c')}${hasPatients ? joinTwoBirths : ''}
UNION ALL
SELECT subject, min(source), min(nhs), min(tuple), min(own), min(draw), bool_or(first_of_january),
       min(place) AS place, bool_and(is_at_odds) AS is_at_odds,
       min(place) IS NULL OR bool_or(is_crowd) AND NOT bool_or(is_whole) AS is_kept_out,
       bit_or(pattern_bit) AS patterns
FROM (SELECT ${NUMBERED}, ${ladderIndexSql(ladder, conditionOf)} AS place,
             ${BOTH_DATED} AND NOT ${PARTIAL_DATE} AS is_at_odds,
             coalesce(${sameField('sex')} AND ${WHOLE_DATE}, false) AS is_whole,
             c.nhs IS NOT NULL AS is_crowd, ${patternBitSql(ladder)} AS pattern_bit
      FROM ${table('subjects')} AS s
      JOIN ${table('number_sources')} AS n ON ${same('nhs', 's', 'n')} AND s.source <> n.source
      LEFT JOIN ${table('crowds')} AS c ON ${same('nhs', 's', 'c')}
      JOIN ${table('subjects')} AS r ON ${same('nhs', 's', 'r')} AND r.source = n.source
      WHERE c.nhs IS NULL OR NOT c.is_reference_crowd) AS compared
GROUP BY subject
UNION ALL
SELECT ${NUMBERED}, CAST(NULL AS TINYINT) AS place, CAST(false AS BOOLEAN) AS is_at_odds, true AS is_kept_out, CAST(0 AS BIGINT) AS patterns
FROM ${table('subjects')} AS s
JOIN ${table('number_sources')} AS n ON ${same('nhs', 's', 'n')} AND s.source <> n.source
JOIN ${table('crowds')} AS c ON ${same('nhs', 's', 'c')}
WHERE c.is_reference_crowd`,
    }),
  ];
}

/** The relation `numbered`; where every number is trusted it is not made. */
export function numberedRelation(ladder: Ladder): Sql {
  return trustsNhsNumbers(ladder)
    ? sql`(SELECT ${NUMBERED}, CAST(false AS BOOLEAN) AS is_at_odds, CAST(false AS BOOLEAN) AS is_kept_out
      FROM ${table('subjects')} AS s WHERE s.nhs IS NOT NULL)`
    : table('numbered');
}

/** Too many pairs of sex and birth date for one person, or too many subjects to be compared one by one. */
function isCrowd(pairs: string, subjects: string): string {
  return `(coalesce(${pairs}, 0) > ${CROWD_LIMIT} OR coalesce(${subjects}, 0) > ${CROWD_SUBJECTS})`;
}
