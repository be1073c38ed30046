import { refused } from '../../domain/problem.ts';
import { duckdbDialect as dialect } from '../../engine/duckdb/dialect.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { ANY_SOURCE } from '../../store/opt-out-list.ts';
import type { LinkerEngine } from '../linker-engine.ts';
import type { OpenStores } from '../open-stores.ts';
import { ALLOWED } from '../opt-outs/allow-list.ts';
import { DecidedTable } from './decided-table.ts';
import { TOKEN_NUMBER, tokenNumber } from './token-sql.ts';

/**
 * Reads the stores' opt-out tokens into `opt_out_tokens`. A store names sources; here, each has its index in
 * the linker's pipeline file, and -1 is for tokens of any source.
 */
export async function loadOptOutTokens(
  linker: Pick<LinkerEngine, 'engine' | 'addTable'>,
  { sources, optOuts }: Pipeline,
  stores: OpenStores,
): Promise<void> {
  const { engine } = linker;
  const columns = "{'kind': 'VARCHAR', 'source': 'VARCHAR', 'a': 'BIGINT', 'b': 'BIGINT'}";
  const numbers = sources.map(({ name }, index) => `WHEN ${dialect.text(name)} THEN ${index}`);
  const number = `CASE source WHEN ${dialect.text(ANY_SOURCE)} THEN -1 ${numbers.join(' ')}
    ELSE error('an opt-out at an unknown source') END`;
  const select = `kind, CAST(${number} AS TINYINT) AS source, a, b`;
  await load(engine, 'opt_out_tokens', stores.optOutFiles, columns, select, 'reading opt-out tokens');
  const kinds = [ALLOWED, ...optOuts.reasons.map(({ name }) => name)];
  if (stores.decidedFiles.length > 0) {
    const decided = new DecidedTable(stores.decidedFiles);
    linker.addTable(decided);
    // stores of one run have the same register: each has most of its tokens
    const each = stores.decidedFiles.length === 1 ? '' : 'DISTINCT ';
    await engine.run(
      `INSERT INTO opt_out_tokens SELECT ${each}CAST(kind AS VARCHAR), -1, a, b FROM ${dialect.readStore(decided.name)}`,
      'reading opt-outs of the kept register',
    );
  }
  await checkKinds(engine, 'opt_out_tokens', 'kind', kinds, stores.optOutFiles);
}

/**
 * What a kind means that is not a reason of the pipeline is not known: not even whose records it holds.
 *
 * @throws TallystickError (exit 1)
 */
async function checkKinds(
  engine: DuckDbEngine,
  name: string,
  column: string,
  kinds: readonly string[],
  files: readonly string[],
): Promise<void> {
  const known = kinds.map(dialect.text).join(', ');
  const [found] = await engine.query(
    `SELECT count(*)::DOUBLE AS unknown FROM ${name} WHERE ${column} NOT IN (${known})`,
    'checking the kinds of opt-outs',
  );
  const unknown = Number(found?.['unknown']);
  if (unknown === 0) return;
  throw refused({
    file: files.join(', '),
    message: `${unknown} ${unknown === 1 ? 'line is' : 'lines are'} of a reason that this pipeline file does not have`,
    wayOut: 'declare it in optOuts.types as the provider does, or tokenise again with this pipeline file',
  });
}

/** Reads the tokens of rows that stayed above the boundary into `witnesses`, as numbers. */
export async function loadWitnesses(
  engine: DuckDbEngine,
  { optOuts }: Pipeline,
  { witnessFiles }: OpenStores,
): Promise<void> {
  const names = ['a', 'b', 'nhs_a', 'nhs_b', 'local_a', 'local_b'];
  const columns = `{${names.map((name) => `'${name}': 'BIGINT'`).join(', ')}, 'opt_out': 'VARCHAR'}`;
  const select = `${TOKEN_NUMBER}(a, b).number AS tuple, ${tokenNumber('file.nhs')} AS nhs, ${tokenNumber('file.local')} AS local, opt_out`;
  await load(engine, 'witnesses', witnessFiles, columns, select, 'reading the witnesses');
  const kinds = optOuts.reasons.map(({ name }) => name);
  await checkKinds(engine, 'witnesses', 'opt_out', kinds, witnessFiles);
}

/** Reads the tuples at the busiest postcodes into `busy_tuples`, as numbers, where the pipeline file ignores those. */
export async function loadBusyTuples(engine: DuckDbEngine, { busyTupleFiles }: OpenStores): Promise<void> {
  if (busyTupleFiles.length === 0) return;
  const columns = "{'a': 'BIGINT', 'b': 'BIGINT'}";
  const select = `${TOKEN_NUMBER}(a, b).number AS tuple`;
  await load(engine, 'busy_tuples', busyTupleFiles, columns, select, 'reading tuples at busy postcodes');
}

async function load(
  engine: DuckDbEngine,
  table: string,
  files: readonly string[],
  columns: string,
  select: string,
  about: string,
): Promise<void> {
  const form = [`columns = ${columns}`, 'header = true', `delim = ','`, `quote = '"'`, `escape = '"'`];
  await engine.run(
    `CREATE TABLE ${table} AS SELECT DISTINCT ${select} FROM ${dialect.readCsv(files, form)} AS file`,
    about,
  );
}
