import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { Step } from '../../sql/step.ts';
import { inverseProbabilityWeights } from './inverse-probability-weights.ts';
import { cellWeightsStep, type LinkageWeightPlan, linkedCellOf } from './linkage-weight-steps.ts';

/**
 * Gives every subject its linkage weight, an inverse-probability weight (src/linker/missed/README.md): the model is fitted between two steps, source by
 * source.
 *
 * @param make runs one step
 */
export async function makeLinkageWeights(
  engine: DuckDbEngine,
  { counting, assigning }: LinkageWeightPlan,
  make: (step: Step) => Promise<void>,
): Promise<void> {
  for (const step of counting) await make(step);
  const rows = await engine.query('SELECT * FROM linkage_cells ORDER BY cell', 'reading the counts of cells');
  const weights = new Map<number, number>();
  for (const source of new Set(rows.map((row) => Number(row['source'])))) {
    const own = rows.filter((row) => Number(row['source']) === source);
    for (const [index, weight] of inverseProbabilityWeights(own.map(linkedCellOf)).entries()) {
      weights.set(Number(own[index]!['cell']), weight);
    }
  }
  await make(cellWeightsStep(weights));
  for (const step of assigning) await make(step);
}
