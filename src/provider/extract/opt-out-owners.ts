import type { ColumnSpec, Pipeline, TableSpec } from '../../pipeline/pipeline.ts';
import type { Dialect } from '../../sql/step.ts';
import { nhsNumberSql } from '../standardise/nhs-number-sql.ts';
import { applyLayers } from '../standardise/standardised-sql.ts';
import { readerNames } from './extract-query.ts';
import { payloadSql } from './payload-sql.ts';
import { type EngineFile, readCsvSql } from './read-csv-sql.ts';

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
  // a patients table has one row for each; of flat rows the same person may have many
  const all = table.kind === 'patients' ? 'count(*)' : 'count(DISTINCT person)';
  return `SELECT practice, CAST(${all} AS INTEGER) AS people, CAST(${count(probes.any)} AS INTEGER) AS signs,
  CAST(${count(probes.typeOne)} AS INTEGER) AS type_one
FROM ${people}
GROUP BY practice`;
}
