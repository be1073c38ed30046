import { type Ladder, requiresNhsNumber } from '../../domain/match-rank.ts';
import { BOTH_DATED, PARTIAL_DATE, sameField, WHOLE_DATE } from './compared-fields-sql.ts';
import { LEVELS, type NumberPattern } from './match-weights/estimate.ts';

/*
 * Patterns as the SQL counts them: small whole numbers. 0 to 35 are the patterns of two subjects of one NHS number, so that
 * all those of one subject fit into the bits of one BIGINT; three more are those of pairs of one sex|birth date|postcode.
 */

const SEX = [...LEVELS.sex, 'missing'] as const;
const BIRTH = [...LEVELS['date-of-birth'], 'missing'] as const;
const POSTCODE = [...LEVELS.postcode, 'missing'] as const;

/** By its number, each pattern of two subjects of one NHS number. */
export const NUMBER_PATTERNS: readonly NumberPattern[] = SEX.flatMap((sex) =>
  BIRTH.flatMap((birth) => POSTCODE.map((postcode) => ({ sex, 'date-of-birth': birth, postcode }))),
);

/** Numbers of the patterns of two subjects of one sex|birth date|postcode, by whether their NHS numbers agree. */
export const TUPLE_PATTERNS = {
  agree: NUMBER_PATTERNS.length,
  disagree: NUMBER_PATTERNS.length + 1,
  missing: NUMBER_PATTERNS.length + 2,
} as const;

/** SQL over `s` and `r`, of one NHS number: a BIGINT with the bit of their pattern. */
export function patternBitSql(ladder: Ladder): string {
  const level = (part: string) =>
    `CASE WHEN s.compared_${part} IS NULL OR r.compared_${part} IS NULL THEN 2 WHEN ${sameField(part)} THEN 0 ELSE 1 END`;
  const birth = `CASE WHEN NOT (${BOTH_DATED}) THEN 3 WHEN ${WHOLE_DATE} THEN 0 WHEN ${PARTIAL_DATE} THEN 1 ELSE 2 END`;
  // where no rank compares postcodes under a number, they have no tokens under it
  const postcode = ladder.some((rank) => requiresNhsNumber(rank) && rank.agree.includes('postcode'))
    ? level('postcode')
    : '2';
  const pattern = `(${level('sex')}) * ${BIRTH.length * POSTCODE.length} + (${birth}) * ${POSTCODE.length} + ${postcode}`;
  return `CAST(1 AS BIGINT) << CAST(${pattern} AS INTEGER)`;
}

/** SQL, true if a subject's `patterns` have the one of that number. */
export function hasPatternSql(patterns: string, pattern: string): string {
  return `(${patterns} & (CAST(1 AS BIGINT) << CAST(${pattern} AS INTEGER))) <> 0`;
}
