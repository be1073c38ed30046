import { type OptOutCodeSystem, optOutCodes, readOptOutCell } from '../../domain/opt-out-codes.ts';
import { CODE_SYSTEMS } from '../../domain/role.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import { TextClassifier } from '../../engine/text-classifier.ts';
import type { ColumnSpec, Pipeline } from '../../pipeline/pipeline.ts';
import { optOutProbeName } from '../extract/opt-out-probe.ts';

/** Gives the engine the functions by which queries ask, of cells that are not plain, whether they are or may be opt-out codes. */
export function registerOptOutProbes(engine: DuckDbEngine, { optOuts }: Pipeline): void {
  const codes = optOutCodes(optOuts.codeOverrides, optOuts.lookAlikes);
  for (const system of CODE_SYSTEMS) {
    const isSought = (text: string) => (readOptOutCell(system, text, codes) === 'none' ? 0 : 1);
    engine.register(new TextClassifier(optOutProbeName(system), isSought));
  }
}

/** The code system of one of them; that it is one of these has been checked with the pipeline file. */
export function searchedSystemOf({ system }: ColumnSpec): OptOutCodeSystem {
  return system as OptOutCodeSystem;
}
