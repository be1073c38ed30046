import { type Interval, wilsonInterval } from '../../domain/wilson-interval.ts';
import type { PairCounts, RecordCounts } from './counts.ts';

/** Rates are shares from 0 to 1, intervals their Wilson intervals of 95 %; null where there is nothing to take a share of. */
export interface RecordFigures extends RecordCounts {
  /** falseMatches / linked */
  readonly falseMatchRate: number | null;
  readonly falseMatchInterval: Interval | null;
  /** missedMatches / linkable */
  readonly missedMatchRate: number | null;
  readonly missedMatchInterval: Interval | null;
}

export interface PairFigures extends PairCounts {
  /** bothPairs / linkedPairs */
  readonly precision: number | null;
  readonly precisionInterval: Interval | null;
  /** bothPairs / truePairs */
  readonly recall: number | null;
  readonly recallInterval: Interval | null;
  /** the harmonic mean of the two: 2 bothPairs / (linkedPairs + truePairs) */
  readonly f1: number | null;
  readonly f1Interval: Interval | null;
}

/** The counts of several disjoint lots of records as one. */
export function addUp(lots: readonly RecordCounts[]): RecordCounts {
  const sum = (of: (lot: RecordCounts) => number) => lots.reduce((total, lot) => total + of(lot), 0);
  return {
    records: sum(({ records }) => records),
    linked: sum(({ linked }) => linked),
    falseMatches: sum(({ falseMatches }) => falseMatches),
    linkable: sum(({ linkable }) => linkable),
    missedMatches: sum(({ missedMatches }) => missedMatches),
  };
}

/** The rates of record counts: false of the linked, missed of those with something to link (domain reference, section 5). */
export function recordFigures({
  records,
  linked,
  falseMatches,
  linkable,
  missedMatches,
}: RecordCounts): RecordFigures {
  return {
    records,
    linked,
    falseMatches,
    falseMatchRate: share(falseMatches, linked),
    falseMatchInterval: wilsonInterval(falseMatches, linked),
    linkable,
    missedMatches,
    missedMatchRate: share(missedMatches, linkable),
    missedMatchInterval: wilsonInterval(missedMatches, linkable),
  };
}

/**
 * Precision, recall and F1 over pairs of records.
 *
 * F1 = 2J / (1 + J), where J is the share of both among the pairs of either: so its interval is J's, put through the same
 * formula, which only rises.
 */
export function pairFigures({ bothPairs, linkedPairs, truePairs }: PairCounts): PairFigures {
  const eitherPairs = linkedPairs + truePairs - bothPairs;
  const either = wilsonInterval(bothPairs, eitherPairs);
  const f1Of = (jaccard: number) => (2 * jaccard) / (1 + jaccard);
  return {
    bothPairs,
    linkedPairs,
    truePairs,
    precision: share(bothPairs, linkedPairs),
    precisionInterval: wilsonInterval(bothPairs, linkedPairs),
    recall: share(bothPairs, truePairs),
    recallInterval: wilsonInterval(bothPairs, truePairs),
    f1: share(2 * bothPairs, linkedPairs + truePairs),
    f1Interval: either === null ? null : [f1Of(either[0]), f1Of(either[1])],
  };
}

function share(part: number, of: number): number | null {
  return of === 0 ? null : part / of;
}
