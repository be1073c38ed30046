import type { ColumnSpec, Pipeline, TableSpec } from '../../pipeline/pipeline.ts';
import type { Dialect } from '../../sql/step.ts';
import { nhsNumberSql } from '../standardise/nhs-number-sql.ts';
import { applyLayers } from '../standardise/standardised-sql.ts';
import { readerNames } from './extract-query.ts';
import { ownerColumnOf } from './owner-column.ts';
import { payloadSql } from './payload-sql.ts';
import { type EngineFile, readCsvSql } from './read-csv-sql.ts';

/** That column as text without the blanks around it; an NHS number as it stands, for the rules of the domain to read. */
function ownerSql(table: TableSpec, dialect: Dialect): string {
  const column = ownerColumnOf(table);
  const raw = dialect.name(column.name);
  return column.role === 'nhs-number' ? raw : payloadSql(column, raw).text;
}

/**
 * Records whose id a function knows, with whose they are.
 *
 * @returns SQL with columns record, owner
 */
export function ownersOfRecordsSql(
  table: TableSpec,
  header: readonly string[],
  file: EngineFile,
  dialect: Dialect,
  probe: string,
): string {
  const id = table.columns.find(({ role }) => role === 'record-id')!;
  return `SELECT record, owner FROM (SELECT ${payloadSql(id, dialect.name(id.name)).text} AS record,
  ${ownerSql(table, dialect)} AS owner FROM ${readCsvSql(table.format, readerNames(header, table), file, dialect)}) AS records
WHERE (${probe}(coalesce(record, ''))).hit = 1`;
}

/**
 * Patients whose key a function knows, with their NHS numbers.
 *
 * @returns SQL with columns patient, nhs (BIGINT, NULL where there is no valid one)
 */
export function patientsWithKeysSql(
  table: TableSpec,
  pipeline: Pipeline,
  header: readonly string[],
  file: EngineFile,
  dialect: Dialect,
  probe: string,
): string {
  const key = table.columns.find(({ role }) => role === 'patient-key')!;
  const nhs = table.columns.find(({ role }) => role === 'nhs-number');
  const raw = nhs === undefined ? 'CAST(NULL AS VARCHAR)' : dialect.name(nhs.name);
  const known = `(SELECT patient, nhs_raw FROM (SELECT ${payloadSql(key, dialect.name(key.name)).text} AS patient,
  ${raw} AS nhs_raw FROM ${readCsvSql(table.format, readerNames(header, table), file, dialect)}) AS patients
WHERE (${probe}(coalesce(patient, ''))).hit = 1)`;
  const number = nhsNumberSql('nhs_raw', 'nhs', { allowTestRange: pipeline.synthetic });
  return `SELECT patient, ${number.value} AS nhs FROM (${applyLayers(known, ['patient'], [number])}) AS numbered`;
}

/** Functions that know who has a sign of an opt-out: of any, and of type 1. */
export interface SignProbes {
  readonly any: string;
  readonly typeOne: string;
}

/**
 * People of a table of patients, or of a flat one, and how many of them the functions know, by practice.
 *
 * @param by what the functions know people by
 * @param practice the column that names the practice; null takes all together
 * @returns SQL with columns practice (text, empty where there is none), people, signs, type_one
 */
export function signsByPracticeSql(
  table: TableSpec,
  pipeline: Pipeline,
  header: readonly string[],
  file: EngineFile,
  dialect: Dialect,
  probes: SignProbes,
  by: 'patient-key' | 'nhs-number',
  practice: ColumnSpec | null,
): string {
  const column = table.columns.find(({ role }) => role === by)!;
  const rows = `(SELECT ${practice === null ? "''" : `coalesce(${payloadSql(practice, dialect.name(practice.name)).text}, '')`} AS practice,
  ${by === 'patient-key' ? payloadSql(column, dialect.name(column.name)).text : dialect.name(column.name)} AS person
FROM ${readCsvSql(table.format, readerNames(header, table), file, dialect)})`;
  const number = nhsNumberSql('person', 'nhs', { allowTestRange: pipeline.synthetic });
  const people =
    by === 'patient-key'
      ? `${rows} AS people`
      : `(SELECT practice, lpad(CAST(${number.value} AS VARCHAR), 10, '0') AS person
FROM (${applyLayers(rows, ['practice'], [number])}) AS numbered) AS people`;
  const count = (probe: string) => `count(*) FILTER (WHERE (${probe}(coalesce(person, ''))).hit = 1)`;
  // a patients table has one row for each; of rows that stand for themselves the same person may have many
  const all = table.kind === 'patients' ? 'count(*)' : 'count(DISTINCT person)';
  return `SELECT practice, CAST(${all} AS INTEGER) AS people, CAST(${count(probes.any)} AS INTEGER) AS signs,
  CAST(${count(probes.typeOne)} AS INTEGER) AS type_one
FROM ${people}
GROUP BY practice`;
}
