import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { TokenWords } from '../../store/token-text.ts';
import { wordsOf } from './row-texts.ts';

/**
 * Takes subject and `sex|birth date|postcode` of every stored row that has both, in no order.
 *
 * @param paths the stored rows of a table that carries identifiers
 * @param about what it is done for, for an error
 */
export async function eachStoredTuple(
  engine: DuckDbEngine,
  paths: readonly string[],
  about: string,
  take: (subject: TokenWords, tuple: TokenWords) => void,
): Promise<void> {
  const sql = `SELECT subject_a, subject_b, sdp_a, sdp_b FROM ${dialect.readParquet(paths)}
WHERE sdp_a IS NOT NULL AND subject_a IS NOT NULL`;
  for await (const chunk of engine.stream(sql, about)) {
    const [sa, sb, ta, tb] = [0, 1, 2, 3].map((column) => wordsOf(chunk.values(column, 8))) as [
      Uint32Array,
      Uint32Array,
      Uint32Array,
      Uint32Array,
    ];
    for (let at = 0; at < chunk.rows * 2; at += 2) {
      take([sa[at]!, sa[at + 1]!, sb[at]!, sb[at + 1]!], [ta[at]!, ta[at + 1]!, tb[at]!, tb[at + 1]!]);
    }
  }
}

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
