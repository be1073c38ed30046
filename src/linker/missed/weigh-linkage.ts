import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { Step } from '../../sql/step.ts';
import { inverseWeights } from './inverse-weights.ts';
import { cellWeightsStep, linkedCellOf, type WeighPlan } from './weigh-steps.ts';

/**
 * Gives every subject its inverse-probability weight (src/linker/missed/README.md): the model is fitted between two steps, source by
 * source.
 *
 * @param make runs one step
 */
export async function weighLinkage(
  engine: DuckDbEngine,
  { counting, weighing }: WeighPlan,
  make: (step: Step) => Promise<void>,
): Promise<void> {
  for (const step of counting) await make(step);
  const rows = await engine.query('SELECT * FROM linkage_cells ORDER BY cell', 'reading the counts of cells');
  const weights = new Map<number, number>();
  for (const source of new Set(rows.map((row) => Number(row['source'])))) {
    const own = rows.filter((row) => Number(row['source']) === source);
    for (const [at, weight] of inverseWeights(own.map(linkedCellOf)).entries()) {
      weights.set(Number(own[at]!['cell']), weight);
    }
  }
  await make(cellWeightsStep(weights));
  for (const step of weighing) await make(step);
}
