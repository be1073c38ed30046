import { cellsOf, groupOutcomes, isCollapsed, type OutcomeCounts } from '../../domain/column-outcomes.ts';
import type { Finding } from '../../domain/finding.ts';
import type { Outcome } from '../../domain/standardised.ts';
import { type ColumnSpec, type Pipeline, tablesOf } from '../../pipeline/pipeline.ts';
import type { StoredOutcomes } from '../../store/token-store.ts';

/**
 * Finds identifier columns of which hardly any cell is valid (domain/column-outcomes.ts). It needs no earlier night: a column that was
 * declared wrongly is found on the first.
 */
export function collapsedColumns(pipeline: Pipeline, outcomes: readonly StoredOutcomes[]): Finding[] {
  const tables = tablesOf(pipeline);
  return outcomes.flatMap(({ table: name, column: columnName, outcomes: counts }): Finding[] => {
    const table = tables.find((one) => one.name === name);
    const column = table?.columns.find((one) => one.name === columnName);
    const limits = pipeline.expect.valid[name]?.[columnName];
    if (table === undefined || column === undefined || limits === undefined) return [];
    if (!isCollapsed(counts as OutcomeCounts, limits.atLeast)) return [];
    const { valid } = groupOutcomes(counts);
    const all = cellsOf(groupOutcomes(counts));
    const counted = Object.entries(counts).map(([outcome, cells]) => `${outcome} ${cells}`);
    return [
      {
        check: 'collapsed-column',
        severity: 'stop',
        file: table.files.map(({ shownAs }) => shownAs).join(', '),
        column: columnName,
        message: `of ${all} cells of ${name}.${columnName} (${column.role}) ${valid} are valid: ${counted.join(', ')}`,
        wayOut: `${likelyReason(column, counts as OutcomeCounts)}; if it is right, say so with expect.valid.columns.${name}.${columnName}: { atLeast: 0% }`,
      },
    ];
  });
}

/** The most frequent outcome of the column's cells suggests what to look at first. */
function likelyReason({ role, format, map }: ColumnSpec, counts: OutcomeCounts): string {
  const [most] = (Object.entries(counts) as [Outcome, number][]).toSorted(([, a], [, b]) => b - a);
  switch (most?.[0]) {
    case 'absent':
      return 'the column is empty: ask for it, or take it out of the pipeline file';
    case 'test-range':
      return 'these are NHS numbers of the test range: say synthetic: true where the people are made up';
    case 'placeholder':
    case 'pseudo':
      return 'nearly every cell is a placeholder for "missing": ask for the column';
    case 'implausible':
      return `most dates are before 1895 or after the run date: look at its format (${format}) and at the run date`;
    case 'not-known':
    case 'not-specified':
      return `most cells mean "not known" by the map ${JSON.stringify(map)}: look at the map, and ask for the column`;
    default:
      break;
  }
  if (role === 'sex')
    return `look at its map (now ${Object.keys(map).join(', ')}): give the column one, such as map: { M: 1, F: 2 }`;
  if (role === 'date-of-birth') return `look at its format, which is declared as ${format}`;
  return `look whether it is the right column: ${role === 'postcode' ? 'these are no postcodes' : 'these are no NHS numbers'}`;
}
