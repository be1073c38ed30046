import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Acceptance } from '../../baseline/acceptance.ts';
import { findIdentifier } from '../../gates/identifier-shapes.ts';
import type { RunResult } from '../../linker/result.ts';
import { parsePipeline } from '../../pipeline/parse-pipeline.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { LogEvent } from '../../program/run-settings.ts';
import { RunLock } from '../../write/run-lock.ts';
import { provideStore } from '../provide-store.ts';
import { runPipeline, type StoreProvider } from '../run-pipeline.ts';
import { type Row, readRows } from './read-rows.ts';

/** The run date of every test run. */
export const RUN_DATE = '2026-04-01';

/** The outcome of a test run: a result or an error, never both, and all that it logged. */
export interface Outcome {
  readonly result: RunResult | null;
  readonly error: unknown;
  /** log events and stage names, one JSON text each */
  readonly said: readonly string[];
}

export interface RunOptions {
  readonly threads?: number;
  readonly memory?: string;
  readonly signal?: AbortSignal;
  /** YYYY-MM-DD; `RUN_DATE` if absent */
  readonly runDate?: string;
  readonly acceptance?: Acceptance;
  /** what is run instead of the whole pipeline in one */
  readonly execute?: typeof runPipeline;
  /** the provider: in this process if absent, by the code that its own process runs */
  readonly provide?: StoreProvider;
  /** called when a stage begins */
  readonly onStage?: (stage: string) => void;
}

const inThisProcess: StoreProvider = (pipeline, releaseKeyId, storeDirectory, settings) =>
  provideStore({ pipeline, releaseKeyId, storeDirectory }, settings);

/** A temporary folder with keys and an empty opt-out register in it, in which tests run real pipelines. */
export class BenchFolder {
  readonly path: string;
  #runs = 0;

  private constructor(path: string) {
    this.path = path;
  }

  /** @param seed gives the same keys each time, and so the same tokens; without it, keys are random */
  static make(seed?: string): BenchFolder {
    const folder = new BenchFolder(mkdtempSync(join(tmpdir(), 'tallystick-test-')));
    for (const name of ['linkage.key', 'release.key']) {
      const key =
        seed === undefined
          ? randomBytes(32)
          : createHash('sha256')
              .update(seed + name)
              .digest();
      writeFileSync(folder.at(name), key, { mode: 0o600 });
    }
    folder.put('register.csv', 'nhs_number,type,event,date\n');
    return folder;
  }

  at(name: string): string {
    return join(this.path, name);
  }

  put(name: string, content: string | Buffer): string {
    mkdirSync(dirname(this.at(name)), { recursive: true });
    writeFileSync(this.at(name), content);
    return this.at(name);
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  parse(pipeline: object, variables: Readonly<Record<string, string>> = {}): Pipeline {
    const context = {
      file: this.at('pipeline.yaml'),
      runDate: RUN_DATE,
      variables,
      shownAs: 'pipeline.yaml',
      identifierIn: (name: string) => findIdentifier(name, [], null, 'prose'),
    };
    return parsePipeline(JSON.stringify(pipeline, null, 2), context);
  }

  get out(): string {
    return this.at('out');
  }

  /** Folder of the n-th run's private files; it is left for the test to look into. */
  workOf(run: number): string {
    return this.at(`work-${run}`);
  }

  get lastWork(): string {
    return this.workOf(this.#runs);
  }

  /** Runs a pipeline, given as its file's content or parsed, with the work folder kept. */
  async run(pipeline: object | Pipeline, options: RunOptions = {}): Promise<Outcome> {
    const parsed = isParsed(pipeline) ? pipeline : this.parse(pipeline);
    const said: string[] = [];
    this.#runs += 1;
    mkdirSync(this.lastWork, { mode: 0o700 });
    mkdirSync(join(this.out, parsed.name), { recursive: true });
    const lock = await RunLock.take(join(this.out, parsed.name, '.lock'));
    try {
      const result = await (options.execute ?? runPipeline)(
        parsed,
        {
          out: this.out,
          lock,
          logged: () => said,
          ...(options.acceptance === undefined ? {} : { acceptance: options.acceptance }),
        },
        {
          runDate: options.runDate ?? RUN_DATE,
          threads: options.threads ?? 2,
          memory: options.memory ?? '1GiB',
          privateDirectory: this.lastWork,
          progress: {
            begin: (stage) => {
              said.push(stage);
              options.onStage?.(stage);
            },
            end: () => undefined,
          },
          log: (event: LogEvent) => said.push(JSON.stringify(event)),
          signal: options.signal ?? new AbortController().signal,
        },
        options.provide ?? inThisProcess,
      );
      return { result, error: null, said };
    } catch (error) {
      return { result: null, error, said };
    } finally {
      await lock.release();
    }
  }

  /** Runs a pipeline that must succeed. */
  async publish(pipeline: object | Pipeline, options: RunOptions = {}): Promise<Published> {
    const { result, error } = await this.run(pipeline, options);
    if (result === null) throw error;
    const text = (file: string) => readFileSync(join(result.directory, file), 'utf8');
    return {
      result,
      text,
      quarantine: text('operator/quarantine.csv').trimEnd().split('\n').slice(1),
      rows: (table) => readRows(join(result.release, `${table}.arrow`)),
    };
  }

  /** Runs a pipeline that must be refused; returns the message, having made sure that nothing was published. */
  async refusal(pipeline: object | Pipeline, options: RunOptions = {}): Promise<string> {
    const { result, error } = await this.run(pipeline, options);
    if (result !== null) throw new Error('the run was published');
    if (existsSync(join(this.out, 'tiny', 'latest'))) throw new Error('something was published all the same');
    if (!(error instanceof Error)) throw new TypeError('the run failed with something that is no Error');
    const { exitCode } = error as { exitCode?: number };
    return `${exitCode === undefined ? error.stack : `exit ${exitCode}: ${error.message}`}`;
  }
}

export interface Published {
  readonly result: RunResult;
  /** lines of operator/quarantine.csv without its header */
  readonly quarantine: readonly string[];
  /** a file of the run, such as operator/receipts.json */
  text(file: string): string;
  rows(table: string): Promise<Row[]>;
}

function isParsed(pipeline: object): pipeline is Pipeline {
  return 'file' in pipeline;
}
