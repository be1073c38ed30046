import type { LinkageAudit } from '../audit/linkage-audit.ts';
import type { Interval } from '../domain/wilson-interval.ts';
import { formatCount } from './format.ts';
import { right, textTable } from './text-table.ts';

/** What the self-audit says of the ranks, a line each in the order of the ladder. */
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
          percent(precision),
          limits(precisionInterval),
          percent(recall),
          limits(recallInterval),
          percent(hiddenRecall),
        ],
      ),
    ),
  ];
}

function percent(share: number | null): string {
  return share === null ? '-' : `${(100 * share).toFixed(2)} %`;
}

function limits(interval: Interval | null): string {
  return interval === null ? '-' : `${percent(interval[0])} to ${percent(interval[1])}`;
}
