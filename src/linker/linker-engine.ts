import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { bug, refused } from '../domain/problem.ts';
import { duckdbDialect as dialect } from '../engine/duckdb/dialect.ts';
import { DuckDbEngine } from '../engine/duckdb/engine.ts';
import type { ScannedTable } from '../engine/scanned-table.ts';
import { type Pipeline, tablesOf } from '../pipeline/pipeline.ts';
import type { RunSettings } from '../program/run-settings.ts';
import type { Step } from '../sql/step.ts';
import { TokenNumbers } from './link/token-numbers.ts';
import { OpenParts } from './open-parts.ts';
import type { OpenStores } from './open-stores.ts';
import { mostSubjects } from './stored-relations.ts';
import { StoredSubjects } from './stored-subjects.ts';
import { StoredTable } from './stored-table.ts';

/**
 * Asks the engine what a step reads.
 *
 * @throws a bug when it reads a table that it does not say it reads: `plan` would show another run than this one
 */
export async function assertReads(engine: DuckDbEngine, { name, reads, sql }: Step): Promise<void> {
  const read = await engine.tablesRead(sql, `making ${name}`);
  const unsaid = read.filter((table) => !reads.includes(table));
  if (unsaid.length > 0) throw bug(`the step ${name} reads ${unsaid.join(', ')} and does not say so`);
}

/**
 * Runs a step: its rows become the table of its name.
 *
 * @returns how many they are
 * @throws a bug when it reads a table that it does not say it reads
 */
export async function runStep(engine: DuckDbEngine, step: Step): Promise<number> {
  await assertReads(engine, step);
  const table = dialect.name(step.name);
  const [made] = await engine.query(`CREATE TABLE ${table} AS ${step.sql}`, `making ${step.name}`);
  return Number(made?.['Count']);
}

/**
 * The engine of whatever works below the identity boundary. It opens the named files only (this program reads the tables of the
 * stores for it), spills into the run's private directory, and stops when the run does.
 */
export class LinkerEngine {
  readonly engine: DuckDbEngine;
  /** the folder that it spills into, 0700 */
  readonly spill: string;
  readonly #settings: RunSettings;
  readonly #stop: () => void;
  /** the numbers of tokens; whoever needs none any more closes it */
  readonly numbers = new TokenNumbers();
  readonly #parts = new OpenParts();
  /** what SQL can read of this program's; looked up when it does */
  readonly #tables: ScannedTable[] = [];

  private constructor(engine: DuckDbEngine, spill: string, settings: RunSettings) {
    this.engine = engine;
    this.spill = spill;
    this.#settings = settings;
    this.#stop = () => engine.interrupt();
    settings.signal.addEventListener('abort', this.#stop);
    for (const one of this.numbers.functions) engine.register(one);
  }

  /** @param files what it may read, and nothing else: absolute paths */
  static async open(files: readonly string[], settings: RunSettings): Promise<LinkerEngine> {
    const spill = join(settings.privateDirectory, 'spill');
    mkdirSync(spill, { mode: 0o700 });
    const engine = await DuckDbEngine.open({
      threads: settings.threads,
      memory: settings.memory,
      spillDirectory: spill,
      allowedDirectories: [spill],
      allowedPaths: files,
      keepOrder: true,
    });
    return new LinkerEngine(engine, spill, settings);
  }

  /** Makes every table of the stores readable by SQL, and the subjects of each source. */
  readStores(pipeline: Pipeline, { pathsOf, subjectsOf }: Pick<OpenStores, 'pathsOf' | 'subjectsOf'>): void {
    this.#tables.push(
      ...tablesOf(pipeline).map(({ name, source }) => {
        const { path, subjects } = subjectsOf(source);
        if (subjects > mostSubjects(pipeline)) throw tooManySubjects(path, source, mostSubjects(pipeline));
        return new StoredTable(name, pathsOf(name), this.#parts, subjects);
      }),
      ...pipeline.sources.map(({ name }) => {
        const { path, subjects } = subjectsOf(name);
        return new StoredSubjects(name, path, subjects, this.#parts);
      }),
    );
    this.engine.registerTables(this.#tables);
  }

  /** Makes another table of this program readable by SQL, once there are those of the stores. */
  addTable(table: ScannedTable): void {
    this.#tables.push(table);
  }

  /** @throws a bug for a table that no store has */
  storedTable(name: string): ScannedTable {
    const table = this.#tables.find((one) => one.name === name);
    if (table === undefined) throw bug(`no store has a table ${name}`);
    return table;
  }

  /** What runs one step of a stage, shows it as progress and logs it. */
  makerFor(stage: string): (step: Step) => Promise<void> {
    const { signal, progress } = this.#settings;
    return async (step) => {
      signal.throwIfAborted();
      progress.begin(step.name, () => 0, null);
      const rows = await runStep(this.engine, step);
      this.#settings.log({ level: 'debug', stage, table: step.name, rows, message: step.about });
    };
  }

  close(): void {
    this.#settings.signal.removeEventListener('abort', this.#stop);
    this.engine.close();
    this.#parts.close();
    this.numbers.close();
  }
}

function tooManySubjects(file: string, source: string, most: number): Error {
  return refused({
    file,
    message: `the source ${source} has more than ${most.toLocaleString('en')} subjects`,
    wayOut: 'they are numbered in 31 bits, all sources together: link fewer sources at once',
  });
}
