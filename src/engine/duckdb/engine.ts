import type { DuckDBConnection, DuckDBInstance as Instance } from '@duckdb/node-api';
import duckdb from '@duckdb/node-bindings';
import { engineFault, environment, interrupted, refused, TallystickError } from '../../domain/problem.ts';
import type { ScannedTable } from '../scanned-table.ts';
import type { VectorFunction, VectorInput, VectorResult } from '../vector-function.ts';
import { DuckDBInstance } from './client.ts';
import { duckdbDialect } from './dialect.ts';
import { allowedForms } from './engine-path.ts';
import { type RawChunk, readChunk } from './raw-chunk.ts';
import { registerTables } from './register-tables.ts';
import { registerVectorFunction } from './register-vector-function.ts';
import { tablesIn } from './tables-in.ts';

export interface EngineSettings {
  readonly threads: number;
  /** such as `1GiB` */
  readonly memory: string;
  /**
   * Where operators may spill; null forbids spilling, so that running out of memory is an error and not a leak.
   * Above the identity boundary it is always null.
   */
  readonly spillDirectory: string | null;
  /** the only folders and files this engine may touch */
  readonly allowedDirectories: readonly string[];
  readonly allowedPaths: readonly string[];
  /** keep the order of rows through reads and inserts */
  readonly keepOrder: boolean;
}

/** Each 1024 times the one before. */
const MEMORY_UNITS: readonly string[] = ['bytes', 'KiB', 'MiB', 'GiB', 'TiB', 'PiB'];

/** One in-memory DuckDB with everything closed that need not be open. */
export class DuckDbEngine {
  readonly #instance: Instance;
  readonly #connection: DuckDBConnection;
  #interrupted = false;
  /** what a function of this program threw: DuckDB hands on a text, and neither its class nor its exit code */
  #raised: unknown = null;

  private constructor(instance: Instance, connection: DuckDBConnection) {
    this.#instance = instance;
    this.#connection = connection;
  }

  /** @throws TallystickError (exit 3) for settings DuckDB refuses, such as a memory size it cannot read */
  static async open(settings: EngineSettings): Promise<DuckDbEngine> {
    let instance: Instance;
    try {
      instance = await DuckDBInstance.create(':memory:', {
        threads: String(settings.threads),
        memory_limit: settings.memory,
        temp_directory: settings.spillDirectory ?? '',
        preserve_insertion_order: String(settings.keepOrder),
        autoinstall_known_extensions: 'false',
        autoload_known_extensions: 'false',
      });
    } catch {
      throw environment({
        message: 'the engine did not start',
        wayOut: 'check --threads and --memory (such as 4GiB)',
      });
    }
    const connection = await instance.connect();
    if (settings.spillDirectory !== null) {
      // by the cipher that is built in (README.md, "What is spilled is encrypted")
      await connection.run('SET force_mbedtls_unsafe = true');
      await connection.run('SET temp_file_encryption = true');
    }
    const list = (paths: readonly string[]) =>
      `[${paths.flatMap(allowedForms).map(duckdbDialect.text).join(', ')}]`;
    await connection.run(`SET allowed_directories = ${list(settings.allowedDirectories)}`);
    await connection.run(`SET allowed_paths = ${list(settings.allowedPaths)}`);
    await connection.run('SET enable_external_access = false');
    await connection.run('SET lock_configuration = true');
    return new DuckDbEngine(instance, connection);
  }

  /** Makes a function of this program callable from SQL. A TallystickError that it throws ends the statement as it is. */
  register(definition: VectorFunction): void {
    const { name, parameters, returns } = definition;
    const call = (input: VectorInput): readonly VectorResult[] => {
      try {
        return definition.call(input);
      } catch (fault) {
        this.#raised = fault;
        throw fault;
      }
    };
    registerVectorFunction(this.#connection, { name, parameters, returns, call });
  }

  /** Makes tables of this program readable by SQL (`registerTables`). */
  registerTables(tables: readonly ScannedTable[]): void {
    registerTables(this.#connection, tables, (fault) => {
      this.#raised = fault;
    });
  }

  /**
   * The memory limit in bytes, as the engine understood its setting.
   *
   * @throws TallystickError (exit 4) for a limit that it does not say in units of bytes
   */
  async memoryLimit(): Promise<number> {
    const about = 'reading the memory limit';
    const [row] = await this.query("SELECT current_setting('memory_limit') AS memory", about);
    const [, number, unit] = /^([0-9.]+) (bytes|KiB|MiB|GiB|TiB|PiB)$/.exec(String(row?.['memory'])) ?? [];
    if (number === undefined) throw engineFault({ message: `the engine failed while ${about}` });
    return Math.floor(Number(number) * 1024 ** MEMORY_UNITS.indexOf(unit!));
  }

  /**
   * Runs one statement for its effect.
   *
   * @param about what is being done, for the message if it fails: DuckDB's own message may quote a cell and is dropped
   * @returns the number of rows the statement reports as changed
   */
  async run(sql: string, about: string): Promise<number> {
    try {
      const result = await this.#connection.run(sql);
      return result.rowsChanged;
    } catch (fault) {
      throw this.#wrap(fault, about);
    }
  }

  /**
   * Names of the tables that a query reads, as the engine parses it: `getTableNames` of its own gives none where it cannot bind
   * the query. It takes about a millisecond.
   *
   * @throws TallystickError (exit 4) for a query that cannot be parsed
   */
  async tablesRead(select: string, about: string): Promise<readonly string[]> {
    const [row] = await this.query(
      `SELECT json_serialize_sql(${duckdbDialect.text(select)}) AS parsed`,
      about,
    );
    const parsed = JSON.parse(String(row?.['parsed'])) as { readonly error: boolean };
    if (parsed.error) throw engineFault({ message: `the engine cannot parse the SQL of ${about}` });
    return tablesIn(parsed);
  }

  /** Runs a query with a small result and returns it as plain objects. */
  async query(sql: string, about: string): Promise<Record<string, unknown>[]> {
    try {
      const reader = await this.#connection.runAndReadAll(sql);
      return reader.getRowObjectsJS() as Record<string, unknown>[];
    } catch (fault) {
      throw this.#wrap(fault, about);
    }
  }

  /**
   * Streams a query's result in vectors, on a connection of its own: another query on the same connection would end
   * the stream silently. What a chunk holds is valid until the next one is asked for.
   *
   * A failure in the middle (of memory, of a disk, of a value) ends a stream like its last row: the client does not say which it was. So the
   * rows are counted afterwards by a query of their own, which reads no columns. `about` is in the error if they are not all there.
   */
  async *stream(sql: string, about: string): AsyncGenerator<RawChunk> {
    const connection = await this.#instance.connect();
    try {
      const result = await connection.stream(sql);
      let rows = 0;
      for (;;) {
        const chunk = await result.fetchChunk();
        if (chunk === null || chunk.rowCount === 0) break;
        rows += chunk.rowCount;
        yield readChunk(chunk, result.columnCount);
      }
      const counted = await connection.runAndReadAll(`SELECT count(*)::DOUBLE FROM (${sql}) AS streamed`);
      const expected = Number(counted.getRows()[0]?.[0]);
      if (rows !== expected) throw this.#endedEarly(rows, expected, about);
    } catch (fault) {
      throw fault instanceof TallystickError ? fault : this.#wrap(fault, about);
    } finally {
      connection.disconnectSync();
    }
  }

  #endedEarly(rows: number, expected: number, about: string): TallystickError {
    if (this.#interrupted) return interrupted();
    const raised = this.#raised;
    this.#raised = null;
    if (raised instanceof TallystickError) return raised;
    return engineFault({
      message: `the engine gave ${rows} of ${expected} rows and ended while ${about}`,
      wayOut: 'it may have run out of memory: give it more with --memory, or fewer --threads',
    });
  }

  /** Stops whatever is running; the statement fails and its error says so. */
  interrupt(): void {
    this.#interrupted = true;
    this.#connection.interrupt();
  }

  close(): void {
    this.#connection.disconnectSync();
    this.#instance.closeSync();
  }

  /** DuckDB's messages quote cells: only what kind of fault it was is kept. */
  #wrap(fault: unknown, about: string): TallystickError {
    if (fault instanceof TallystickError) return fault;
    const raised = this.#raised;
    this.#raised = null;
    if (raised instanceof TallystickError) return raised;
    const text = fault instanceof Error ? fault.message : '';
    if (this.#interrupted || /^INTERRUPT/i.test(text)) return interrupted();
    if (/out of memory/i.test(text)) {
      return engineFault({
        message: `the engine ran out of memory while ${about}`,
        wayOut: 'give it more with --memory, or fewer --threads',
      });
    }
    if (/too many open files/i.test(text)) {
      return environment({
        message: `too many files are open in this process, or on this machine (while ${about})`,
        wayOut: 'raise the limit (ulimit -n; LimitNOFILE= in systemd): 256 are enough for 16 threads',
      });
    }
    if (/read-only file system|disk quota exceeded/i.test(text)) {
      return environment({
        message: `nothing more may be written to the disk while ${about}: it is read-only, or its quota is used up`,
        wayOut: 'choose another disk with --work and --out',
      });
    }
    if (/no space left|could not write|failed to write/i.test(text)) {
      return environment({
        message: `no room on disk while ${about}`,
        wayOut: 'free space, or move --work and --out',
      });
    }
    if (/not (latin-1|utf-16|utf-8) encoded|invalid unicode/i.test(text)) {
      return refused({
        message: `a file is not in its declared encoding (while ${about})`,
        wayOut: 'declare the encoding it has: utf-8, windows-1252, latin-1 or utf-16',
      });
    }
    if (/state machine reached an invalid state/i.test(text)) {
      return refused({
        message: `one file has line ends of different kinds, or a lone carriage return (while ${about})`,
        wayOut:
          'have it written with LF or with CRLF throughout, and with quotes around texts that hold either',
      });
    }
    if (/gzip|zstd|corrupt|decompress|match checksum/i.test(text)) {
      return refused({
        message: `a compressed file is damaged or incomplete (while ${about})`,
        wayOut: 'ask for the file again',
      });
    }
    const kind = /^([A-Z][A-Za-z -]{2,40} Error)\b/.exec(text)?.[1] ?? 'Error';
    return engineFault({
      message: `the engine failed while ${about} (${kind})`,
      wayOut: 'run again with --log-level debug; its own message is withheld, because it may quote data',
    });
  }
}

/** Version of the DuckDB library inside, for `doctor` and the manifest. */
export function duckdbVersion(): string {
  return duckdb.library_version();
}
