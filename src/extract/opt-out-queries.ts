import type { Dialect } from '../engine/step.ts';
import type { Pipeline, TableSpec } from '../pipeline/pipeline.ts';
import { dateSql } from '../standardise/date-sql.ts';
import { nhsNumberSql } from '../standardise/nhs-number-sql.ts';
import { applyLayers, textLiteral } from '../standardise/standardised-sql.ts';
import { readerNames } from './extract-query.ts';
import { payloadSql } from './payload-sql.ts';
import { readCsvSql } from './read-csv-sql.ts';

/**
 * The few rows of a GP table that record an opt-out: patient, code, date. A scan with a filter, before anything else is
 * read: what a patient decided must be known before the first of their rows is met.
 *
 * @param codes per code column, every spelling that records an opt-out or its withdrawal
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
  const columns = [...codes.keys()];
  const text = (name: string) => payloadSql(column(name), dialect.name(name)).text;
  const inner = [
    `${text(key.name)} AS patient`,
    ...columns.map((name, at) => `${text(name)} AS code_${at}`),
    `strftime(${dateSql(dialect.name(date.name), date.format)}, '%Y-%m-%d') AS date`,
  ];
  const wanted = columns.map(
    (name, at) => `code_${at} IN (${(codes.get(name) ?? []).map(textLiteral).join(', ')})`,
  );
  return `SELECT * FROM (SELECT ${inner.join(', ')}
FROM ${readCsvSql(table.format, readerNames(header, table), path)}) AS events
WHERE patient IS NOT NULL AND (${wanted.join(' OR ')})`;
}

/**
 * Patients whose key a function knows, with their NHS numbers.
 *
 * @returns SQL with columns patient, nhs (BIGINT, never NULL)
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
  if (nhs === undefined) return `SELECT '' AS patient, CAST(0 AS BIGINT) AS nhs WHERE false`;
  const known = `(SELECT patient, nhs_raw FROM (SELECT ${payloadSql(key, dialect.name(key.name)).text} AS patient,
  ${dialect.name(nhs.name)} AS nhs_raw FROM ${readCsvSql(table.format, readerNames(header, table), path)}) AS patients
WHERE (${probe}(coalesce(patient, ''))).hit = 1)`;
  const number = nhsNumberSql('nhs_raw', 'nhs', { allowTestRange: pipeline.synthetic });
  return `SELECT patient, ${number.value} AS nhs FROM (${applyLayers(known, ['patient'], [number])}) AS numbered
WHERE ${number.value} IS NOT NULL`;
}
