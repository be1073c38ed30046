import type { LinkageAudit } from '../linker/audit/linkage-audit.ts';
import { formatCount, formatInterval, formatRate } from './format.ts';
import { right, textTable } from './text-table.ts';

/** Decimals of a percentage: a sample supports no more. */
const PLACES = 2;

/** The results of the self-audit, one line for each rank in the order of the ladder. */
export function auditTable(audit: LinkageAudit): string[] {
  return [
    `self-audit of the linkage, without any truth: ${formatCount(audit.sampled)} NHS numbers hidden (seed ${audit.seed})`,
    ...textTable(
      [
        right('match rank'),
        right('links'),
        right('sampled'),
        right('precision'),
        right('95 % interval'),
        right('recall'),
        right('95 % interval'),
        right('of hidden'),
      ],
      audit.ranks.map(
        ({ rank, links, sampled, precision, precisionInterval, recall, recallInterval, hiddenRecall }) => [
          String(rank),
          formatCount(links),
          formatCount(sampled),
          formatRate(precision, PLACES),
          formatInterval(precisionInterval, PLACES),
          formatRate(recall, PLACES),
          formatInterval(recallInterval, PLACES),
          formatRate(hiddenRecall, PLACES),
        ],
      ),
    ),
  ];
}
