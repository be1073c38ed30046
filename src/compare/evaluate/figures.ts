import type { EvaluationCounts } from './counts.ts';
import { addUp, type PairFigures, pairFigures, type RecordFigures, recordFigures } from './rates.ts';
import { type Subgroup, subgroupsOf } from './subgroups.ts';

export interface RankFigures extends RecordFigures {
  readonly rank: number;
}

/** How well a linkage agrees with the truth. Counts and rates, and nothing of any person. */
export interface EvaluationFigures {
  readonly records: number;
  readonly persons: { readonly true: number; readonly linked: number };
  readonly record: RecordFigures;
  readonly pair: PairFigures;
  readonly ranks: readonly RankFigures[];
  readonly subgroups: readonly Subgroup[];
}

/**
 * Figures of counts (README.md defines them).
 *
 * @param ladder numbers of the ranks in the order in which they are tried: each gets a line, and so does rank 0
 * @param sources names of the sources, in the order of the pipeline file
 */
export function figuresOf(
  counts: EvaluationCounts,
  ladder: readonly number[],
  sources: readonly string[],
): EvaluationFigures {
  const met = counts.ranks.map(({ rank }) => rank).filter((rank) => rank !== 0 && !ladder.includes(rank));
  const total = addUp(counts.ranks);
  return {
    records: total.records,
    persons: { true: counts.truePersons, linked: counts.linkedPersons },
    record: recordFigures(total),
    pair: pairFigures(counts.pairs),
    ranks: [...ladder, ...met.sort((a, b) => a - b), 0].map((rank) => ({
      rank,
      ...recordFigures(addUp(counts.ranks.filter((one) => one.rank === rank))),
    })),
    subgroups: subgroupsOf(counts.groups, sources),
  };
}
