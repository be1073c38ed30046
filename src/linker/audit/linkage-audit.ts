import type { Interval } from '../../domain/wilson-interval.ts';

/** The audit of one rank; rates and limits are from 0 to 1. */
export interface RankAudit {
  readonly rank: number;
  /** subjects that the rank linked to a person in this run; those of the first source that has a number are not links to it */
  readonly links: number;
  /** links of the sample that the rates rest on */
  readonly sampled: number;
  /** share of the rank's links that are to the right person; null where the sample is too small */
  readonly precision: number | null;
  readonly precisionInterval: Interval | null;
  /**
   * of a rank without the NHS number, the share of this run's records without one and with somebody to be linked to that it
   * links rightly; of a rank that rests on the number, its share of all links made by such ranks
   */
  readonly recall: number | null;
  readonly recallInterval: Interval | null;
  /** of a rank without the NHS number, the share of records whose number is hidden, and that have somebody to be linked to, that it links rightly */
  readonly hiddenRecall: number | null;
  readonly hiddenRecallInterval: Interval | null;
}

/** The self-audit of a linkage: counts and rates, and nothing of any person. */
export interface LinkageAudit {
  /** subjects whose NHS number was hidden */
  readonly sampled: number;
  /** what the sample was drawn with: the same tokens give the same sample */
  readonly seed: number;
  /** one of each rank, in the order of the ladder */
  readonly ranks: readonly RankAudit[];
}
