import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { wordsOf } from '../../tokenise/row-texts.ts';

/**
 * Takes one token of every stored row, as its four words, in no order.
 *
 * @param token which: `subject` or `record`
 * @param paths the stored rows
 * @param about what it is done for, for an error
 */
export async function eachStoredToken(
  engine: DuckDbEngine,
  token: 'subject' | 'record',
  paths: readonly string[],
  about: string,
  take: (a0: number, a1: number, b0: number, b1: number) => void,
): Promise<void> {
  const sql = `SELECT ${token}_a, ${token}_b FROM ${dialect.readParquet(paths)}`;
  for await (const chunk of engine.stream(sql, about)) {
    const [a, b] = [wordsOf(chunk.values(0, 8)), wordsOf(chunk.values(1, 8))];
    for (let at = 0; at < chunk.rows * 2; at += 2) take(a[at]!, a[at + 1]!, b[at]!, b[at + 1]!);
  }
}
