/** Sex in SQL: the rules of domain/sex.ts, over text columns. */
import { type SexCode, type SexMap, sexCodes } from '../../domain/sex.ts';
import {
  codeOf,
  namesUnder,
  outcomeSql,
  type StandardisedSql,
  textLiteral,
  trimmedSql,
  unrecognisedSql,
} from './standardised-sql.ts';

/**
 * The value is a TINYINT, 1 male or 2 female. Cells are compared unchanged first, and trimmed if nothing
 * fits.
 */
export function sexSql(column: string, prefix: string, map: SexMap): StandardisedSql {
  const name = namesUnder(prefix, ['code', 'value', 'outcome']);
  const codes = [...sexCodes(map)].filter(([text]) => text !== '');
  const lookUp = (cell: string, otherwise: string) =>
    `CASE ${cell} ${codes.map(([text, code]) => `WHEN ${textLiteral(text)} THEN ${code}`).join(' ')} ELSE ${otherwise} END`;
  const coded = (code: SexCode) => `${name.code} = ${code}`;
  return {
    layers: [
      [{ name: name.code, sql: lookUp(column, lookUp(trimmedSql(column), 'NULL')) }],
      [
        { name: name.value, sql: `CASE WHEN ${name.code} IN (1, 2) THEN CAST(${name.code} AS TINYINT) END` },
        {
          name: name.outcome,
          sql: outcomeSql(`CASE WHEN ${name.code} IN (1, 2) THEN ${codeOf('valid')}
            WHEN ${coded(0)} THEN ${codeOf('not-known')} WHEN ${coded(9)} THEN ${codeOf('not-specified')}
            ELSE ${unrecognisedSql(column)} END`),
        },
      ],
    ],
    value: name.value,
    outcome: name.outcome,
  };
}
