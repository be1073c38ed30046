import type { EvaluationFigures } from '../src/compare/evaluate/figures.ts';
import type { LinkageAudit } from '../src/linker/audit/linkage-audit.ts';

/** Ranks of fewer links are not compared: their true rates are of too few. */
const FEWEST_LINKS = 1_000;

/** What the self-audit of a run said of a rank, and what the truth says; shares. */
export interface AuditedRank {
  readonly rank: number;
  readonly links: number;
  readonly precision: Compared;
  /** null of a rank that rests on the NHS number: its recall is its share of the links, which needs no estimate */
  readonly recall: Compared | null;
}

export interface Compared {
  readonly estimate: number;
  readonly truth: number;
}

/**
 * Holds the self-audit against the truth, by record: a rank's precision is 1 - its rate of false matches; its recall, where it
 * does without the NHS number, the share of records without one and with something to link that it links rightly.
 */
export function auditedRanks(
  { ranks }: LinkageAudit,
  evaluated: Pick<EvaluationFigures, 'ranks' | 'subgroups'>,
): AuditedRank[] {
  const linkable =
    evaluated.subgroups.find(({ by, value }) => by === 'nhsNumber' && value === 'missing')?.linkable ?? 0;
  return ranks.flatMap(({ rank, links, precision, recall, hiddenRecall }): AuditedRank[] => {
    const truth = evaluated.ranks.find((one) => one.rank === rank);
    if (links < FEWEST_LINKS || precision === null || truth === undefined) return [];
    const compared = { rank, links, precision: { estimate: precision, truth: 1 - truth.falseMatchRate! } };
    if (hiddenRecall === null || recall === null) return [{ ...compared, recall: null }];
    const right = truth.linked - truth.falseMatches;
    return [{ ...compared, recall: { estimate: recall, truth: right / linkable } }];
  });
}
