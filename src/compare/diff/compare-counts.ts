import type { ComparedRun } from './compared-run.ts';

/** A number that both records have: comparable under any key. */
export interface ComparedCount {
  readonly what: string;
  readonly a: number;
  readonly b: number;
}

type CountRow = readonly [what: string, of: (run: ComparedRun) => number];

/** The counts of two runs side by side, from their records alone. */
export function compareCounts(a: ComparedRun, b: ComparedRun): ComparedCount[] {
  const rows: readonly CountRow[] = [
    ...[...new Set([...a.inputs, ...b.inputs].map(({ source }) => source))].map(
      (source) => [`rows read of ${source}`, (run: ComparedRun) => rowsOf(run, source)] as const,
    ),
    ['rows stopped by a type 1 opt-out', (run) => stoppedRows(run)],
    ...tablesOf(a, b).map(
      (table) => [`rows released of ${table}`, (run: ComparedRun) => releasedRows(run, table)] as const,
    ),
    ['persons released', ({ receipts }) => receipts.persons.released],
    ['  met in one care setting', ({ receipts }) => receipts.persons.metIn['1']],
    ['  met in two', ({ receipts }) => receipts.persons.metIn['2']],
    ['  met in three', ({ receipts }) => receipts.persons.metIn['3']],
    ['persons with a type 2 opt-out', ({ receipts }) => receipts.persons.typeTwoOptOut],
    ['persons with a national opt-out', ({ receipts }) => receipts.persons.nationalOptOut],
    ['persons held back', ({ receipts }) => receipts.persons.heldBack],
    ...optOutRows(a, b),
  ];
  return rows.map(([what, of]) => ({ what, a: of(a), b: of(b) }));
}

/** Tables of either run, in the order of the first. */
function tablesOf(a: ComparedRun, b: ComparedRun): string[] {
  return [...new Set([...a.outputs, ...b.outputs].map(({ table }) => table))];
}

function releasedRows({ outputs }: ComparedRun, table: string): number {
  return outputs.find((output) => output.table === table)?.rows ?? 0;
}

/** What the lists and the records came to, where either run had any: a list that a run has not has 0. */
function optOutRows(a: ComparedRun, b: ComparedRun): CountRow[] {
  const types = [...new Set([a, b].flatMap(({ optOuts }) => Object.keys(optOuts.register ?? {})))].sort();
  const rows: CountRow[] = types.map((type) => [
    `${type} events in the register`,
    ({ optOuts }) => optOuts.register?.[type] ?? 0,
  ]);
  if ((a.optOuts.nationalAllowed ?? b.optOuts.nationalAllowed) !== null) {
    rows.push(['numbers that the national reply allows', ({ optOuts }) => optOuts.nationalAllowed ?? 0]);
  }
  const listed = (run: ComparedRun) => Object.entries(run.optOuts.lists ?? {});
  const declared = new Map(
    [...listed(a), ...listed(b)].flatMap(([list, counts]) =>
      Object.keys(counts).map((type) => [`${list}/${type}`, { list, type }] as const),
    ),
  );
  for (const { list, type } of [...declared.values()].sort((x, y) => (x.list < y.list ? -1 : 1))) {
    const what = type === 'allowed' ? 'numbers that the list' : `${type} events of the list`;
    rows.push([
      `${what} ${list}${type === 'allowed' ? ' allows' : ''}`,
      ({ optOuts }) => optOuts.lists?.[list]?.[type] ?? 0,
    ]);
  }
  if ((a.optOuts.coded ?? b.optOuts.coded) !== null) {
    rows.push(['opt-out events in the records', ({ optOuts }) => optOuts.coded ?? 0]);
  }
  return rows;
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
