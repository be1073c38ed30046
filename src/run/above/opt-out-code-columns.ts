import { type OptOutCodeSystem, type OptOutCodeTable, readOptOutCell } from '../../domain/opt-out-codes.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { TextClassifier } from '../../engine/text-classifier.ts';
import { optOutProbeName } from '../../extract/opt-out-queries.ts';
import type { TableSpec } from '../../pipeline/pipeline.ts';

const SYSTEMS: readonly OptOutCodeSystem[] = ['snomed', 'read-v2', 'ctv3'];

/** Gives the engine the functions by which the scan for coded opt-outs asks of cells that are not plain. */
export function registerOptOutProbes(engine: DuckDbEngine, codes: OptOutCodeTable): void {
  for (const system of SYSTEMS) {
    const isSought = (text: string) => (readOptOutCell(system, text, codes) === 'none' ? 0 : 1);
    engine.register(new TextClassifier(optOutProbeName(system), isSought));
  }
}

/** The code system of one of them; that it is one of these has been checked with the pipeline file. */
export function systemOf(table: TableSpec, column: string): OptOutCodeSystem {
  return table.columns.find(({ name }) => name === column)!.system as OptOutCodeSystem;
}
