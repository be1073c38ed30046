import { DuckDBInstance } from '@duckdb/node-api';

/**
 * The cells that a filter in SQL does not let through.
 *
 * @param filter over `cell`, and over `number`: the cell as a whole number, -1 where it is none
 */
export async function heldBack(cells: readonly string[], filter: string): Promise<string[]> {
  const connection = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  await connection.run('CREATE TABLE cells (cell VARCHAR)');
  const appender = await connection.createAppender('cells');
  for (const cell of cells) {
    appender.appendVarchar(cell);
    appender.endRow();
  }
  appender.closeSync();
  const held = await connection.runAndReadAll(
    `SELECT cell FROM (SELECT cell, coalesce(TRY_CAST(cell AS BIGINT), -1) AS number FROM cells) WHERE NOT (${filter})`,
  );
  const texts = held.getRows().map(([cell]) => cell as string);
  connection.closeSync();
  return texts;
}
