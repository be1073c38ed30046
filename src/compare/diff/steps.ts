import { type Sql, sql, table, unionAll } from '../../sql/sql.ts';
import { type Dialect, type Step, step } from '../../sql/step.ts';
import { causeCode, causeSql } from './causes.ts';
import type { SubjectFindingName } from './findings.ts';
import type { WhatDiffers } from './what-differs.ts';

/** Rows of the comparison with a person of both runs. */
const HAS_PERSON_IN_BOTH = 'a_high IS NOT NULL AND b_high IS NOT NULL';

const IS_IN_BOTH = 'outcome_a IS NOT NULL AND outcome_b IS NOT NULL';

/** When each thing has happened to a subject. */
const SUBJECT_CONDITIONS: Readonly<Record<SubjectFindingName, string>> = {
  new: 'outcome_a IS NULL',
  gone: 'outcome_b IS NULL',
  moved: `${HAS_PERSON_IN_BOTH} AND NOT (a_high = b_high AND a_low = b_low)`,
  admitted: `${IS_IN_BOTH} AND outcome_a <> 'released' AND outcome_b = 'released'`,
  withheld: `${IS_IN_BOTH} AND outcome_a = 'released' AND outcome_b <> 'released'`,
  're-ranked': 'rank_a <> rank_b',
};

/** A person of run `a` or `b`, in two halves. */
const halves = (run: 'a' | 'b') => `${run}_high, ${run}_low`;
const none = (run: 'a' | 'b') => `CAST(NULL AS UBIGINT) AS ${run}_high, CAST(NULL AS UBIGINT) AS ${run}_low`;
const same = (run: 'a' | 'b', one: string, other: string) =>
  `${one}.${run}_high = ${other}.${run}_high AND ${one}.${run}_low = ${other}.${run}_low`;

/**
 * Two link maps held against each other, subject by subject and then person by person (README.md has the definitions).
 * `person_findings`, `subject_findings` and `rank_moves` are what is read of them; `listed_persons` names the persons.
 *
 * @param mapA, mapB the rows of either map
 */
export function diffSteps(mapA: Sql, mapB: Sql, differs: WhatDiffers, dialect: Dialect): Step[] {
  return [
    step({
      name: 'compared_subjects',
      about: 'every subject of either map, what became of it in each, and the cause of what is different',
      sql: sql`SELECT *, ${causeSql(differs, dialect.text)} AS cause
FROM (SELECT coalesce(a.source, b.source) AS source, a.outcome AS outcome_a, b.outcome AS outcome_b,
             a.match_rank AS rank_a, b.match_rank AS rank_b, a.record <> b.record AS is_rewritten,
             a.person_high AS a_high, a.person_low AS a_low, b.person_high AS b_high, b.person_low AS b_low
      FROM (SELECT * FROM ${mapA}) AS a
      FULL OUTER JOIN (SELECT * FROM ${mapB}) AS b
        ON a.subject_high = b.subject_high AND a.subject_low = b.subject_low AND a.source = b.source) AS paired`,
    }),
    step({
      name: 'subject_findings',
      about:
        'what happened to subjects, each with its cause; more than one thing may have happened to a subject',
      sql: unionAll(
        Object.entries(SUBJECT_CONDITIONS).map(
          ([finding, condition]) =>
            sql`SELECT '${finding}' AS finding, source, cause FROM ${table('compared_subjects')} WHERE ${condition}`,
        ),
      ),
    }),
    step({
      name: 'person_cells',
      about: 'how many subjects of each person of the first run stand in each person of the second',
      sql: sql`SELECT ${halves('a')}, ${halves('b')}, count(*) AS subjects, min(cause) AS cause
FROM ${table('compared_subjects')}
WHERE ${HAS_PERSON_IN_BOTH}
GROUP BY ${halves('a')}, ${halves('b')}`,
    }),
    ...(['a', 'b'] as const).map((run) =>
      step({
        name: `shared_persons_${run}`,
        about: `persons of the ${run === 'a' ? 'first' : 'second'} run, and in how many of the other they are`,
        sql: sql`SELECT ${halves(run)}, count(*) AS parts, sum(subjects) AS subjects, min(cause) AS cause
FROM ${table('person_cells')}
GROUP BY ${halves(run)}`,
      }),
    ),
    step({
      name: 'person_findings',
      about: 'persons that are new, gone, split, merged or moved as a whole, each with its cause',
      sql: sql`SELECT 'new' AS finding, ${none('a')}, ${halves('b')}, count(*) AS subjects, min(cause) AS cause
FROM ${table('compared_subjects')} AS s
WHERE b_high IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM ${table('shared_persons_b')} AS t WHERE ${same('b', 't', 's')})
GROUP BY ${halves('b')}
UNION ALL
SELECT 'gone', ${halves('a')}, ${none('b')}, count(*), min(cause)
FROM ${table('compared_subjects')} AS s
WHERE a_high IS NOT NULL
  AND NOT EXISTS (SELECT 1 FROM ${table('shared_persons_a')} AS t WHERE ${same('a', 't', 's')})
GROUP BY ${halves('a')}
UNION ALL
SELECT 'split', ${halves('a')}, ${none('b')}, subjects, cause
FROM ${table('shared_persons_a')}
WHERE parts > 1
UNION ALL
SELECT 'merged', ${none('a')}, ${halves('b')}, subjects, cause
FROM ${table('shared_persons_b')}
WHERE parts > 1
UNION ALL
SELECT 'moved', c.a_high, c.a_low, c.b_high, c.b_low, c.subjects, c.cause
FROM ${table('person_cells')} AS c
JOIN ${table('shared_persons_a')} AS a ON ${same('a', 'a', 'c')}
JOIN ${table('shared_persons_b')} AS b ON ${same('b', 'b', 'c')}
WHERE a.parts = 1 AND b.parts = 1 AND NOT (c.a_high = c.b_high AND c.a_low = c.b_low)`,
    }),
  ];
}

/** Persons by finding and cause. */
export const PERSON_COUNTS_SQL = `SELECT finding, CAST(cause AS INTEGER) AS cause, CAST(count(*) AS DOUBLE) AS persons,
  CAST(sum(subjects) AS DOUBLE) AS subjects
FROM person_findings GROUP BY finding, cause ORDER BY finding, cause`;

/** Subjects by finding, source and cause. */
export const SUBJECT_COUNTS_SQL = `SELECT finding, source, CAST(cause AS INTEGER) AS cause, CAST(count(*) AS DOUBLE) AS subjects
FROM subject_findings GROUP BY finding, source, cause ORDER BY finding, source, cause`;

/** Subjects of both maps by their ranks. */
export const RANK_MOVES_SQL = `SELECT CAST(rank_a AS INTEGER) AS a, CAST(rank_b AS INTEGER) AS b, CAST(count(*) AS DOUBLE) AS subjects
FROM compared_subjects WHERE rank_a IS NOT NULL AND rank_b IS NOT NULL GROUP BY rank_a, rank_b ORDER BY rank_a, rank_b`;

/**
 * Every person with a finding, in order: its place among the findings, a person of either run or null, subjects, cause. Who
 * is split or merged stands once for each person of the other run.
 *
 * @param places the place of each finding
 */
export function listedPersonsSql(places: Readonly<Record<string, number>>): string {
  const place = Object.entries(places).map(([finding, at]) => `WHEN '${finding}' THEN ${at}`);
  const columns = `${halves('a')}, ${halves('b')}, subjects, cause`;
  return `SELECT CAST(CASE finding ${place.join(' ')} END AS TINYINT) AS place, ${halves('a')}, ${halves('b')},
  CAST(subjects AS INTEGER) AS subjects, CAST(cause AS INTEGER) AS cause
FROM (SELECT finding, ${columns} FROM person_findings WHERE finding NOT IN ('split', 'merged')
      UNION ALL
      SELECT 'split', c.a_high, c.a_low, c.b_high, c.b_low, c.subjects, f.cause
      FROM person_findings AS f JOIN person_cells AS c ON ${same('a', 'f', 'c')} WHERE f.finding = 'split'
      UNION ALL
      SELECT 'merged', c.a_high, c.a_low, c.b_high, c.b_low, c.subjects, f.cause
      FROM person_findings AS f JOIN person_cells AS c ON ${same('b', 'f', 'c')} WHERE f.finding = 'merged') AS listed
ORDER BY place, a_high NULLS FIRST, a_low NULLS FIRST, b_high NULLS FIRST, b_low NULLS FIRST`;
}

/** Findings, of persons and of subjects, that nothing explains. */
export const UNEXPLAINED_SQL = `SELECT CAST((SELECT count(*) FROM person_findings WHERE cause >= ${causeCode('unexplained')})
  + (SELECT count(*) FROM subject_findings WHERE cause >= ${causeCode('unexplained')}) AS DOUBLE) AS unexplained`;
