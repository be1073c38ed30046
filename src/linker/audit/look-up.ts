import { type Ladder, type MatchRank, requiresField, requiresNhsNumber } from '../../domain/match-rank.ts';
import { columnList, SUBJECT } from '../../sql/columns.ts';
import { samePair, sameSubject } from '../../sql/same.ts';
import { type Sql, sql, table } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';
import type { NumberedRelation } from './numbered.ts';
import { PARTS } from './sample.ts';

/** Holds of a numbered subject whose tuple is known of its number: the rule of src/linker/link/README.md, "Known". */
const isKnown = (n: string) =>
  `NOT ${n}.is_kept_out AND NOT ${n}.is_at_odds AND ${n}.sdp_a IS NOT NULL AND NOT ${n}.first_of_january`;

const SOUGHT = sql`SELECT DISTINCT sdp_a, sdp_b
FROM ${table('audit_sample')}
WHERE sdp_a IS NOT NULL AND NOT first_of_january`;

/** `audit_known`: of whom each sampled tuple is known, and by which subject. */
function knownStep({ relation }: NumberedRelation, hasAddresses: boolean): Step {
  const columns = `n.nhs_a, n.nhs_b, ${columnList(SUBJECT, 'n')}`;
  const earlier = sql`
UNION
SELECT a.sdp_a, a.sdp_b, ${columns}
FROM (SELECT a.* FROM ${table('address_tuples')} AS a JOIN (${SOUGHT}) AS w ON ${samePair('sdp', 'a', 'w')}) AS a
JOIN ${relation} AS n ON ${sameSubject('a', 'n')}
WHERE NOT n.is_kept_out AND NOT n.is_at_odds`;
  return step({
    name: 'audit_known',
    about:
      'the NHS numbers known for each sampled sex|birth date|postcode, and the subjects they are known by',
    sql: sql`SELECT n.sdp_a, n.sdp_b, ${columns}
FROM ${relation} AS n
JOIN (${SOUGHT}) AS w ON ${samePair('sdp', 'n', 'w')}
WHERE ${isKnown('n')}${hasAddresses ? earlier : ''}`,
  });
}

const NUMBERS = step({
  name: 'audit_numbers',
  about:
    'how many subjects each number is known by, for each sampled tuple, and how many numbers the tuple has',
  sql: sql`SELECT sdp_a, sdp_b, nhs_a, nhs_b, count(*) AS subjects, count(*) OVER (PARTITION BY sdp_a, sdp_b) AS numbers
FROM ${table('audit_known')}
GROUP BY sdp_a, sdp_b, nhs_a, nhs_b`,
});

/** `audit_witnessed`: the numbers that witnesses have for each sampled tuple, and how many of them nobody else has there. */
const WITNESSED = step({
  name: 'audit_witnessed',
  about: 'the NHS numbers of witnesses for each sampled tuple, and how many of them nobody else has there',
  sql: sql`SELECT v.sdp_a, v.sdp_b, v.nhs_a, v.nhs_b, k.subjects IS NULL AS is_new,
       count(*) FILTER (WHERE k.subjects IS NULL) OVER (PARTITION BY v.sdp_a, v.sdp_b) AS new_numbers
FROM (SELECT DISTINCT v.sdp_a, v.sdp_b, v.nhs_a, v.nhs_b
      FROM ${table('witnessed')} AS v JOIN (${SOUGHT}) AS w ON ${samePair('sdp', 'v', 'w')}) AS v
LEFT JOIN ${table('audit_numbers')} AS k
  ON ${samePair('sdp', 'v', 'k')} AND ${samePair('nhs', 'v', 'k')}`,
});

/** `audit_local`: for each subject with a hidden number, the numbers known with its tuple and one of its local ids. */
function localStep({ relation }: NumberedRelation): Step {
  return step({
    name: 'audit_local',
    about:
      'what numbers other subjects are known by that share tuple, provider and local id with a hidden one',
    sql: sql`SELECT source, subject_a, subject_b,
       count(*) FILTER (WHERE is_own AND NOT is_witness) AS own, count(*) FILTER (WHERE NOT is_own AND NOT is_witness) AS others,
       count(*) FILTER (WHERE is_own) AS own_heard, count(*) FILTER (WHERE NOT is_own) AS others_heard
FROM (SELECT s.source, s.subject_a, s.subject_b, k.nhs_a, k.nhs_b, bool_and(k.is_witness) AS is_witness,
             bool_or(coalesce(${samePair('nhs', 'k', 's')}, false)) AS is_own
      FROM ${table('audit_sample')} AS s
      JOIN ${table('local_ids')} AS l ON ${sameSubject('s', 'l')}
      LEFT JOIN (SELECT n.sdp_a, n.sdp_b, n.nhs_a, n.nhs_b, n.source, n.subject_a, n.subject_b, m.local_a, m.local_b, false AS is_witness
            FROM ${relation} AS n
            JOIN (${SOUGHT}) AS w ON ${samePair('sdp', 'n', 'w')}
            JOIN ${table('local_ids')} AS m ON ${sameSubject('n', 'm')}
            WHERE ${isKnown('n')}
            UNION ALL
            SELECT sdp_a, sdp_b, nhs_a, nhs_b, NULL, NULL, NULL, local_a, local_b, true
            FROM ${table('witnesses')}
            WHERE local_a IS NOT NULL) AS k
        ON ${samePair('sdp', 's', 'k')} AND ${samePair('local', 'l', 'k')}
       AND (k.is_witness OR NOT (${sameSubject('s', 'k')}))
      WHERE s.part = ${PARTS.hidden}
      GROUP BY s.source, s.subject_a, s.subject_b, k.nhs_a, k.nhs_b) AS found
GROUP BY source, subject_a, subject_b`,
  });
}

/** `audit_found`: the numbers that other subjects have with each sampled subject's tuple, without its own part. */
function foundStep(hasLocal: boolean, isFlat: boolean): Step {
  return step({
    name: 'audit_found',
    about:
      'whether other subjects have each sampled tuple with its own number, and with how many other numbers',
    sql: sql`SELECT s.*, ${isFlat ? 'coalesce(r.records, 1)' : '1'} AS records,
       coalesce(o.subjects, 0) > CASE WHEN m.subject_a IS NULL THEN 0 ELSE 1 END AS is_own_known,
       coalesce(t.numbers, 0) - CASE WHEN o.nhs_a IS NULL THEN 0 ELSE 1 END AS others,
       e.sdp_a IS NOT NULL AS is_own_witnessed,
       coalesce(v.new_numbers, 0) - CASE WHEN coalesce(e.is_new, false) THEN 1 ELSE 0 END AS other_witnesses${
         hasLocal
           ? `,
       s.part = ${PARTS.hidden} AND coalesce(l.own, 0) > 0 AS is_own_local, coalesce(l.others, 0) AS local_others,
       coalesce(l.own_heard, 0) + coalesce(l.others_heard, 0) AS local_heard`
           : ''
       }
FROM ${table('audit_sample')} AS s
LEFT JOIN (SELECT DISTINCT sdp_a, sdp_b, numbers FROM ${table('audit_numbers')}) AS t ON ${samePair('sdp', 's', 't')}
LEFT JOIN ${table('audit_numbers')} AS o
  ON ${samePair('sdp', 's', 'o')} AND ${samePair('nhs', 's', 'o')}
LEFT JOIN (SELECT DISTINCT sdp_a, sdp_b, new_numbers FROM ${table('audit_witnessed')}) AS v ON ${samePair('sdp', 's', 'v')}
LEFT JOIN ${table('audit_witnessed')} AS e
  ON ${samePair('sdp', 's', 'e')} AND ${samePair('nhs', 's', 'e')}
LEFT JOIN ${table('audit_known')} AS m
  ON ${samePair('sdp', 's', 'm')} AND ${samePair('nhs', 's', 'm')}
 AND ${sameSubject('s', 'm')}${
   hasLocal
     ? sql`
LEFT JOIN ${table('audit_local')} AS l ON ${sameSubject('s', 'l')}`
     : ''
 }${
   isFlat
     ? sql`
LEFT JOIN ${table('audit_records')} AS r ON ${sameSubject('s', 'r')}`
     : ''
 }`,
  });
}

/** What a rank without the number goes by: columns of `audit_found`; `heard` counts the numbers of witnesses too. */
function candidateOf({ agree }: MatchRank): { own: string; others: string; heard: string } {
  return agree.includes('local-patient-id')
    ? { own: 'is_own_local', others: 'local_others', heard: 'local_heard' }
    : {
        own: 'is_own_known',
        others: 'others',
        heard: 'CASE WHEN is_own_known OR is_own_witnessed THEN 1 ELSE 0 END + others + other_witnesses',
      };
}

/** Exactly one number is known, no witness has another, and no exception holds. */
function holds(rank: MatchRank): string {
  const { own, others, heard } = candidateOf(rank);
  const exceptions = rank.unless.map((one) =>
    one === 'first-of-january' ? 'NOT first_of_january' : 'NOT ignored_postcode',
  );
  return [`CASE WHEN ${own} THEN 1 ELSE 0 END + ${others} = 1`, `${heard} = 1`, ...exceptions].join(' AND ');
}

/**
 * `audit_outcomes`: what the sample came to, counted. Of a hidden subject, `found` is the place of the first rank without the
 * number that links it (NULL for none), and `is_right` whether that is to its own number.
 */
function outcomesStep(ladder: Ladder, linksByTuple: Sql | null): Step {
  const weak = ladder.flatMap((one, index) => (requiresNhsNumber(one) ? [] : [{ rank: one, place: index }]));
  const isLooked = sql`part = ${PARTS.hidden}${linksByTuple === null ? '' : sql` AND ${linksByTuple}`}`;
  const first = (value: (one: (typeof weak)[number]) => string, type: string) =>
    weak.length === 0
      ? `CAST(NULL AS ${type})`
      : sql`CAST(CASE WHEN NOT (${isLooked}) THEN NULL ${weak
          .map((one) => `WHEN ${holds(one.rank)} THEN ${value(one)}`)
          .join(' ')} END AS ${type})`;
  const told = 'part, place, found, is_right, has_match, is_own_known, has_others, is_open';
  return step({
    name: 'audit_outcomes',
    about: 'what the sample came to, counted',
    sql: sql`SELECT ${told}, count(*) AS subjects, sum(records) AS records, sum(records * records) AS squares
FROM (SELECT part, place, ${first(({ place }) => String(place), 'TINYINT')} AS found,
             ${first(({ rank }) => candidateOf(rank).own, 'BOOLEAN')} AS is_right, has_match,
             is_own_known, others > 0 AS has_others, records,
             sdp_a IS NOT NULL AND NOT first_of_january AND NOT is_at_odds AND NOT is_own_known AS is_open
      FROM ${table('audit_found')}) AS told
GROUP BY ${told}`,
  });
}

/** What is looked up, and in what. */
export interface LookUp {
  readonly ladder: Ladder;
  readonly numbered: NumberedRelation;
  /** linking left `address_tuples` */
  readonly hasAddresses: boolean;
  /** the sample's records have been counted (`audit_records`) */
  readonly hasFlatRows: boolean;
  /** true where links without the number are probable enough; null where none is refused */
  readonly linksByTuple: Sql | null;
}

/** The sample is looked up among all other subjects, and the outcomes are counted. */
export function lookUpSteps({ ladder, numbered, hasAddresses, hasFlatRows, linksByTuple }: LookUp): Step[] {
  const hasLocal = requiresField(ladder, 'local-patient-id');
  return [
    knownStep(numbered, hasAddresses),
    NUMBERS,
    WITNESSED,
    ...(hasLocal ? [localStep(numbered)] : []),
    foundStep(hasLocal, hasFlatRows),
    outcomesStep(ladder, linksByTuple),
  ];
}
