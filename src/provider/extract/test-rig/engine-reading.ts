import { duckdbDialect } from '../../../engine/duckdb/dialect.ts';
import { DuckDbEngine } from '../../../engine/duckdb/engine.ts';
import type { InputFile } from '../find-files.ts';
import { NAMES } from './nasty-file.ts';
import { REJECT_TABLES, readCsvSql } from './read-csv-sql.ts';
import { FORMAT } from './read-rows.ts';

/** What the engine's own reader of delimited text reads of a nasty file: another implementation, by other people. */
export class EngineReading {
  readonly #engine: DuckDbEngine;

  private constructor(engine: DuckDbEngine) {
    this.#engine = engine;
  }

  static async open(directory: string): Promise<EngineReading> {
    return new EngineReading(
      await DuckDbEngine.open({
        threads: 1,
        memory: '1GiB',
        spillDirectory: null,
        allowedDirectories: [directory],
        allowedPaths: [],
        keepOrder: true,
      }),
    );
  }

  /** Key and code of each row, and how many rows it puts aside; null where it refuses the file as a whole. */
  async read({ path }: InputFile): Promise<{ cells: string[][]; unparsed: number } | null> {
    const sql = readCsvSql(FORMAT, NAMES, { path, compression: 'none' }, duckdbDialect);
    const rows = await this.#engine
      .query(`SELECT coalesce(key, '') AS key, coalesce(code, '') AS code FROM ${sql}`, 'reading')
      .catch(() => null);
    if (rows === null) return null;
    const [counted] = await this.#engine.query(
      `SELECT count(DISTINCT line)::INTEGER AS n FROM ${REJECT_TABLES.errors}`,
      'counting',
    );
    for (const name of Object.values(REJECT_TABLES))
      await this.#engine.run(`DROP TABLE ${name}`, 'forgetting');
    return {
      cells: rows.map((row) => [String(row['key']), String(row['code'])]),
      unparsed: Number(counted?.['n']),
    };
  }

  close(): void {
    this.#engine.close();
  }
}
