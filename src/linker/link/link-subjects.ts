import { publishedCount } from '../../domain/small-number.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { Step } from '../../sql/step.ts';
import type { LinkPlan } from './steps.ts';
import { pairCountsOf, patternProbabilitiesStep } from './weigh-pairs.ts';
import { estimateWeights, type PairCounts, type WeightParameters } from './weights/estimate.ts';

/** How a run weighed its links: what the operator's record says of it. */
export interface LinkWeighing extends WeightParameters {
  /** a link of less was refused; null: none was */
  readonly minProbability: number | null;
  /** links that were refused for it, by subjects */
  readonly refused: number;
}

/** The weights of links twice, from the same pairs. */
export interface WeighedLinks {
  /** for whoever runs the pipeline */
  readonly weights: LinkWeighing;
  /** of counts as they may be published: small ones are left out */
  readonly publishedWeights: WeightParameters;
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
): Promise<WeighedLinks | null> {
  for (const step of steps) await make(step);
  if (weighedSteps.length === 0) return null;
  const counted = await engine.query(
    'SELECT pattern, pairs FROM pair_patterns',
    'reading the counts of pairs',
  );
  const pairs = pairCountsOf(counted);
  const weights = estimateWeights(pairs);
  await make(patternProbabilitiesStep(weights));
  for (const step of weighedSteps) await make(step);
  const [row] = await engine.query(
    'SELECT CAST(count(*) AS DOUBLE) AS refused FROM subject_persons WHERE is_refused',
    'counting refused links',
  );
  return {
    weights: { ...weights.parameters, minProbability, refused: Number(row?.['refused']) },
    publishedWeights: estimateWeights(publishedPairs(pairs)).parameters,
  };
}

function publishedPairs({ byNumber, byTuple }: PairCounts): PairCounts {
  const published = (pairs: number) => publishedCount(pairs) ?? 0;
  const { agree, disagree, missing } = byTuple;
  return {
    byNumber: byNumber
      .map(({ pattern, pairs }) => ({ pattern, pairs: published(pairs) }))
      .filter(({ pairs }) => pairs > 0),
    byTuple: { agree: published(agree), disagree: published(disagree), missing: published(missing) },
  };
}
