import type { ColumnSpec, TableSpec } from '../../pipeline/pipeline.ts';
import type { Dialect } from '../../sql/step.ts';
import { readerNames } from './extract-query.ts';
import { payloadSql } from './payload-sql.ts';
import { type EngineFile, readCsvSql } from './read-csv-sql.ts';

/**
 * The distinct cells of columns that are not stored, and how many rows have each.
 *
 * @returns SQL with columns place (among the table's columns), value, n
 */
export function codeCellsSql(
  table: TableSpec,
  header: readonly string[],
  file: EngineFile,
  dialect: Dialect,
  columns: readonly ColumnSpec[],
): string {
  const places = columns.map((column) => table.columns.indexOf(column));
  const texts = columns.map((column) => payloadSql(column, dialect.name(column.name)).text);
  return `SELECT place, value, count(*) AS n
FROM (SELECT unnest([${places.join(', ')}]) AS place, unnest([${texts.join(', ')}]) AS value
  FROM ${readCsvSql(table.format, readerNames(header, table), file, dialect)}) AS cells
GROUP BY place, value`;
}
