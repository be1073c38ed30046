import {
  asksFor,
  believesNhsNumbers,
  type Ladder,
  type MatchRank,
  restsOnNhsNumber,
} from '../domain/match-rank.ts';
import type { Step } from '../engine/step.ts';
import { numberedRelation } from './under-nhs-number.ts';

/** Holds of a number that is known for a tuple: linked by the number, not at odds with it, not born on 1 January. */
const IS_KNOWN = 'NOT is_kept_out AND NOT is_at_odds AND sdp_a IS NOT NULL AND NOT first_of_january';

/** A patient who is linked by a number is known by the tuples of earlier addresses too. */
const earlier = (numbered: string) => `
      UNION ALL
      SELECT a.sdp_a, a.sdp_b, n.nhs_a, n.nhs_b FROM address_tuples AS a
      JOIN ${numbered} AS n ON a.source = n.source AND a.subject_a = n.subject_a AND a.subject_b = n.subject_b
      WHERE NOT n.is_kept_out AND NOT n.is_at_odds`;

/**
 * `known_tuples`: the NHS numbers known for each sex|birth date|postcode that somebody is looking for; `candidates`: those
 * tuples of which just one is known (README.md, "Ranks without the NHS number").
 */
export function candidateSteps(ladder: Ladder, hasAddresses: boolean): Step[] {
  const numbered = numberedRelation(ladder);
  const sought = `SELECT sdp_a, sdp_b FROM subjects WHERE nhs_a IS NULL AND sdp_a IS NOT NULL
UNION SELECT sdp_a, sdp_b FROM ${numbered} AS n WHERE is_at_odds AND sdp_a IS NOT NULL`;
  const steps: Step[] = [
    {
      name: 'known_tuples',
      about: 'the NHS numbers known for each sex|birth date|postcode that is looked for',
      reads: ['subjects', 'numbered'],
      sql: `SELECT DISTINCT k.sdp_a, k.sdp_b, k.nhs_a, k.nhs_b
FROM (SELECT sdp_a, sdp_b, nhs_a, nhs_b FROM ${numbered} AS n WHERE ${IS_KNOWN}${hasAddresses ? earlier(numbered) : ''}) AS k
JOIN (${sought}) AS w ON k.sdp_a = w.sdp_a AND k.sdp_b = w.sdp_b`,
    },
    {
      name: 'candidates',
      about: 'sex|birth date|postcode tokens behind which exactly one NHS number stands',
      reads: ['known_tuples'],
      sql: `SELECT sdp_a, sdp_b, min(nhs_a) AS nhs_a, min(nhs_b) AS nhs_b
FROM known_tuples GROUP BY sdp_a, sdp_b HAVING count(*) = 1`,
    },
  ];
  if (!asksFor(ladder, 'local-patient-id')) return steps;
  return [
    ...steps,
    {
      name: 'local_candidates',
      about:
        'subjects without an NHS number, of whose provider and local id exactly one number is known with the same tuple',
      reads: ['subjects', 'numbered', 'local_ids'],
      sql: `SELECT source, subject_a, subject_b, min(nhs_a) AS nhs_a, min(nhs_b) AS nhs_b
FROM (SELECT DISTINCT o.source, o.subject_a, o.subject_b, k.nhs_a, k.nhs_b
      FROM (SELECT s.source, s.subject_a, s.subject_b, s.sdp_a, s.sdp_b, l.local_a, l.local_b
            FROM subjects AS s JOIN local_ids AS l
              ON s.source = l.source AND s.subject_a = l.subject_a AND s.subject_b = l.subject_b
            WHERE s.nhs_a IS NULL AND s.sdp_a IS NOT NULL) AS o
      JOIN (SELECT DISTINCT s.sdp_a, s.sdp_b, s.nhs_a, s.nhs_b, l.local_a, l.local_b
            FROM ${numbered} AS s JOIN local_ids AS l
              ON s.source = l.source AND s.subject_a = l.subject_a AND s.subject_b = l.subject_b
            WHERE ${IS_KNOWN}) AS k
        ON o.sdp_a = k.sdp_a AND o.sdp_b = k.sdp_b AND o.local_a = k.local_a AND o.local_b = k.local_b) AS found
GROUP BY source, subject_a, subject_b HAVING count(*) = 1`,
    },
  ];
}

/** Where a rank without the NHS number finds its one candidate: the alias of a relation that is joined to the subjects. */
function candidateOf({ agree }: MatchRank): 'c' | 'l' {
  return agree.includes('local-patient-id') ? 'l' : 'c';
}

function holds(rank: MatchRank): string {
  const exceptions = rank.unless.map(
    (one) => `NOT s.${one === 'first-of-january' ? 'first_of_january' : 'ignored_postcode'}`,
  );
  return [`${candidateOf(rank)}.nhs_a IS NOT NULL`, ...exceptions].join(' AND ');
}

/** `subject_persons`: who every subject is, by which rank, and whether an NHS number stands behind it. */
export function subjectPersonsStep(ladder: Ladder): Step {
  const weak = ladder.filter((rank) => !restsOnNhsNumber(rank));
  const first = (value: (rank: MatchRank) => string, otherwise: string) =>
    weak.length === 0
      ? otherwise
      : `CASE ${weak.map((rank) => `WHEN ${holds(rank)} THEN ${value(rank)}`).join(' ')} ELSE ${otherwise} END`;
  const half = (part: 'a' | 'b') =>
    first(
      (rank) => `${candidateOf(rank)}.nhs_${part}`,
      `CASE WHEN s.sdp_a IS NOT NULL AND NOT s.first_of_january THEN s.sdp_${part} ELSE s.subject_${part} END`,
    );
  const local = asksFor(ladder, 'local-patient-id')
    ? `\nLEFT JOIN local_candidates AS l ON s.source = l.source AND s.subject_a = l.subject_a AND s.subject_b = l.subject_b`
    : '';
  const step = {
    name: 'subject_persons',
    about:
      'each subject with its person token, how it was linked, and whether an NHS number stands behind it',
  };
  const withoutNumber = [first(({ rank }) => String(rank), '0'), first(() => 'true', 'false')] as const;
  if (believesNhsNumbers(ladder)) {
    const { rank } = ladder.find(restsOnNhsNumber)!;
    const either = (withNumber: string, otherwise: string) =>
      `CASE WHEN s.nhs_a IS NOT NULL THEN ${withNumber} ELSE ${otherwise} END`;
    return {
      ...step,
      reads: ['subjects', 'candidates'],
      sql: `SELECT s.source, s.subject_a, s.subject_b,
       ${either('s.nhs_a', half('a'))} AS person_a, ${either('s.nhs_b', half('b'))} AS person_b,
       CAST(${either(String(rank), withoutNumber[0])} AS TINYINT) AS match_rank,
       ${either('true', withoutNumber[1])} AS is_tied, CAST(false AS BOOLEAN) AS is_contradicted
FROM (SELECT *, CASE WHEN nhs_a IS NULL THEN sdp_a END AS open_a, CASE WHEN nhs_a IS NULL THEN sdp_b END AS open_b
      FROM subjects) AS s
LEFT JOIN candidates AS c ON s.open_a = c.sdp_a AND s.open_b = c.sdp_b${local}`,
    };
  }
  const rankAt = ladder.map(({ rank }, place) => `WHEN ${place} THEN ${rank}`).join(' ');
  return {
    ...step,
    reads: ['subjects', 'numbered', 'known_tuples', 'candidates'],
    sql: `SELECT source, subject_a, subject_b,
       CASE WHEN is_contradicted THEN subject_a ELSE nhs_a END AS person_a,
       CASE WHEN is_contradicted THEN subject_b ELSE nhs_b END AS person_b,
       CAST(CASE WHEN is_contradicted THEN 0 ELSE coalesce(CASE place ${rankAt} END, 0) END AS TINYINT) AS match_rank,
       NOT is_contradicted AS is_tied, is_contradicted
FROM (SELECT *, is_kept_out OR (is_at_odds AND EXISTS (
        SELECT 1 FROM known_tuples AS k WHERE k.sdp_a = n.sdp_a AND k.sdp_b = n.sdp_b
          AND NOT (k.nhs_a = n.nhs_a AND k.nhs_b = n.nhs_b))) AS is_contradicted
      FROM numbered AS n) AS with_number
UNION ALL
SELECT s.source, s.subject_a, s.subject_b, ${half('a')} AS person_a, ${half('b')} AS person_b,
       CAST(${withoutNumber[0]} AS TINYINT) AS match_rank,
       ${withoutNumber[1]} AS is_tied, CAST(false AS BOOLEAN) AS is_contradicted
FROM subjects AS s
LEFT JOIN candidates AS c ON s.sdp_a = c.sdp_a AND s.sdp_b = c.sdp_b${local}
WHERE s.nhs_a IS NULL`,
  };
}
