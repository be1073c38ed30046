import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { Step } from '../../engine/step.ts';
import type { LinkPlan } from '../../link/steps.ts';
import { pairCountsOf, patternProbabilitiesStep } from '../../link/weigh-pairs.ts';
import { estimateWeights, type WeightParameters } from '../../link/weights/estimate.ts';

/** How a run weighed its links: what the operator's record says of it. */
export interface LinkWeighing extends WeightParameters {
  /** a link of less was refused; null: none was */
  readonly minProbability: number | null;
  /** links that were refused for it, by subjects */
  readonly refused: number;
}

/**
 * Makes the steps of linking. Between two of them the weights are estimated, from counts of pairs that the first ones leave.
 *
 * @param make runs one step
 * @returns null where links are not weighed
 */
export async function linkSubjects(
  engine: DuckDbEngine,
  { steps, weighedSteps }: LinkPlan,
  minProbability: number | null,
  make: (step: Step) => Promise<void>,
): Promise<LinkWeighing | null> {
  for (const step of steps) await make(step);
  if (weighedSteps.length === 0) return null;
  const counted = await engine.query(
    'SELECT pattern, pairs FROM pair_patterns',
    'reading the counts of pairs',
  );
  const weights = estimateWeights(pairCountsOf(counted));
  await make(patternProbabilitiesStep(weights));
  for (const step of weighedSteps) await make(step);
  const [row] = await engine.query(
    'SELECT CAST(count(*) AS DOUBLE) AS refused FROM subject_persons WHERE is_refused',
    'counting refused links',
  );
  return { ...weights.parameters, minProbability, refused: Number(row?.['refused']) };
}
