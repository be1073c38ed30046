import { left, textTable } from './text-table.ts';

/**
 * One line for each tool that opens a table. DuckDB has no built-in reader of Arrow files: its Python client queries
 * a pyarrow table by the name of the variable.
 *
 * @param path path of an Arrow file, as the reader would type it
 */
export function waysToOpen(path: string): string[] {
  const file = JSON.stringify(path);
  const ways = [
    ['Python', `import polars; persons = polars.read_ipc(${file})`],
    ['', `import pyarrow.feather; persons = pyarrow.feather.read_table(${file})`],
    ['R', `persons <- arrow::read_feather(${file})`],
    [
      'DuckDB',
      `import duckdb, pyarrow.feather; persons = pyarrow.feather.read_table(${file}); duckdb.sql("FROM persons")`,
    ],
  ];
  const [, ...lines] = textTable([left(''), left('')], ways);
  return lines;
}
