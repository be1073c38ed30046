import type { ListedRuns } from '../write/list-runs.ts';
import type { Retained } from '../write/retention.ts';
import { formatCount, formatSize } from './format.ts';
import { left, right, textTable } from './text-table.ts';

/** The published runs of a pipeline, as a table. */
export function runsReport(directory: string, { runs, others }: ListedRuns): string {
  if (runs.length + others.length === 0) return `${directory}: no published run`;
  const namesRecipient = runs.some(({ recipient }) => recipient !== null);
  return [
    ...textTable(
      [
        left('run'),
        left('run date'),
        left('published'),
        right('size'),
        left(''),
        ...(namesRecipient ? [left('agreement'), left('recipient')] : []),
      ],
      runs.map(({ runId, runDate, publishedAt, bytes, isLatest, hasLinkMap, agreement, recipient }) => [
        runId,
        runDate,
        new Date(publishedAt).toISOString().slice(0, 16).replace('T', ' '),
        formatSize(bytes),
        [...(isLatest ? ['latest'] : []), ...(hasLinkMap ? ['link map'] : [])].join(', '),
        ...(namesRecipient ? [agreement, recipient ?? ''] : []),
      ]),
    ),
    ...others.map((name) => `${name}: no manifest of this version can be read; see \`tallystick verify\``),
  ].join('\n');
}

/** What pruning does with each run. */
export function pruneReport(retained: readonly Retained[], isDryRun: boolean): string {
  const gone = retained.filter(({ keptFor }) => keptFor.length === 0);
  const freed = gone.reduce((sum, { run }) => sum + run.bytes, 0);
  return [
    ...textTable(
      [left('run'), left('run date'), right('size'), left(''), left('for')],
      retained.map(({ run, keptFor }) => [
        run.runId,
        run.runDate,
        formatSize(run.bytes),
        keptFor.length > 0 ? 'kept' : isDryRun ? 'would go' : 'deleted',
        keptFor.join(', '),
      ]),
    ),
    '',
    `${formatCount(gone.length)} ${gone.length === 1 ? 'run' : 'runs'} ${isDryRun ? 'would be deleted' : 'deleted'}, ${formatSize(freed)}; ${formatCount(retained.length - gone.length)} kept`,
  ].join('\n');
}
