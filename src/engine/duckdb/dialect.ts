import type { Dialect } from '../../sql/step.ts';
import { exactPattern, plainPath } from './engine-path.ts';
import { READ_STORE, READ_TEXTS } from './table-functions.ts';

const text = (value: string) => `'${value.replaceAll("'", "''")}'`;
const exactly = (paths: readonly string[]) => `[${paths.map((path) => text(exactPattern(path))).join(', ')}]`;
/** Else a folder called `year=2020` replaces the column `year` of every file in it. */
const NO_COLUMNS_FROM_FOLDERS = 'hive_partitioning = false';

/** DuckDB's way of writing what SQL engines write differently; the only place that puts a path into SQL. */
export const duckdbDialect: Dialect = {
  name: (identifier) => `"${identifier.replaceAll('"', '""')}"`,
  text,
  readStore: (table) => `${READ_STORE}(${text(table)})`,
  readTexts: (table, column) => `${READ_TEXTS}(${text(table)}, ${text(column)})`,
  readParquet: (paths) => `read_parquet(${exactly(paths)}, ${NO_COLUMNS_FROM_FOLDERS})`,
  readCsv: (paths, options) =>
    `read_csv(${[exactly(paths), NO_COLUMNS_FROM_FOLDERS, 'auto_detect = false', ...options].join(', ')})`,
  writeParquet: (select, path, compression) =>
    `COPY (${select}) TO ${text(plainPath(path))} (FORMAT parquet, COMPRESSION ${compression})`,
  eachDay: (first, last) => `${first} + CAST(unnest(range(0, ${last} - ${first} + 1)) AS INTEGER)`,
};
