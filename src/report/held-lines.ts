import type { OptOutResult } from '../linker/result.ts';
import { formatCount } from './format.ts';
import { left, right, textTable } from './text-table.ts';

/**
 * Persons and rows by the reason that holds them, and what would be released if each alone were switched off. For the operator: counts
 * are exact.
 */
export function heldLines({ effect: { persons }, whatIf, exempt }: OptOutResult): string[] {
  const rows = whatIf.map(({ reason, persons: released, rows: linked, rowsAtMost }) => [
    reason,
    formatCount(persons.first[reason] ?? 0),
    formatCount(persons.any[reason] ?? 0),
    formatCount(released),
    formatCount(total(linked)),
    formatCount(total(rowsAtMost)),
  ]);
  const headings = ['persons held', 'under any', 'if off: persons', 'rows', 'rows not linked'];
  return [
    ...(rows.length === 0
      ? []
      : [
          ...textTable([left('reason'), ...headings.map(right)], rows),
          'persons held: each once, under the first reason; if off: what this reason alone holds; rows not linked: stopped before linking, so an upper bound',
        ]),
    ...exempt.map(
      ({ type, basis, because }) => `switched off for this agreement: ${type} (${basis}: ${because})`,
    ),
  ];
}

function total(counts: Readonly<Record<string, number>>): number {
  return Object.values(counts).reduce((sum, one) => sum + one, 0);
}
