import { type Ladder, type MatchRank, requiresField, requiresNhsNumber } from '../../domain/match-rank.ts';
import { same, sameSubject } from '../../sql/same.ts';
import { type Sql, sql, table } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';
import type { NumberedRelation } from './numbered.ts';
import { PARTS } from './sample.ts';

/** Holds of a numbered subject whose tuple is known of its number: the rule of src/linker/link/README.md, "Known". */
const isKnown = (n: string) =>
  `NOT ${n}.is_kept_out AND NOT ${n}.is_at_odds AND ${n}.tuple IS NOT NULL AND NOT ${n}.first_of_january`;

const SOUGHT = sql`SELECT DISTINCT tuple
FROM ${table('audit_sample')}
WHERE tuple IS NOT NULL AND NOT first_of_january`;

/** `audit_known`: of whom each sampled tuple is known, and by which subject. */
function knownStep({ relation }: NumberedRelation, hasAddresses: boolean): Step {
  const columns = 'n.nhs, n.subject';
  const earlier = sql`
UNION
SELECT a.tuple, ${columns}
FROM (SELECT a.* FROM ${table('address_tuples')} AS a JOIN (${SOUGHT}) AS w ON ${same('tuple', 'a', 'w')}) AS a
JOIN ${relation} AS n ON ${sameSubject('a', 'n')}
WHERE NOT n.is_kept_out AND NOT n.is_at_odds`;
  return step({
    name: 'audit_known',
    about:
      'the NHS numbers known for each sampled sex|birth date|postcode, and the subjects they are known by',
    sql: sql`SELECT n.tuple, ${columns}
FROM ${relation} AS n
JOIN (${SOUGHT}) AS w ON ${same('tuple', 'n', 'w')}
WHERE ${isKnown('n')}${hasAddresses ? earlier : ''}`,
  });
}

const NUMBERS = step({
  name: 'audit_numbers',
  about:
    'how many subjects each number is known by, for each sampled tuple, and how many numbers the tuple has',
  sql: sql`SELECT tuple, nhs, count(*) AS subjects, count(*) OVER (PARTITION BY tuple) AS numbers
FROM ${table('audit_known')}
GROUP BY tuple, nhs`,
});

/** `audit_witnessed`: the numbers that witnesses have for each sampled tuple, and how many of them no subject has there. */
const WITNESSED = step({
  name: 'audit_witnessed',
  about: 'the NHS numbers of witnesses for each sampled tuple, and how many of them no subject has there',
  sql: sql`SELECT v.tuple, v.nhs, k.subjects IS NULL AS is_new,
       count(*) FILTER (WHERE k.subjects IS NULL) OVER (PARTITION BY v.tuple) AS new_numbers
FROM (SELECT DISTINCT v.tuple, v.nhs
      FROM ${table('witnessed')} AS v JOIN (${SOUGHT}) AS w ON ${same('tuple', 'v', 'w')}) AS v
LEFT JOIN ${table('audit_numbers')} AS k
  ON ${same('tuple', 'v', 'k')} AND ${same('nhs', 'v', 'k')}`,
});

/** `audit_local`: for each subject with a hidden number, the numbers known with its tuple and one of its local ids. */
function localStep({ relation }: NumberedRelation): Step {
  return step({
    name: 'audit_local',
    about:
      'what numbers other subjects are known by that share tuple, provider and local id with a hidden one',
    sql: sql`SELECT subject,
       count(*) FILTER (WHERE is_own AND NOT is_witness) AS own, count(*) FILTER (WHERE NOT is_own AND NOT is_witness) AS others,
       count(*) FILTER (WHERE is_own) AS own_with_witnesses, count(*) FILTER (WHERE NOT is_own) AS others_with_witnesses
FROM (SELECT s.subject, k.nhs, bool_and(k.is_witness) AS is_witness,
             bool_or(coalesce(${same('nhs', 'k', 's')}, false)) AS is_own
      FROM ${table('audit_sample')} AS s
      JOIN ${table('local_ids')} AS l ON ${sameSubject('s', 'l')}
      LEFT JOIN (SELECT n.tuple, n.nhs, n.subject, m.local, false AS is_witness
            FROM ${relation} AS n
            JOIN (${SOUGHT}) AS w ON ${same('tuple', 'n', 'w')}
            JOIN ${table('local_ids')} AS m ON ${sameSubject('n', 'm')}
            WHERE ${isKnown('n')}
            UNION ALL
            SELECT tuple, nhs, NULL, local, true
            FROM ${table('witnesses')}
            WHERE local IS NOT NULL) AS k
        ON ${same('tuple', 's', 'k')} AND ${same('local', 'l', 'k')}
       AND (k.is_witness OR NOT (${sameSubject('s', 'k')}))
      WHERE s.part = ${PARTS.hidden}
      GROUP BY s.subject, k.nhs) AS found
GROUP BY subject`,
  });
}

/** `audit_found`: the numbers that other subjects have with each sampled subject's tuple, without its own part. */
function foundStep(hasLocal: boolean, isFlat: boolean): Step {
  return step({
    name: 'audit_found',
    about:
      'whether other subjects have each sampled tuple with its own number, and with how many other numbers',
    sql: sql`SELECT s.*, ${isFlat ? 'coalesce(r.records, 1)' : '1'} AS records,
       coalesce(o.subjects, 0) > CASE WHEN m.subject IS NULL THEN 0 ELSE 1 END AS is_own_known,
       coalesce(t.numbers, 0) - CASE WHEN o.nhs IS NULL THEN 0 ELSE 1 END AS others,
       e.tuple IS NOT NULL AS is_own_witnessed,
       coalesce(v.new_numbers, 0) - CASE WHEN coalesce(e.is_new, false) THEN 1 ELSE 0 END AS other_witnesses${
         hasLocal
           ? `,
       s.part = ${PARTS.hidden} AND coalesce(l.own, 0) > 0 AS is_own_local, coalesce(l.others, 0) AS local_others,
       coalesce(l.own_with_witnesses, 0) + coalesce(l.others_with_witnesses, 0) AS local_with_witnesses`
           : ''
       }
FROM ${table('audit_sample')} AS s
LEFT JOIN (SELECT DISTINCT tuple, numbers FROM ${table('audit_numbers')}) AS t ON ${same('tuple', 's', 't')}
LEFT JOIN ${table('audit_numbers')} AS o
  ON ${same('tuple', 's', 'o')} AND ${same('nhs', 's', 'o')}
LEFT JOIN (SELECT DISTINCT tuple, new_numbers FROM ${table('audit_witnessed')}) AS v ON ${same('tuple', 's', 'v')}
LEFT JOIN ${table('audit_witnessed')} AS e
  ON ${same('tuple', 's', 'e')} AND ${same('nhs', 's', 'e')}
LEFT JOIN ${table('audit_known')} AS m
  ON ${same('tuple', 's', 'm')} AND ${same('nhs', 's', 'm')}
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

/** What a rank without the number goes by: columns of `audit_found`; `withWitnesses` counts the numbers of witnesses too. */
function candidateOf({ agree }: MatchRank): { own: string; others: string; withWitnesses: string } {
  return agree.includes('local-patient-id')
    ? { own: 'is_own_local', others: 'local_others', withWitnesses: 'local_with_witnesses' }
    : {
        own: 'is_own_known',
        others: 'others',
        withWitnesses:
          'CASE WHEN is_own_known OR is_own_witnessed THEN 1 ELSE 0 END + others + other_witnesses',
      };
}

/** Exactly one number is known, no witness has another, and no exception holds. */
function holds(rank: MatchRank): string {
  const { own, others, withWitnesses } = candidateOf(rank);
  const exceptions = rank.unless.map((one) =>
    one === 'first-of-january' ? 'NOT first_of_january' : 'NOT ignored_postcode',
  );
  return [`CASE WHEN ${own} THEN 1 ELSE 0 END + ${others} = 1`, `${withWitnesses} = 1`, ...exceptions].join(
    ' AND ',
  );
}

/**
 * `audit_outcomes`: the outcomes of the sample, counted. Of a hidden subject, `found` is the index in the ladder of the first rank without the
 * number that links it (NULL for none), and `is_right` whether that is to its own number.
 */
function outcomesStep(ladder: Ladder, linksByTuple: Sql | null): Step {
  const weak = ladder.flatMap((one, index) =>
    requiresNhsNumber(one) ? [] : [{ rank: one, ladderIndex: index }],
  );
  const isLooked = sql`part = ${PARTS.hidden}${linksByTuple === null ? '' : sql` AND ${linksByTuple}`}`;
  const first = (value: (one: (typeof weak)[number]) => string, type: string) =>
    weak.length === 0
      ? `CAST(NULL AS ${type})`
      : sql`CAST(CASE WHEN NOT (${isLooked}) THEN NULL ${weak
          .map((one) => `WHEN ${holds(one.rank)} THEN ${value(one)}`)
          .join(' ')} END AS ${type})`;
  const kind = 'part, place, found, is_right, has_match, is_own_known, has_others, is_open';
  return step({
    name: 'audit_outcomes',
    about: 'the outcomes of the sample, counted',
    sql: sql`SELECT ${kind}, count(*) AS subjects, sum(records) AS records, sum(records * records) AS squares
FROM (SELECT part, place, ${first(({ ladderIndex }) => String(ladderIndex), 'TINYINT')} AS found,
             ${first(({ rank }) => candidateOf(rank).own, 'BOOLEAN')} AS is_right, has_match,
             is_own_known, others > 0 AS has_others, records,
             tuple IS NOT NULL AND NOT first_of_january AND NOT is_at_odds AND NOT is_own_known AS is_open
      FROM ${table('audit_found')}) AS outcomes
GROUP BY ${kind}`,
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
