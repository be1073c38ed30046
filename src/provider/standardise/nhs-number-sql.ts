/** NHS numbers in SQL: the rules of domain/nhs-number.ts, over text columns, at the speed of the read. */
import type { NhsNumberSettings } from '../../domain/nhs-number.ts';
import {
  codeOf,
  namesUnder,
  outcomeSql,
  patternLiteral,
  type StandardisedSql,
  trimmedSql,
  unrecognisedSql,
} from './standardised-sql.ts';

const TEN_DIGITS = patternLiteral('[0-9]{10}|[0-9]{3} [0-9]{3} [0-9]{4}|[0-9]{3}-[0-9]{3}-[0-9]{4}');
const LEADING_ZERO_LOST = patternLiteral('[1-9][0-9]{8}');
const ONLY_ZEROS = patternLiteral('0{1,9}');

/**
 * The value is the ten digits as a BIGINT; leading zeros are put back where it is hashed or shown.
 *
 * Ten digits and nothing else is what nearly every cell holds, and it is told without a pattern (15 ns with
 * the cast, where a pattern and the cast take 57). DuckDB's cast alone would take '+123456789', '123456789 ',
 * '1_000_000', '1.5', '12e8' and '0x12345678' for numbers. But ten bytes that begin with 1 to 9 (so no
 * sign, blank or 0x) and come to 1,000,000,000 or more have no byte to spare: a blank, an underscore or a
 * point takes the place of a digit, and too small a number comes out. Only an exponent makes up for it; it
 * leaves at least two zeros at the end. So what ends in 00, and whatever else is not plain, goes the slow
 * way round, where patterns decide. The same holds for 3-3-4 without its spaces.
 */
export function nhsNumberSql(column: string, prefix: string, settings: NhsNumberSettings): StandardisedSql {
  const name = namesUnder(prefix, ['cast', 'number', 'sum', 'outcome', 'value']);
  const firstRefused = settings.allowTestRange ? '10000000000' : '9000000000';
  return {
    layers: [
      [
        {
          name: name.cast,
          sql: `CASE WHEN NOT (${column} >= '1' AND ${column} < ':') THEN NULL
            WHEN strlen(${column}) = 10 THEN TRY_CAST(${column} AS BIGINT)
            WHEN ${column} LIKE '___ ___ ____' THEN TRY_CAST(replace(${column}, ' ', '') AS BIGINT) END`,
        },
      ],
      [
        {
          name: name.number,
          sql: `CASE WHEN ${name.cast} >= 1000000000 AND ${name.cast} % 100 <> 0 THEN ${name.cast}
            ELSE ${slowNumber(column)} END`,
        },
      ],
      [{ name: name.sum, sql: weightedSum(name.number) }],
      [
        {
          name: name.outcome,
          sql: outcomeSql(`CASE
            WHEN ${name.number} IS NULL THEN ${unrecognisedSql(column)}
            WHEN ${name.number} % 1111111111 = 0 OR ${name.number} % 1000000001 = 0 THEN ${codeOf('placeholder')}
            WHEN ${name.sum} % 11 <> 0 THEN ${codeOf('invalid')}
            WHEN ${name.number} >= ${firstRefused} THEN ${codeOf('test-range')}
            WHEN ${name.number} >= 1000000000 THEN ${codeOf('valid')}
            WHEN regexp_full_match(${column}, ${LEADING_ZERO_LOST}) THEN ${codeOf('repaired')}
            ELSE ${codeOf('valid')} END`),
        },
      ],
      [
        {
          name: name.value,
          sql: `CASE WHEN ${name.outcome} <= ${codeOf('repaired')} THEN ${name.number} END`,
        },
      ],
    ],
    value: name.value,
    outcome: name.outcome,
  };
}

/**
 * The number in a cell of any accepted form; NULL where there is none. Padding with a zero leaves a number
 * as it is.
 */
function slowNumber(column: string): string {
  return `CASE WHEN ${column} IS NULL OR ${column} = '' THEN NULL
    WHEN regexp_full_match(${column}, ${TEN_DIGITS}) THEN CAST(regexp_replace(${column}, '[^0-9]', '', 'g') AS BIGINT)
    WHEN regexp_full_match(${column}, ${LEADING_ZERO_LOST}) THEN CAST(${trimmedSql(column)} AS BIGINT)
    WHEN regexp_full_match(${column}, ${ONLY_ZEROS}) THEN 0 END`;
}

/**
 * A multiple of 11 exactly where the check digit is right.
 *
 * The rule asks that 10 d1 + 9 d2 + ... + 2 d9 + 1 d10 be one. With n(k) the number without its last k
 * digits, d10 = n(0) - 10 n(1), d9 = n(1) - 10 n(2) and so on; collected, and with 10 = -1 (mod 11), that is
 * the sum of (2k + 1) n(k). The factors 1 3 5 7 9 11 13 15 17 19 are 1 3 5 -4 -2 0 2 4 -5 -3 (mod 11), so
 * one division falls away and the rest pair up: 8 divisions where picking out digits takes 18. Largest term
 * 3 * 10^9: no overflow.
 */
function weightedSum(number: string): string {
  const without = (digits: number) => `${number} // ${10 ** digits}`;
  const pair = (factor: number, plus: number, minus: number) =>
    `${factor} * (${without(plus)} - ${without(minus)})`;
  return [number, pair(3, 1, 9), pair(5, 2, 8), pair(4, 7, 3), pair(2, 6, 4)].join(' + ');
}
