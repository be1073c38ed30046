import type { Ladder } from '../../domain/match-rank.ts';
import { CARE_SETTINGS, type CareSetting } from '../../domain/role.ts';
import { joined, type Sql, sql, table, unionAll } from '../../sql/sql.ts';
import { type Dialect, type Step, step } from '../../sql/step.ts';

/** One fact of a person, as small whole numbers, from every table that has it. */
export interface FactPlan {
  readonly name: string;
  /** per contributing table: SQL over `row` of a whole number from 0 to 2^28 - 1, NULL where the row does not say */
  readonly from: ReadonlyMap<string, string>;
}

/** A table that says something about persons. */
export interface FactTable {
  readonly name: string;
  readonly source: number;
  readonly relation: Sql;
  /** SQL that joins what its texts are released as to a row */
  readonly lookups: readonly Sql[];
  /** a flat table's date column: later rows win over earlier ones of the same source */
  readonly date: string | null;
}

/*
 * Sources may disagree about a person. The first source in the pipeline file wins, then the latest record, then the
 * smallest value: packed into one number, source (8 bits) | days left (17 bits) | value (28 bits), so that the best is
 * simply the least, and the order in which rows are met does not matter.
 */
const VALUE_BITS = 28;
const DAY_BITS = 17;
const LAST_DAY = 2 ** DAY_BITS - 1;

/** The best value of each fact for each released person. */
export function personFactsStep(
  tables: readonly FactTable[],
  facts: readonly FactPlan[],
  dialect: Dialect,
): Step {
  const parts = tables.map(({ name, source, relation, lookups, date }) => {
    const days =
      date === null
        ? '0'
        : `greatest(0, least(${LAST_DAY}, coalesce(CAST(row.${dialect.name(date)} AS DATE) - DATE '1900-01-01', 0)))`;
    const keys = facts.map(({ name: fact, from }) => {
      const value = from.get(name);
      const best = `(CAST(${source} AS BIGINT) << ${DAY_BITS + VALUE_BITS})
        + (CAST(${LAST_DAY} - ${days} AS BIGINT) << ${VALUE_BITS}) + CAST(${value} AS BIGINT)`;
      return `${value === undefined ? 'CAST(NULL AS BIGINT)' : best} AS ${fact}`;
    });
    return sql`SELECT n.person, ${keys.join(', ')}
FROM ${relation} AS row
JOIN ${table('subject_numbers')} AS n
  ON n.source = ${source} AND row.subject = n.subject${joined(
    lookups.map((join) => sql`\n${join}`),
    '',
  )}
WHERE n.person IS NOT NULL`;
  });
  const best = facts.map(({ name }) => `min(${name}) & ${2 ** VALUE_BITS - 1} AS ${name}`);
  return step({
    name: 'person_facts',
    about: 'what is known of each released person; the first source wins, then the latest record',
    sql: sql`SELECT person${best.map((one) => `, ${one}`).join('')}
FROM (\n${unionAll(parts)}\n) AS known
GROUP BY person`,
  });
}

/** Name of the table of the days on which a setting's released records saw each person (`rows/seen-days`). */
export function seenName(careSetting: CareSetting): string {
  return `seen_${careSetting}`;
}

/** Columns of `person_settings`: in which care settings a person was met, and by which ranks in each, a bit each. */
export const MET = 'met';

/** Bits that a care setting takes in `met`: one for each rank of the ladder, and one for no rank. */
function bitsOf(ladder: Ladder): number {
  return ladder.length + 1;
}

/** SQL of a care setting's part of `met`: bit p is set if its records were linked by the rank with index p in the ladder; 0 if it was not met. */
function metIn(careSetting: CareSetting, careSettings: readonly CareSetting[], ladder: Ladder): string {
  const bits = bitsOf(ladder);
  return `((${MET} >> ${careSettings.indexOf(careSetting) * bits}) & ${2 ** bits - 1})`;
}

/** SQL of the number of the weakest rank by which a care setting's records were linked to a person; NULL if it was not met. */
export function weakestRankSql(
  careSetting: CareSetting,
  careSettings: readonly CareSetting[],
  ladder: Ladder,
): string {
  const part = metIn(careSetting, careSettings, ladder);
  const ranks = ladder.map(({ rank }, index) => `WHEN ${part} >= ${2 ** index} THEN ${rank}`).reverse();
  return `CASE WHEN ${part} >= ${2 ** ladder.length} THEN 0 ${ranks.join(' ')} END`;
}

/**
 * The care settings in which each released person was met, one bit a care setting, and in `met` the ranks by which, in as many groups
 * of bits. One small number a person, so that saying it costs no more than the care settings alone did.
 */
export function personCareSettingsStep(sources: readonly CareSetting[], ladder: Ladder): Step {
  const careSettings = CARE_SETTINGS.filter((careSetting) => sources.includes(careSetting));
  const bits = bitsOf(ladder);
  const offset = `CASE source ${sources.map((one, source) => `WHEN ${source} THEN ${careSettings.indexOf(one) * bits}`).join(' ')} END`;
  const ladderIndex = `CASE match_rank ${ladder.map(({ rank }, index) => `WHEN ${rank} THEN ${index}`).join(' ')} ELSE ${ladder.length} END`;
  const isMet = careSettings.map(
    (careSetting) =>
      `CASE WHEN ${metIn(careSetting, careSettings, ladder)} > 0 THEN ${2 ** CARE_SETTINGS.indexOf(careSetting)} ELSE 0 END`,
  );
  return step({
    name: 'person_settings',
    about: 'the care settings in which each released person was met, and by which ranks in each',
    sql: sql`SELECT person, ${MET}, CAST(${isMet.join(' + ')} AS TINYINT) AS settings
FROM (SELECT person, bit_or(CAST(1 AS BIGINT) << (${offset} + ${ladderIndex})) AS ${MET}
      FROM ${table('subject_numbers')}
      WHERE person IS NOT NULL
      GROUP BY person) AS every_person`,
  });
}
