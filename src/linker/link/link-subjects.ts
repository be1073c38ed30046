import { publishedCount } from '../../domain/small-number.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';
import type { Step } from '../../sql/step.ts';
import { pairCountsOf, patternProbabilitiesStep } from './match-probabilities.ts';
import {
  estimateMatchWeights,
  type MatchWeightParameters,
  type PairCounts,
} from './match-weights/estimate.ts';
import type { LinkPlan } from './steps.ts';

/** The match weights of a run, as the operator's record has them. */
export interface MatchWeightRecord extends MatchWeightParameters {
  /** a link of less was refused; null: none was */
  readonly minProbability: number | null;
  /** links that were refused for it, by subjects */
  readonly refused: number;
}

/** The match weights of a run twice, estimated from the same pairs. */
export interface RunMatchWeights {
  /** from exact counts, for the operator */
  readonly recorded: MatchWeightRecord;
  /** from counts as they may be published: small ones are left out */
  readonly published: MatchWeightParameters;
}

/**
 * Makes the steps of linking that come after `numbering`. Between two of them the match weights are estimated, from counts of pairs that the first ones leave.
 *
 * @param make runs one step
 * @returns null where the ladder compares no field, so that there are no match weights
 */
export async function linkSubjects(
  engine: DuckDbEngine,
  { steps, stepsAfterEstimate }: LinkPlan,
  minProbability: number | null,
  make: (step: Step) => Promise<void>,
): Promise<RunMatchWeights | null> {
  for (const step of steps) await make(step);
  if (stepsAfterEstimate.length === 0) return null;
  const counted = await engine.query(
    'SELECT pattern, pairs FROM pair_patterns',
    'reading the counts of pairs',
  );
  const pairs = pairCountsOf(counted);
  const weights = estimateMatchWeights(pairs);
  await make(patternProbabilitiesStep(weights));
  for (const step of stepsAfterEstimate) await make(step);
  const [row] = await engine.query(
    'SELECT CAST(count(*) AS DOUBLE) AS refused FROM subject_persons WHERE is_refused',
    'counting refused links',
  );
  return {
    recorded: { ...weights.parameters, minProbability, refused: Number(row?.['refused']) },
    published: estimateMatchWeights(publishedPairs(pairs)).parameters,
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
