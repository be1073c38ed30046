import { DuckDbEngine } from '../engine/duckdb/engine.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { RunSettings } from '../program/run-settings.ts';
import { registerShapeFunctions } from './extract/count-codes.ts';
import type { TableInputs } from './extract/find-inputs.ts';
import { registerOptOutProbes } from './opt-outs/opt-out-code-columns.ts';

/** The engine of the provider. It reads the files of the delivery and the store only, never spills, and stops when the run is aborted. */
export class ProviderEngine {
  readonly engine: DuckDbEngine;
  readonly #signal: AbortSignal;
  readonly #stop: () => void;

  private constructor(engine: DuckDbEngine, signal: AbortSignal) {
    this.engine = engine;
    this.#signal = signal;
    this.#stop = () => engine.interrupt();
    signal.addEventListener('abort', this.#stop);
  }

  /** Opens it with the functions by which the rules for codes are asked in SQL. */
  static async open(
    pipeline: Pipeline,
    inputs: readonly TableInputs[],
    storeDirectory: string,
    { threads, memory, privateDirectory, signal }: RunSettings,
  ): Promise<ProviderEngine> {
    const engine = await DuckDbEngine.open({
      // One more than asked for: of the engine's threads, one is nearly always waiting for this program's to hash its vector.
      // On two cores: events 1.66 s with two, 1.36 s with three.
      threads: threads + 1,
      memory,
      spillDirectory: null,
      allowedDirectories: [storeDirectory, privateDirectory],
      allowedPaths: inputs.flatMap(({ files }) => files.map(({ file }) => file.path)),
      keepOrder: false,
    });
    registerShapeFunctions(engine, pipeline);
    registerOptOutProbes(engine, pipeline);
    return new ProviderEngine(engine, signal);
  }

  close(): void {
    this.#signal.removeEventListener('abort', this.#stop);
    this.engine.close();
  }
}
