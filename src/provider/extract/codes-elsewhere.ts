import { writtenForDigit } from '../../domain/damaged-code.ts';
import { LONG_IDENTIFIER, type OptOutCodeTable, plainOptOutCodes } from '../../domain/opt-out-codes.ts';
import { EXPONENT_MARK } from '../../domain/scientific-number.ts';
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
 * written between its characters, half of an identifier, and what rounding may have left. The rule of the domain is then asked, once a distinct text.
 */
export function mayBeCodeElsewhereSql(cell: string, { codes }: OptOutCodeTable): string {
  const shortest = Math.min(SHORTEST_ROUNDED, ...codes.map(({ code }) => code.length));
  const identifiers = codes.flatMap(({ system, code }) => (system === 'snomed' ? [code] : []));
  const lengths = [...new Set(identifiers.map(({ length }) => length))];
  const pattern = [
    '[^\\x00-\\x7f]',
    ...codes.flatMap(({ system, code }) => (system === 'snomed' ? [] : [writtenPattern(code)])),
    ...identifiers.flatMap((code) =>
      code.length < LONG_IDENTIFIER ? [[...code].join('[^0-9]*')] : partsOfDamaged(code).map(digitsPattern),
    ),
    ...lengths.map((length) => `[0-9]{${length - 2}}00`),
    `[0-9](?:[.,][0-9]*${EXPONENT_MARK}[+]?|${EXPONENT_MARK}[+])[0-9]`,
  ].join('|');
  // nested, because the engine may take the parts of an AND in any order, and a length costs a tenth of a pattern
  return `CASE WHEN strlen(${cell}) >= ${shortest} THEN regexp_matches(${cell}, ${textLiteral(pattern)}) ELSE false END`;
}

/**
 * SQL that is true of a key that is an opt-out code as most systems write it: of a row in which key and code changed places.
 * Keys are as many as patients, so that they are compared with a list, and only those of the length of a code.
 */
export function isCodeForKeySql(cell: string, codes: OptOutCodeTable): string {
  const forms = plainOptOutCodes(codes);
  const lengths = [...new Set(forms.map((form) => Buffer.byteLength(form)))];
  return `CASE WHEN strlen(${cell}) IN (${lengths.join(', ')}) THEN ${cell} IN (${forms.map(textLiteral).join(', ')}) ELSE false END`;
}

/**
 * Parts of an identifier, one of which one damage always leaves: its halves, or both where two neighbours are swapped that
 * are not of the same half.
 */
function partsOfDamaged(code: string): string[] {
  const half = Math.floor(code.length / 2);
  const [start, end] = [code.slice(0, half), code.slice(half)];
  return [start, end, `${start.slice(0, -1)}${end[0]}${start.at(-1)}${end.slice(1)}`];
}

/** Digits in every way that they are written for, with separators in between. */
function digitsPattern(digits: string): string {
  return [...digits].map((digit) => `[${writtenForDigit(digit)}]`).join('[^0-9]*');
}
