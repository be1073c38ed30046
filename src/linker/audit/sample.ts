import { LOTS } from '../../domain/audit-sample.ts';
import { type Ladder, requiresNhsNumber } from '../../domain/match-rank.ts';
import { columnList, NUMBERED_COLUMNS } from '../../sql/columns.ts';
import { same, sameSubject } from '../../sql/same.ts';
import { type Sql, sql, table, unionAll } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';
import type { NumberedRelation } from './numbered.ts';

/**
 * What samples are drawn with. Any whole number between 1 and the modulus would do; this one is the multiplier of the "minimal
 * standard" generator (Park, Miller and Stockmeyer, CACM 1993), whose modulus is `LOTS` too.
 */
export const AUDIT_SEED = 48_271;

export interface Draw {
  readonly sample: number;
  readonly seed: number;
}

/** The parts of the sample: subjects whose number is hidden, and links that are looked at as they are. */
export const PARTS = { hidden: 0, link: 1 } as const;

/**
 * The lot of subject `n`, from 0 to the modulus. `draw` is derived from its token, and so stays with it whatever the order of rows. A product of
 * two factors below 2^31 fits a BIGINT.
 */
const lot = (seed: number) => `CAST(n.draw AS BIGINT) * ${seed} % ${LOTS}`;

/** Subjects whose number is not taken for their own. */
const CONTRADICTED = sql`LEFT JOIN (SELECT subject FROM ${table('subject_persons')} WHERE is_contradicted) AS x
  ON ${sameSubject('n', 'x')}`;

/**
 * `audit_links`: for each rank of the ladder, its links (subjects of a later source than the first that has their number), and the
 * subjects it would have linked that are contradicted.
 */
function linksStep(ladder: Ladder, { relation }: NumberedRelation): Step {
  const weak = ladder.flatMap((one, index) =>
    requiresNhsNumber(one) ? [] : [{ ...one, ladderIndex: index }],
  );
  const weakLinks =
    weak.length === 0
      ? ''
      : sql`
UNION ALL
SELECT CAST(CASE match_rank ${weak.map(({ rank, ladderIndex }) => `WHEN ${rank} THEN ${ladderIndex}`).join(' ')} END AS TINYINT) AS place,
       count(*) AS links, CAST(0 AS BIGINT) AS contradicted
FROM ${table('subject_persons')}
WHERE is_tied AND match_rank IN (${weak.map(({ rank }) => rank).join(', ')})
GROUP BY match_rank`;
  return step({
    name: 'audit_links',
    about: 'links made by each rank, and subjects it would have linked that are contradicted',
    sql: sql`SELECT n.place, count(*) FILTER (WHERE x.subject IS NULL) AS links,
       count(*) FILTER (WHERE x.subject IS NOT NULL AND n.is_at_odds) AS contradicted
FROM ${relation} AS n
JOIN ${table('number_sources')} AS f ON ${same('nhs', 'n', 'f')} AND n.source <> f.source
${CONTRADICTED}
WHERE n.source > 0 AND n.place IS NOT NULL AND NOT n.is_kept_out
GROUP BY n.place${weakLinks}`,
  });
}

/**
 * `audit_quotas`: how many subjects of each source are to have their number hidden. Ranks without the number work on subjects
 * that have none, so the sources count in proportion to those; where every subject has one, in proportion to what the
 * sources after the first hold (README.md, "The sample").
 */
function quotasStep({ sample }: Draw): Step {
  return step({
    name: 'audit_quotas',
    about: 'how many subjects of each source are to have their NHS number hidden',
    sql: sql`SELECT source, numbered, CAST(floor(CAST(${sample} * weight AS DOUBLE) / all_weight) AS BIGINT) AS quota
FROM (SELECT source, numbered, weight, sum(weight) OVER () AS all_weight
      FROM (SELECT source, numbered,
                   CASE WHEN sum(missing) OVER () > 0 THEN missing WHEN source > 0 THEN numbered ELSE 0 END AS weight
            FROM (SELECT source, count(nhs) AS numbered, count(*) - count(nhs) AS missing
                  FROM ${table('subjects')}
                  GROUP BY source) AS sources) AS weighed) AS shared
WHERE weight > 0`,
  });
}

const CHOSEN = [...NUMBERED_COLUMNS, 'is_at_odds', 'place'];

/**
 * `audit_drawn`: subjects that may be sampled. A threshold on the lots takes a few more than are wanted (a tenth and a
 * thousand: ten standard deviations and more), so that only those are looked at and put in order: time is linear in the subjects.
 */
function drawnStep({ relation }: NumberedRelation, { sample, seed }: Draw): Step {
  const isFew = (wanted: string, of: string) =>
    `n.lot * ${of} < ${LOTS} * (${wanted} + ${wanted} / 10 + 1000)`;
  const lots = sql`(SELECT ${columnList(CHOSEN, 'n')}, n.is_kept_out, ${lot(seed)} AS lot FROM ${relation} AS n)`;
  return step({
    name: 'audit_drawn',
    about: 'subjects with an NHS number that their lots bring near the sample',
    sql: sql`SELECT ${PARTS.hidden} AS part, q.source AS stratum, q.quota AS wanted, n.lot, ${columnList(CHOSEN, 'n')}
FROM ${lots} AS n
JOIN ${table('audit_quotas')} AS q ON n.source = q.source AND ${isFew('q.quota', 'q.numbered')}
UNION ALL
SELECT ${PARTS.link} AS part, n.place AS stratum, ${sample} AS wanted, n.lot, ${columnList(CHOSEN, 'n')}
FROM ${lots} AS n
JOIN ${table('audit_links')} AS k ON n.place = k.place AND ${isFew(String(sample), 'k.links')}
WHERE n.source > 0 AND NOT n.is_kept_out`,
  });
}

/** `audit_sample`: the sample. */
function sampleStep(ladder: Ladder): Step {
  const needsIgnored = ladder.some(({ unless }) => unless.includes('ignored-postcode'));
  const weak = ladder.filter((one) => !requiresNhsNumber(one)).map(({ rank }) => rank);
  const joined =
    weak.length === 0
      ? ''
      : sql`
      LEFT JOIN (SELECT DISTINCT anchor
                 FROM ${table('subject_persons')}
                 WHERE is_tied AND match_rank IN (${weak.join(', ')})) AS w
        ON ${same('nhs', 'n', 'w', 'anchor')}`;
  return step({
    name: 'audit_sample',
    about: 'subjects whose NHS number is hidden, and links of each rank that are looked at',
    sql: sql`SELECT c.part, ${columnList(CHOSEN, 'c')}, c.has_match${needsIgnored ? ', s.ignored_postcode' : ''}
FROM (SELECT n.*, ${weak.length === 0 ? 'f.subjects > 1' : 'f.subjects > 1 OR w.anchor IS NOT NULL'} AS has_match,
             row_number() OVER (PARTITION BY n.part, n.stratum ORDER BY n.lot, t.subject_a, t.subject_b, n.source) AS nth
      FROM ${table('audit_drawn')} AS n
      JOIN ${table('subjects')} AS t ON ${sameSubject('n', 't')}
      JOIN ${table('number_sources')} AS f ON ${same('nhs', 'n', 'f')}
      ${CONTRADICTED}${joined}
      WHERE x.subject IS NULL AND (n.part = ${PARTS.hidden} OR n.source <> f.source)) AS c${
        needsIgnored
          ? sql`
JOIN ${table('subjects')} AS s ON ${sameSubject('c', 's')}`
          : ''
      }
WHERE c.nth <= c.wanted`,
  });
}

/** Flat stored rows, several of which may have one subject. */
export interface FlatRows {
  readonly source: number;
  /** the stored rows */
  readonly relation: Sql;
}

/** `audit_records`: the rows of each subject of a flat table that is sampled or has no number; a patient has one. */
function recordsStep(flat: readonly FlatRows[]): Step {
  const parts = flat.map(({ relation }) => sql`SELECT subject FROM ${relation} AS row`);
  return step({
    name: 'audit_records',
    about: 'how many records of a flat table each subject has that is sampled or has no NHS number',
    sql: sql`SELECT s.subject, count(*) AS records
FROM (${unionAll(parts)}) AS r
JOIN (SELECT subject
      FROM ${table('subjects')} AS n
      WHERE nhs IS NULL OR EXISTS (SELECT 1 FROM ${table('audit_sample')} AS a WHERE ${sameSubject('a', 'n')})) AS s
  ON ${sameSubject('r', 's')}
GROUP BY s.subject`,
  });
}

/** `audit_numberless`: subjects without a number, and their records, by the index in the ladder of the rank that linked them (NULL for none). */
function numberlessStep(ladder: Ladder, hasFlatRows: boolean): Step {
  const cases = ladder.map(({ rank }, index) => `WHEN ${rank} THEN ${index}`).join(' ');
  return step({
    name: 'audit_numberless',
    about: 'subjects without an NHS number, and their records, by the rank that linked them',
    sql: sql`SELECT place, count(*) AS subjects, sum(records) AS records, sum(records * records) AS squares
FROM (SELECT CAST(CASE WHEN p.is_tied THEN CASE p.match_rank ${cases} END END AS TINYINT) AS place,
             ${hasFlatRows ? 'coalesce(r.records, 1)' : '1'} AS records
      FROM ${table('subjects')} AS s
      JOIN ${table('subject_persons')} AS p ON ${sameSubject('s', 'p')}${
        hasFlatRows
          ? sql`
      LEFT JOIN ${table('audit_records')} AS r ON ${sameSubject('s', 'r')}`
          : ''
      }
      WHERE s.nhs IS NULL) AS placed
GROUP BY place`,
  });
}

/** What is audited: links are counted, and a sample is drawn of them and of subjects that carry a number. */
export function sampleSteps(
  ladder: Ladder,
  numbered: NumberedRelation,
  flat: readonly FlatRows[],
  draw: Draw,
): Step[] {
  return [
    linksStep(ladder, numbered),
    quotasStep(draw),
    drawnStep(numbered, draw),
    sampleStep(ladder),
    ...(flat.length === 0 ? [] : [recordsStep(flat)]),
    numberlessStep(ladder, flat.length > 0),
  ];
}
