import type { Dialect, Step } from '../engine/step.ts';

/** A stored table whose rows say how their subjects are linked: a patients table or a flat table. */
export interface SubjectTable {
  /** place of the source in the pipeline file, from 0: the order of precedence */
  readonly source: number;
  readonly paths: readonly string[];
  /** a patients table has one row a subject; the rows of a flat table name theirs again and again */
  readonly isFlat: boolean;
}

/**
 * What a record and a person agreed on, by the numbers of the eight match ranks (domain reference, section 5). The
 * two-step ladder tests the NHS number alone (8) and then sex, birth date and postcode (6); 0 is a person of its own.
 */
const MATCH_RANK = { nhsNumber: 8, sexBirthDatePostcode: 6, own: 0 } as const;

/**
 * Subjects to persons, in two steps: the NHS number token; else the token of sex|birth date|postcode, if the subject
 * has no NHS number to contradict it, was not born on 1 January, and exactly one NHS number stands behind that token;
 * else the subject is, or joins, a person of its own: by that token, or if it has none by its own key.
 */
export function linkSteps(tables: readonly SubjectTable[], dialect: Dialect): Step[] {
  const select = ({ source, paths }: SubjectTable) =>
    `SELECT CAST(${source} AS TINYINT) AS source, subject_a, subject_b, nhs_a, nhs_b, sdp_a, sdp_b, first_of_january
FROM ${dialect.readParquet(paths)} WHERE is_first AND subject_a IS NOT NULL`;
  const all = (some: readonly SubjectTable[]) => some.map(select).join('\nUNION ALL\n');
  const flat = tables.filter(({ isFlat }) => isFlat);
  const patients = tables.filter(({ isFlat }) => !isFlat);
  const parts = [
    ...(patients.length === 0 ? [] : [all(patients)]),
    ...(flat.length === 0 ? [] : [`SELECT DISTINCT * FROM (\n${all(flat)}\n) AS flat_subject`]),
  ];
  return [
    {
      name: 'subjects',
      about: 'every distinct subject of every source, with the tokens that can link it',
      reads: ['token store'],
      sql: parts.join('\nUNION ALL\n'),
    },
    {
      name: 'candidates',
      about: 'sex|birth date|postcode tokens behind which exactly one NHS number stands',
      reads: ['subjects'],
      sql: `SELECT sdp_a, sdp_b, min(nhs_a) AS nhs_a, min(nhs_b) AS nhs_b
FROM subjects
WHERE nhs_a IS NOT NULL AND NOT first_of_january
  AND EXISTS (SELECT 1 FROM subjects AS open_subject
              WHERE open_subject.nhs_a IS NULL
                AND open_subject.sdp_a = subjects.sdp_a AND open_subject.sdp_b = subjects.sdp_b)
GROUP BY sdp_a, sdp_b
HAVING min(nhs_a) = max(nhs_a) AND min(nhs_b) = max(nhs_b)`,
    },
    {
      name: 'subject_persons',
      about:
        'each subject with its person token, how it was linked, and whether an NHS number stands behind it',
      reads: ['subjects', 'candidates'],
      sql: `SELECT s.source, s.subject_a, s.subject_b,
       coalesce(s.nhs_a, c.nhs_a, s.open_a, s.subject_a) AS person_a,
       coalesce(s.nhs_b, c.nhs_b, s.open_b, s.subject_b) AS person_b,
       CAST(CASE WHEN s.nhs_a IS NOT NULL THEN ${MATCH_RANK.nhsNumber}
                 WHEN c.nhs_a IS NOT NULL THEN ${MATCH_RANK.sexBirthDatePostcode}
                 ELSE ${MATCH_RANK.own} END AS TINYINT) AS match_rank,
       s.nhs_a IS NOT NULL OR c.nhs_a IS NOT NULL AS is_tied
FROM (SELECT *, CASE WHEN nhs_a IS NULL AND NOT first_of_january THEN sdp_a END AS open_a,
             CASE WHEN nhs_a IS NULL AND NOT first_of_january THEN sdp_b END AS open_b FROM subjects) AS s
LEFT JOIN candidates AS c ON s.open_a = c.sdp_a AND s.open_b = c.sdp_b`,
    },
  ];
}
