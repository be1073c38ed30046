/** Postcodes in SQL: the rules of domain/postcode.ts, over text columns. */
import { GIROBANK, POSTCODE_CHARACTERS } from '../../domain/postcode.ts';
import { GIBRALTAR, TERRITORY_POSTCODES } from '../../domain/postcode-pseudo.ts';
import {
  codeOf,
  namesUnder,
  outcomeSql,
  patternLiteral,
  type StandardisedSql,
  textLiteral,
  trimmedSql,
  unrecognisedSql,
} from './standardised-sql.ts';

const { digit, tens, firstLetter, secondLetter, outwardEnd, inwardLetter } = POSTCODE_CHARACTERS;
/** The six shapes at once: after the letters a digit, then a letter or nothing, or, unless that digit is 0, a digit. */
const OUTWARD = `[${firstLetter}][${secondLetter}]?(?:[${tens}][${digit}${outwardEnd}]?|0[${outwardEnd}]?)`;
const INWARD = `[${digit}][${inwardLetter}]{2}`;

const AS_WRITTEN = textLiteral(`${OUTWARD} {0,3}${INWARD}`);
const COMPACT = textLiteral(`${OUTWARD}${INWARD}|${GIROBANK}`);
const TWO_PARTS = patternLiteral('[A-Za-z0-9]{2,4}[ _]{0,3}[A-Za-z0-9]{3}');
const PSEUDO = textLiteral(`ZZ99[0-9][A-Z]{2}|${TERRITORY_POSTCODES.join('|')}`);

/**
 * The value is the canonical postcode, VARCHAR, upper case without space.
 *
 * One pattern settles the usual cell: a shape in upper case with spaces or none. Everything else (lower case,
 * underscores, repairs, pseudo-postcodes) takes the slow way round, on those rows only.
 */
export function postcodeSql(column: string, prefix: string): StandardisedSql {
  const name = namesUnder(prefix, ['plain', 'written', 'compact', 'value', 'outcome']);
  return {
    layers: [
      [{ name: name.plain, sql: `regexp_full_match(${column}, ${AS_WRITTEN})` }],
      [
        {
          name: name.written,
          sql: `CASE WHEN ${name.plain} THEN replace(${column}, ' ', '')
            WHEN regexp_full_match(${column}, ${TWO_PARTS})
            THEN upper(replace(replace(${trimmedSql(column)}, ' ', ''), '_', '')) END`,
        },
      ],
      [
        {
          name: name.compact,
          sql: `CASE WHEN ${name.plain} THEN ${name.written} ELSE ${settleInward(name.written)} END`,
        },
      ],
      [
        {
          name: name.value,
          sql: `CASE WHEN ${name.plain} AND ${name.compact} <> '${GIBRALTAR}' THEN ${name.compact}
            WHEN ${name.compact} IS NULL OR regexp_full_match(${name.compact}, ${PSEUDO}) THEN NULL
            WHEN regexp_full_match(${name.compact}, ${COMPACT}) THEN ${name.compact}
            ELSE nullif(${repaired(name.compact)}, '${GIBRALTAR}') END`,
        },
      ],
      [
        {
          name: name.outcome,
          sql: outcomeSql(`CASE WHEN ${name.value} = ${name.written} THEN ${codeOf('valid')}
            WHEN ${name.value} IS NOT NULL THEN ${codeOf('repaired')}
            WHEN ${name.written} IS NULL THEN ${unrecognisedSql(column)}
            WHEN regexp_full_match(${name.compact}, ${PSEUDO}) OR ${repaired(name.compact)} = '${GIBRALTAR}'
            THEN ${codeOf('pseudo')} ELSE ${codeOf('invalid')} END`),
        },
      ],
    ],
    value: name.value,
    outcome: name.outcome,
  };
}

/**
 * A compact text with an O or I at the start of its inward part, the last three characters, read as a digit.
 */
function settleInward(written: string): string {
  const withDigit = (inward: string) => `left(${written}, -3) || '${inward}' || right(${written}, 2)`;
  return `CASE substr(${written}, -3, 1) WHEN 'O' THEN ${withDigit('0')} WHEN 'I' THEN ${withDigit('1')}
    ELSE ${written} END`;
}

/**
 * A compact text that has no shape as it stands, with 0/O and 1/I exchanged, where that can be done in one
 * way; NULL where it cannot.
 *
 * Shapes differ in one thing only as far as these pairs go: whether one or two letters come first, for the
 * letters that can follow a digit are never O or I. So there are two readings, often the same one, and a
 * repair is the only that fits.
 */
function repaired(compact: string): string {
  const reading = (letters: number) =>
    `translate(left(${compact}, ${letters}), '01', 'OI') || translate(substr(${compact}, ${letters + 1}), 'OI', '01')`;
  const fits = (letters: number) => `regexp_full_match(${reading(letters)}, ${COMPACT})`;
  return `CASE WHEN ${fits(1)} AND (${reading(1)} = ${reading(2)} OR NOT ${fits(2)}) THEN ${reading(1)}
    WHEN ${fits(2)} AND NOT ${fits(1)} THEN ${reading(2)} END`;
}
