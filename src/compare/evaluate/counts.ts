import { CHARACTERISTICS } from '../../domain/characteristic.ts';

/** What records came to, all of them or those of one rank or one subgroup. Numbers of records. */
export interface RecordCounts {
  readonly records: number;
  /** in a linked person of more than one subject, or of more than one true person */
  readonly linked: number;
  /** in a linked person whose owner is another true person; each of them is linked */
  readonly falseMatches: number;
  /** of a true person with records of more than one subject: it has something to link */
  readonly linkable: number;
  /** not in the home of its true person; each of them is linkable */
  readonly missedMatches: number;
}

export interface RankCounts extends RecordCounts {
  readonly rank: number;
}

/** The characteristics by which records are grouped, in the order of the report. */
export const GROUPINGS = ['source', 'nhsNumber', ...CHARACTERISTICS] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface GroupCounts extends RecordCounts {
  readonly by: Grouping;
  /** null where the row has no value */
  readonly value: string | null;
}

/** Numbers of pairs of records. */
export interface PairCounts {
  /** of one true person and of one linked person */
  readonly bothPairs: number;
  /** of one linked person */
  readonly linkedPairs: number;
  /** of one true person */
  readonly truePairs: number;
}

/** Everything that is counted below the identity boundary. */
export interface EvaluationCounts {
  readonly truePersons: number;
  readonly linkedPersons: number;
  readonly pairs: PairCounts;
  readonly ranks: readonly RankCounts[];
  readonly groups: readonly GroupCounts[];
}
