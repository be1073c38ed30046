import type { ComparedRun } from './compared-run.ts';

/** A number that both records have: comparable under any key. */
export interface ComparedCount {
  readonly what: string;
  readonly a: number;
  readonly b: number;
}

/** The counts of two runs side by side, from their records alone. */
export function compareCounts(a: ComparedRun, b: ComparedRun): ComparedCount[] {
  const rows: readonly (readonly [string, (run: ComparedRun) => number])[] = [
    ...[...new Set([...a.inputs, ...b.inputs].map(({ source }) => source))].map(
      (source) => [`rows read of ${source}`, (run: ComparedRun) => rowsOf(run, source)] as const,
    ),
    ['rows stopped by a type 1 opt-out', (run) => stoppedRows(run)],
    ['persons released', ({ receipts }) => receipts.persons.released],
    ['  met in one setting', ({ receipts }) => receipts.persons.metIn['1']],
    ['  met in two', ({ receipts }) => receipts.persons.metIn['2']],
    ['  met in three', ({ receipts }) => receipts.persons.metIn['3']],
    ['persons with a type 2 opt-out', ({ receipts }) => receipts.persons.typeTwoOptOut],
    ['persons with a national opt-out', ({ receipts }) => receipts.persons.nationalOptOut],
    ['persons held back', ({ receipts }) => receipts.persons.heldBack],
  ];
  return rows.map(([what, of]) => ({ what, a: of(a), b: of(b) }));
}

function rowsOf({ inputs }: ComparedRun, source: string): number {
  return inputs.reduce((sum, input) => sum + (input.source === source ? input.rows : 0), 0);
}

/** Above the identity boundary, which the link map does not show. */
function stoppedRows({ receipts }: ComparedRun): number {
  return receipts.rows
    .filter(({ stage }) => stage === 'tokenise')
    .reduce((sum, { dropped }) => sum + (dropped['type-1-opt-out'] ?? 0), 0);
}
