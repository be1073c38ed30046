import type { EvaluationFigures } from '../src/compare/evaluate/figures.ts';
import type { LinkageAudit } from '../src/linker/audit/linkage-audit.ts';

/** Ranks with fewer links are not compared: their true rates are too uncertain. */
const FEWEST_LINKS = 1_000;

/** The rates of a rank by the self-audit of a run, and its true rates; shares. */
export interface AuditedRank {
  readonly rank: number;
  readonly links: number;
  readonly precision: Compared;
  /** null for a rank that requires the NHS number: its recall is its share of the links, which needs no estimate */
  readonly recall: Compared | null;
}

export interface Compared {
  readonly estimate: number;
  readonly truth: number;
}

/**
 * Compares the self-audit with the truth, by record. A rank's precision is 1 minus its rate of false matches. Its recall, for a rank
 * without the NHS number, is the share of records without one, and with a record to link to, that it links correctly.
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
