import { MOST_CUT, writtenFor } from '../../domain/damaged-code.ts';
import { LONG_IDENTIFIER, type OptOutCodeSystem, type OptOutCodeTable } from '../../domain/opt-out-codes.ts';
import type { TableSpec } from '../../pipeline/pipeline.ts';
import type { Dialect } from '../../sql/step.ts';
import { dateSql } from '../standardise/date-sql.ts';
import { textLiteral } from '../standardise/standardised-sql.ts';
import { readerNames } from './extract-query.ts';
import { ownerSql } from './opt-out-owners.ts';
import { optOutProbeName, writtenPattern } from './opt-out-probe.ts';
import { payloadSql } from './payload-sql.ts';
import { type EngineFile, readCsvSql } from './read-csv-sql.ts';

/**
 * The few rows of a GP table that may record an opt-out: whose it is, codes, date. A scan with a filter, before anything
 * else is read: what a patient decided must be known before the first of their rows is met.
 *
 * The filter is cheap and lets through too much: every cell that is not a plain code of its system, and every one that
 * begins like an opt-out code. The rule of the domain is then asked of these, through a function, so that even of a column
 * in which no cell is plain only those rows are returned that matter. Measured, in processor time a cell: a number 45 ns,
 * a Read code 20 to 30 ns; an anchored pattern alone took 47.
 *
 * @param columns the code columns that are looked through
 * @param dateColumn null where the table has none that dates them
 * @returns SQL with columns owner, code_0 ... code_n, date (YYYY-MM-DD or NULL)
 */
export function codedEventsSql(
  table: TableSpec,
  header: readonly string[],
  file: EngineFile,
  dialect: Dialect,
  columns: readonly string[],
  codes: OptOutCodeTable,
  dateColumn: string | null,
): string {
  const column = (name: string) => table.columns.find((one) => one.name === name)!;
  const text = (name: string) => payloadSql(column(name), dialect.name(name)).text;
  const date =
    dateColumn === null
      ? 'CAST(NULL AS VARCHAR)'
      : `strftime(${dateSql(text(dateColumn), column(dateColumn).format)}, '%Y-%m-%d')`;
  const inner = [
    `${ownerSql(table, dialect)} AS owner`,
    ...columns.map((name, at) => `${text(name)} AS code_${at}`),
    `${date} AS date`,
  ];
  const numbers: string[] = [];
  const maybe = columns.map((name, at) => {
    const system = column(name).system as OptOutCodeSystem;
    const cell = dialect.name(name);
    const number = `number_${at}`;
    // what is no number at all becomes a negative one
    if (system === 'snomed') numbers.push(`coalesce(TRY_CAST(${cell} AS BIGINT), -1) AS ${number}`);
    const isNotPlain = system === 'snomed' ? mayBeNumberSql(number, codes) : mayBeReadCodeSql(cell, codes);
    return `CASE WHEN ${cell} IS NOT NULL AND (${isNotPlain})
    THEN (${optOutProbeName(system)}(${cell})).class = 1 ELSE false END`;
  });
  const rows = readCsvSql(table.format, readerNames(header, table), file, dialect);
  const events = numbers.length === 0 ? rows : `(SELECT *, ${numbers.join(', ')} FROM ${rows})`;
  return `SELECT ${inner.join(', ')}
FROM ${events} AS events
WHERE ${maybe.join('\n  OR ')}`;
}

/** Round numbers, which may be what a spreadsheet left of an identifier, end in so many zeros or are near to it. */
const ROUND = 1000n;

/** The largest BIGINT. What is longer than any of them becomes -1 when it is read as a number. */
const LARGEST = 2n ** 63n - 1n;

/**
 * SQL that is true of a cell, read as a whole number, that is no plain SNOMED CT code or may be an opt-out code, damaged or
 * not.
 */
export function mayBeNumberSql(number: string, { codes }: OptOutCodeTable): string {
  const identifiers = codes.flatMap(({ system, code }) => (system === 'snomed' ? [BigInt(code)] : []));
  const shortest = Math.min(...identifiers.map((code) => String(code).length));
  const near = identifiers.map((code) => `${number} BETWEEN ${code - ROUND} AND ${code + ROUND}`);
  const isRound = `${number} >= ${10n ** BigInt(shortest - 1)} AND ${number} % ${ROUND} = 0`;
  return [`${number} < 0`, `(${isRound})`, ...near, mayBeDamagedSql(number, identifiers)].join(' OR ');
}

/** Digits at an identifier's end that hold more than a namespace, a partition and a check digit, which thousands share. */
const TELLING_END = 12;

/**
 * Numbers that one damage may have made of an identifier: it leaves its beginning, or its end, or swaps two digits between
 * them. Nearly all codes are shorter, so that few are compared.
 */
function mayBeDamagedSql(number: string, identifiers: readonly bigint[]): string {
  const shortest = Math.min(...identifiers.map((code) => String(code).length)) - MOST_CUT;
  const cases = identifiers.flatMap((one) => {
    const code = String(one);
    const cut = Math.max(3, code.length - TELLING_END);
    const [start, end] = [code.slice(0, cut), code.slice(cut)];
    const begins = Array.from({ length: MOST_CUT + 2 }, (_, more) => {
      const size = 10n ** BigInt(code.length + 1 - more - cut);
      return `${number} BETWEEN ${BigInt(start) * size} AND ${(BigInt(start) + 1n) * size - 1n}`;
    });
    const swapped = `${start.slice(0, -1)}${end[0]}${start.at(-1)}${end.slice(1)}`;
    return [
      ...begins,
      `(${number} < ${10n ** BigInt(code.length + 1)} AND ${number} % ${10n ** BigInt(end.length)} = ${BigInt(end)})`,
      `${number} = ${BigInt(swapped)}`,
      ...holdsCodeSql(number, one),
    ];
  });
  return `CASE WHEN ${number} >= ${10n ** BigInt(shortest - 1)} THEN ${cases.join(' OR ')} ELSE false END`;
}

/** Numbers in which an identifier's digits are, among others. */
function holdsCodeSql(number: string, code: bigint): string[] {
  if (String(code).length < LONG_IDENTIFIER) return [];
  const size = 10n ** BigInt(String(code).length);
  const places: string[] = [];
  for (let moved = 1n; moved * code <= LARGEST; moved *= 10n)
    places.push(`${number} // ${moved} % ${size} = ${code}`);
  return [`CASE WHEN ${number} >= ${size} THEN ${places.join(' OR ')} ELSE false END`];
}

/** A Read code with a term behind it. Longer cells than five characters that are not written so are not plain. */
const WITH_TERM = '[0-9A-Za-z]{2,5}[.]{0,3}[0-9][0-9A-Za-z]';

/**
 * SQL that is true of a cell that is no plain Read code (v2 or CTV3), or begins like an opt-out code, in any case and with
 * letters for its digits.
 */
export function mayBeReadCodeSql(cell: string, { codes }: OptOutCodeTable): string {
  const sought = codes.flatMap(({ system, code }) => (system === 'snomed' ? [] : [code]));
  const between = (from: string, to: string) =>
    `(${cell} >= ${textLiteral(from)} AND ${cell} < ${textLiteral(to)})`;
  const startsWith = (text: string) => between(text, after(text));
  const beginnings = [...new Set(sought.flatMap((code) => everyWriting(code.slice(0, 2))))];
  // What is neither a letter nor a digit may stand between any two characters: 9Nu.0, 9 Nu0. Behind the first character it
  // is looked for in codes of four only: with it, one of five is longer than a plain code. Most codes of CTV3 begin with X,
  // as opt-outs do, and comparing them all takes half as long again.
  const firsts = [
    ...new Set(sought.flatMap((code) => (code.length <= 4 ? everyWriting(code.slice(0, 1)) : []))),
  ];
  const separated = firsts.map((first) => {
    const second = [
      `(${cell} > ${textLiteral(first)} AND ${cell} < ${textLiteral(`${first}0`)})`,
      between(`${first}:`, `${first}A`),
      between(`${first}[`, `${first}a`),
      between(`${first}{`, after(first)),
    ];
    return `(${startsWith(first)} AND (${second.join(' OR ')}))`;
  });
  const pattern = `^(?:${sought.map(writtenPattern).join('|')})`;
  return [
    `(strlen(${cell}) > 5 AND NOT regexp_full_match(${cell}, ${textLiteral(WITH_TERM)}))`,
    // no letter or digit comes first: characters in the order of their bytes
    `${cell} < '0'`,
    between(':', 'A'),
    between('[', 'a'),
    `${cell} >= '{'`,
    `((${[...beginnings.map(startsWith), ...separated].join(' OR ')}) AND regexp_matches(${cell}, ${textLiteral(pattern)}))`,
  ].join(' OR ');
}

/** Every way to write a text that `isReadLike` takes for it. */
function everyWriting(text: string): string[] {
  return [...text].reduce(
    (done: string[], letter) =>
      done.flatMap((start) => [...writtenFor(letter)].map((written) => start + written)),
    [''],
  );
}

/** The first text, in the order of bytes, that does not begin so. */
function after(text: string): string {
  return text.slice(0, -1) + String.fromCharCode(text.charCodeAt(text.length - 1) + 1);
}
