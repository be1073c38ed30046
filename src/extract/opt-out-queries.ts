import { BLANKS } from '../domain/standardised-text.ts';
import type { Dialect } from '../engine/step.ts';
import type { Pipeline, TableSpec } from '../pipeline/pipeline.ts';
import { dateSql } from '../standardise/date-sql.ts';
import { nhsNumberSql } from '../standardise/nhs-number-sql.ts';
import { applyLayers, textLiteral } from '../standardise/standardised-sql.ts';
import { readerNames } from './extract-query.ts';
import { payloadSql } from './payload-sql.ts';
import { readCsvSql } from './read-csv-sql.ts';

/**
 * The few rows of a GP table that may record an opt-out: patient, codes, date. A scan with a filter, before anything
 * else is read: what a patient decided must be known before the first of their rows is met.
 *
 * The filter is cheap and lets through too much, for the caller to classify: any cell that begins like a code or with a
 * blank. Exact tests on trimmed cells took 820 ns a row here, because the engine repeats the trimming for each of the
 * codes; an anchored pattern takes 20 a column.
 *
 * @param codes per code column, the codes that record an opt-out or its withdrawal
 * @returns SQL with columns patient, code_0 ... code_n, date (YYYY-MM-DD or NULL)
 */
export function codedEventsSql(
  table: TableSpec,
  header: readonly string[],
  path: string,
  dialect: Dialect,
  codes: ReadonlyMap<string, readonly string[]>,
  dateColumn: string,
): string {
  const column = (name: string) => table.columns.find((one) => one.name === name)!;
  const key = table.columns.find(({ role }) => role === 'patient-key')!;
  const date = column(dateColumn);
  const text = (name: string) => payloadSql(column(name), dialect.name(name)).text;
  const inner = [
    `${text(key.name)} AS patient`,
    ...[...codes.keys()].map((name, at) => `${text(name)} AS code_${at}`),
    `strftime(${dateSql(text(date.name), date.format)}, '%Y-%m-%d') AS date`,
  ];
  const maybe = [...codes].map(([name, beginnings]) => {
    const pattern = `^(?:[${BLANKS}]|${beginnings.map(escapePattern).join('|')})`;
    return `regexp_matches(${dialect.name(name)}, ${textLiteral(pattern)})`;
  });
  return `SELECT ${inner.join(', ')}
FROM ${readCsvSql(table.format, readerNames(header, table), path)} AS events
WHERE ${maybe.join(' OR ')}`;
}

/** A code as an RE2 pattern that matches just it. */
function escapePattern(code: string): string {
  return code.replaceAll(/[^0-9A-Za-z]/g, '\\$&');
}

/**
 * Patients whose key a function knows, with their NHS numbers.
 *
 * @returns SQL with columns patient, nhs (BIGINT; NULL where there is no valid one)
 */
export function patientsWithKeysSql(
  table: TableSpec,
  pipeline: Pipeline,
  header: readonly string[],
  path: string,
  dialect: Dialect,
  probe: string,
): string {
  const key = table.columns.find(({ role }) => role === 'patient-key')!;
  const nhs = table.columns.find(({ role }) => role === 'nhs-number');
  const known = `(SELECT patient, nhs_raw FROM (SELECT ${payloadSql(key, dialect.name(key.name)).text} AS patient,
  ${nhs === undefined ? "''" : dialect.name(nhs.name)} AS nhs_raw FROM ${readCsvSql(table.format, readerNames(header, table), path)}) AS patients
WHERE (${probe}(coalesce(patient, ''))).hit = 1)`;
  const number = nhsNumberSql('nhs_raw', 'nhs', { allowTestRange: pipeline.synthetic });
  return `SELECT patient, ${number.value} AS nhs FROM (${applyLayers(known, ['patient'], [number])}) AS numbered`;
}
