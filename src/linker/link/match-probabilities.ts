import { columnList, NUMBERED_COLUMNS } from '../../sql/columns.ts';
import { same } from '../../sql/same.ts';
import { type Sql, sql, table } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';
import type { MatchWeights, PairCounts } from './match-weights/estimate.ts';
import { hasPatternSql, NUMBER_PATTERNS, TUPLE_PATTERNS } from './pair-pattern.ts';

/** How probable each pattern is a match: a table that is made from a run's own pairs (match-weights/README.md). */
export const PATTERN_PROBABILITIES = table('pattern_probabilities');

/** What match probabilities are used for. */
export interface ProbabilityPlan {
  /** a link of less is refused: 0 refuses none */
  readonly minProbability: number;
}

const IN_NO_CROWD = sql`NOT EXISTS (SELECT 1 FROM ${table('crowds')} AS c WHERE ${same('nhs', 'c', 'n')})`;

/** `pair_patterns`: the candidate pairs of the run, counted by pattern. A few rows, whatever the size of the run. */
export function pairPatternSteps(): Step[] {
  const numbers = NUMBER_PATTERNS.map((_, index) => `(${index})`).join(', ');
  return [
    step({
      name: 'lone_tuples',
      about: 'sex|birth date|postcode tokens that reference subjects of exactly one NHS number have',
      sql: sql`SELECT tuple, min(nhs) AS nhs
FROM (SELECT DISTINCT n.tuple, n.nhs
      FROM ${table('numbered')} AS n
      WHERE n.patterns IS NULL AND n.tuple IS NOT NULL AND NOT n.first_of_january AND ${IN_NO_CROWD}) AS known
GROUP BY tuple
HAVING count(*) = 1`,
    }),
    step({
      name: 'pair_patterns',
      about: 'candidate pairs by what they agree on, from which match weights are estimated',
      sql: sql`SELECT p.pattern, CAST(sum(m.subjects) AS DOUBLE) AS pairs
FROM (SELECT n.patterns, count(*) AS subjects
      FROM ${table('numbered')} AS n
      WHERE n.patterns IS NOT NULL AND ${IN_NO_CROWD}
      GROUP BY n.patterns) AS m
JOIN (VALUES ${numbers}) AS p(pattern) ON ${hasPatternSql('m.patterns', 'p.pattern')}
GROUP BY p.pattern
UNION ALL
SELECT CASE WHEN w.nhs IS NULL THEN ${TUPLE_PATTERNS.missing}
            WHEN ${same('nhs', 'w', 't')} THEN ${TUPLE_PATTERNS.agree}
            ELSE ${TUPLE_PATTERNS.disagree} END AS pattern, CAST(count(*) AS DOUBLE) AS pairs
FROM (SELECT n.tuple, n.nhs
      FROM ${table('numbered')} AS n
      WHERE n.patterns IS NOT NULL AND n.tuple IS NOT NULL AND ${IN_NO_CROWD}
      UNION ALL
      SELECT tuple, nhs
      FROM ${table('subjects')}
      WHERE nhs IS NULL AND tuple IS NOT NULL) AS w
JOIN ${table('lone_tuples')} AS t ON ${same('tuple', 't', 'w')}
GROUP BY 1`,
    }),
  ];
}

/** The counts in the rows of `pair_patterns`. */
export function pairCountsOf(rows: readonly Readonly<Record<string, unknown>>[]): PairCounts {
  const pairs = new Map(rows.map((row) => [Number(row['pattern']), Number(row['pairs'])]));
  const of = (pattern: number) => pairs.get(pattern) ?? 0;
  const { agree, disagree, missing } = TUPLE_PATTERNS;
  return {
    byNumber: NUMBER_PATTERNS.map((pattern, index) => ({ pattern, pairs: of(index) })).filter(
      (one) => one.pairs > 0,
    ),
    byTuple: { agree: of(agree), disagree: of(disagree), missing: of(missing) },
  };
}

/** The probability of every pattern by which a rank can link, as a table. */
export function patternProbabilitiesStep({ ofNumber, ofTuple }: MatchWeights): Step {
  const rows = [
    ...NUMBER_PATTERNS.map((pattern, index) => [index, ofNumber(pattern)] as const),
    [TUPLE_PATTERNS.missing, ofTuple] as const,
  ];
  const values = rows.map(([pattern, probability]) => `(${pattern}, ${doubleSql(probability)})`);
  return step({
    name: PATTERN_PROBABILITIES.text,
    about: 'how probable it is that a pair of each pattern is a match',
    sql: sql`SELECT pattern, probability
FROM (VALUES ${values.join(', ')}) AS every_pattern(pattern, probability)`,
  });
}

/** True where a link without the NHS number is as probable as is asked for: all of them are equally so. */
export function linksByTuple(minProbability: number): Sql {
  return sql`EXISTS (SELECT 1 FROM ${PATTERN_PROBABILITIES} AS w
    WHERE w.pattern = ${TUPLE_PATTERNS.missing} AND w.probability >= ${doubleSql(minProbability)})`;
}

/** `link_probabilities`: for every set of patterns that a subject of a number has, the probability of its best pair. */
export const linkProbabilitiesStep = step({
  name: 'link_probabilities',
  about: 'how probable a link by NHS number is, for every set of patterns that subjects have',
  sql: sql`SELECT m.patterns AS pattern_set, max(p.probability) AS match_probability
FROM (SELECT DISTINCT patterns FROM ${table('numbered')} WHERE patterns IS NOT NULL) AS m
JOIN ${PATTERN_PROBABILITIES} AS p
  ON p.pattern < ${NUMBER_PATTERNS.length} AND ${hasPatternSql('m.patterns', 'p.pattern')}
GROUP BY m.patterns`,
});

/** `numbered`, with the probability of each link, and with those of less than asked for kept out as well. */
export function numberedWithProbability({ minProbability }: ProbabilityPlan): Sql {
  return sql`(SELECT ${columnList(NUMBERED_COLUMNS)}, place, is_at_odds,
             match_probability, NOT is_kept_out AND is_improbable AS is_refused, is_kept_out OR is_improbable AS is_kept_out
      FROM (SELECT n.*, p.match_probability, coalesce(p.match_probability < ${doubleSql(minProbability)}, false) AS is_improbable
            FROM ${table('numbered')} AS n
            LEFT JOIN ${table('link_probabilities')} AS p ON p.pattern_set = n.patterns) AS with_probability)`;
}

/** A floating number in full: every SQL engine reads one with an exponent as just this one. */
export function doubleSql(value: number): string {
  return `CAST(${value.toExponential()} AS DOUBLE)`;
}
