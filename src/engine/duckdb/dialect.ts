import type { Dialect } from '../step.ts';

/** DuckDB's way of writing what SQL engines write differently. */
export const duckdbDialect: Dialect = {
  name: (identifier) => `"${identifier.replaceAll('"', '""')}"`,
  text: (value) => `'${value.replaceAll("'", "''")}'`,
  readParquet: (paths) => `read_parquet([${paths.map((path) => duckdbDialect.text(path)).join(', ')}])`,
  eachDay: (first, last) => `${first} + CAST(unnest(range(0, ${last} - ${first} + 1)) AS INTEGER)`,
};
