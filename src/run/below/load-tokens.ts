import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { textLiteral } from '../../standardise/standardised-sql.ts';
import type { OpenStores } from './open-stores.ts';

/** Reads the stores' opt-out tokens into `opt_out_tokens`. */
export async function loadOptOutTokens(engine: DuckDbEngine, stores: OpenStores): Promise<void> {
  const columns = "{'kind': 'VARCHAR', 'source': 'TINYINT', 'a': 'BIGINT', 'b': 'BIGINT'}";
  await load(engine, 'opt_out_tokens', stores.optOutFiles, columns, '*', 'reading opt-out tokens');
}

/** Reads what rows that stayed above the boundary know into `witnesses`. */
export async function loadWitnesses(engine: DuckDbEngine, { witnessFiles }: OpenStores): Promise<void> {
  const names = ['a', 'b', 'nhs_a', 'nhs_b', 'local_a', 'local_b'];
  const columns = `{${names.map((name) => `'${name}': 'BIGINT'`).join(', ')}, 'opt_out': 'VARCHAR'}`;
  const select = 'a AS sdp_a, b AS sdp_b, nhs_a, nhs_b, local_a, local_b, opt_out';
  await load(engine, 'witnesses', witnessFiles, columns, select, 'reading what stopped rows know');
}

/** Reads the tuples at the busiest postcodes into `busy_tuples`, where the pipeline file ignores those. */
export async function loadBusyTuples(engine: DuckDbEngine, { busyTupleFiles }: OpenStores): Promise<void> {
  if (busyTupleFiles.length === 0) return;
  const columns = "{'a': 'BIGINT', 'b': 'BIGINT'}";
  const halves = 'a AS sdp_a, b AS sdp_b';
  await load(engine, 'busy_tuples', busyTupleFiles, columns, halves, 'reading tuples at busy postcodes');
}

async function load(
  engine: DuckDbEngine,
  table: string,
  files: readonly string[],
  columns: string,
  select: string,
  about: string,
): Promise<void> {
  await engine.run(
    `CREATE TABLE ${table} AS SELECT DISTINCT ${select} FROM read_csv([${files.map(textLiteral).join(', ')}],
     columns = ${columns}, header = true, auto_detect = false, delim = ',', quote = '"', escape = '"')`,
    about,
  );
}
