import type { OptOutCodeTable } from '../../domain/opt-out-codes.ts';
import type { ColumnSpec } from '../../pipeline/pipeline.ts';
import { textLiteral } from '../standardise/standardised-sql.ts';
import { optOutProbeName, writtenPattern } from './opt-out-probe.ts';

/** Characters of `8E+14`, the shortest text that rounding leaves of an identifier. */
const SHORTEST_ROUNDED = 5;

/**
 * SQL that is true of a cell of a column in which no opt-out is coded (a category, codes of another system, a number), where
 * it is, or may be, an opt-out code. Such a column is read with the rest of its table, so this is asked there.
 *
 * @param cell the raw cell; NULL is none
 */
export function isCodeElsewhereSql(column: ColumnSpec, cell: string, codes: OptOutCodeTable): string {
  const probe = `(${optOutProbeName(column.system ?? 'local')}(${cell})).class = 1`;
  return `CASE WHEN ${mayBeCodeElsewhereSql(cell, codes)} THEN ${probe} ELSE false END`;
}

/**
 * The filter before it, which lets through too much: anything with a character that is not ASCII, a code with whatever is
 * written between its characters, and what rounding may have left. The rule of the domain is then asked, once a distinct text.
 */
export function mayBeCodeElsewhereSql(cell: string, { codes }: OptOutCodeTable): string {
  const shortest = Math.min(SHORTEST_ROUNDED, ...codes.map(({ code }) => code.length));
  const identifiers = codes.flatMap(({ system, code }) => (system === 'snomed' ? [code] : []));
  const lengths = [...new Set(identifiers.map(({ length }) => length))];
  const pattern = [
    '[^\\x00-\\x7f]',
    ...codes.flatMap(({ system, code }) => (system === 'snomed' ? [] : [writtenPattern(code)])),
    ...identifiers.map((code) => [...code].join('[^0-9]*')),
    ...lengths.map((length) => `[0-9]{${length - 2}}00`),
    '[0-9](?:[.,][0-9]*[eE][+]?|[eE][+])[0-9]',
  ].join('|');
  // nested, because the engine may take the parts of an AND in any order, and a length costs a tenth of a pattern
  return `CASE WHEN strlen(${cell}) >= ${shortest} THEN regexp_matches(${cell}, ${textLiteral(pattern)}) ELSE false END`;
}
