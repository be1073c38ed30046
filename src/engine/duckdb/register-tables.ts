import type { DuckDBConnection } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { bug } from '../../domain/problem.ts';
import type { ScannedColumn, ScannedTable, ScannedVector } from '../scanned-table.ts';
import { BatchScan, PLAIN_TYPES } from './scan-batches.ts';
import { READ_STORE, READ_TEXTS, TEXT_VALUE } from './table-functions.ts';

/**
 * What reads one of several tables, chosen by the texts that SQL names: `read_store('gp_events')`. The engine asks for
 * the columns that a query needs only, and takes at most 2048 rows at a time. Bind, init and every fill run on the
 * JavaScript thread, about 25 us each; what the engine does with the rows runs on all of its threads.
 */
interface TableFunction {
  readonly name: string;
  readonly parameters: number;
  readonly find: (...names: string[]) => ScannedTable;
}

/**
 * Makes tables readable by SQL: `read_store(table)` gives a table's rows, and `read_texts(table, column)` the distinct texts of
 * a column, in the order of their bytes. Texts are an ENUM; of one column it is the same type in both.
 *
 * @param tables looked up by name when SQL names one, so that more may be added to the list later
 * @param onFault is given what was thrown: DuckDB hands on a text only
 */
export function registerTables(
  connection: DuckDBConnection,
  tables: readonly ScannedTable[],
  onFault: (fault: unknown) => void,
): void {
  const enums = new Map<readonly string[], duckdb.LogicalType>();
  const typeOf = ({ name, type, texts }: ScannedColumn): duckdb.LogicalType => {
    if (type !== 'text') return duckdb.create_logical_type(PLAIN_TYPES[type].id);
    const made = enums.get(texts) ?? enumOf(texts, name);
    enums.set(texts, made);
    return made;
  };
  const named = (name: string | undefined): ScannedTable => {
    const table = tables.find((one) => one.name === name);
    if (table === undefined) throw bug(`no table ${name} is registered`);
    return table;
  };
  const functions: readonly TableFunction[] = [
    { name: READ_STORE, parameters: 1, find: (table) => named(table) },
    { name: READ_TEXTS, parameters: 2, find: (table, column) => textsOf(named(table), column) },
  ];
  for (const one of functions) register(connection, one, typeOf, onFault);
}

function register(
  connection: DuckDBConnection,
  { name, parameters, find }: TableFunction,
  typeOf: (column: ScannedColumn) => duckdb.LogicalType,
  onFault: (fault: unknown) => void,
): void {
  const failed = (fault: unknown, setError: (message: string) => void) => {
    onFault(fault);
    setError(`${name} failed`);
  };
  const definition = duckdb.create_table_function();
  duckdb.table_function_set_name(definition, name);
  for (let at = 0; at < parameters; at += 1) {
    duckdb.table_function_add_parameter(definition, duckdb.create_logical_type(duckdb.Type.VARCHAR));
  }
  duckdb.table_function_supports_projection_pushdown(definition, true);
  duckdb.table_function_set_bind(definition, (info) => {
    try {
      const texts = Array.from({ length: parameters }, (_, at) =>
        duckdb.get_varchar(duckdb.bind_get_parameter(info, at)),
      );
      const table = find(...texts);
      for (const column of table.columns) {
        duckdb.bind_add_result_column(info, column.name, typeOf(column));
      }
      duckdb.bind_set_cardinality(info, table.rows, true);
      duckdb.bind_set_bind_data(info, table);
    } catch (fault) {
      failed(fault, (message) => duckdb.bind_set_error(info, message));
    }
  });
  duckdb.table_function_set_init(definition, (info) => {
    try {
      const table = duckdb.init_get_bind_data(info) as ScannedTable;
      const columns = Array.from({ length: duckdb.init_get_column_count(info) }, (_, at) =>
        duckdb.init_get_column_index(info, at),
      );
      // one thread of the engine's would keep all that follows on that thread
      duckdb.init_set_max_threads(info, MOST_THREADS);
      duckdb.init_set_init_data(info, new BatchScan(table, columns));
    } catch (fault) {
      failed(fault, (message) => duckdb.init_set_error(info, message));
    }
  });
  duckdb.table_function_set_function(definition, (info, output) => {
    try {
      (duckdb.function_get_init_data(info) as BatchScan).fill(output);
    } catch (fault) {
      failed(fault, (message) => duckdb.function_set_error(info, message));
    }
  });
  duckdb.register_table_function(connectionOf(connection), definition);
}

/** More than any machine's: the engine takes no more than it has. */
const MOST_THREADS = 1024;

function connectionOf(connection: DuckDBConnection): duckdb.Connection {
  return (connection as unknown as { readonly connection: duckdb.Connection }).connection;
}

/**
 * The engine knows no ENUM without values, so a column that holds no text gets the empty one, which no row has.
 *
 * @throws a bug for a text with a NUL character: the engine would cut it there
 */
function enumOf(texts: readonly string[], name: string): duckdb.LogicalType {
  if (texts.some((text) => text.includes('\0'))) throw bug(`a text of ${name} has a NUL character`);
  return duckdb.create_enum_type(texts.length === 0 ? [''] : texts);
}

/** The distinct texts of a column as a table of its own. */
function textsOf(table: ScannedTable, name: string | undefined): ScannedTable {
  const column = table.columns.find((one) => one.name === name);
  if (column === undefined || column.type !== 'text') throw bug(`${table.name} has no texts ${name}`);
  const { type, texts } = column;
  const textIndexes = Int32Array.from(texts, (_, index) => index);
  const vector: ScannedVector = { values: textIndexes, validity: null, textIndexes };
  return {
    name: `texts of ${table.name}`,
    columns: [{ name: TEXT_VALUE, type, texts }],
    rows: textIndexes.length,
    batches: textIndexes.length === 0 ? 0 : 1,
    rowsOf: () => textIndexes.length,
    read: () => vector,
  };
}
