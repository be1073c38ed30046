import type { ComparedColumn, ComparedManifest } from './compared-run.ts';
import type { ReleaseChange } from './release-change.ts';

/** What may differ in a column that both releases have. */
const FACETS = ['rule', 'type', 'role', 'source'] as const;

/** Tables and columns that are new, gone or other, in the order of A and then of B. */
export function compareColumns(a: ComparedManifest, b: ComparedManifest): ReleaseChange[] {
  const names = [...new Set([...a.outputs, ...b.outputs].map(({ table }) => table))];
  return names.flatMap((name): ReleaseChange[] => {
    const [inA, inB] = [a, b].map(
      ({ outputs }) => outputs.find(({ table }) => table === name)?.columns ?? null,
    );
    if (inA == null || inB == null) {
      return [{ what: 'table', which: name, a: columnNames(inA), b: columnNames(inB) }];
    }
    return compareTable(name, inA, inB);
  });
}

function columnNames(columns: readonly ComparedColumn[] | null | undefined): string | null {
  return columns?.map(({ name }) => name).join(', ') ?? null;
}

function compareTable(
  table: string,
  a: readonly ComparedColumn[],
  b: readonly ComparedColumn[],
): ReleaseChange[] {
  const names = [...new Set([...a, ...b].map(({ name }) => name))];
  const changes = names.flatMap((name): ReleaseChange[] => {
    const which = `${table}.${name}`;
    const [inA, inB] = [a, b].map((columns) => columns.find((column) => column.name === name) ?? null);
    if (inA == null || inB == null) {
      return [{ what: 'column', which, a: describe(inA), b: describe(inB) }];
    }
    return FACETS.filter((facet) => inA[facet] !== inB[facet]).map((facet) => ({
      what: facet,
      which,
      a: inA[facet],
      b: inB[facet],
    }));
  });
  const [orderA, orderB] = [orderOf(a, b), orderOf(b, a)];
  if (orderA === orderB) return changes;
  return [...changes, { what: 'order of columns', which: table, a: orderA, b: orderB }];
}

/** The columns that both have, in the order of the first. */
function orderOf(own: readonly ComparedColumn[], others: readonly ComparedColumn[]): string {
  return own
    .filter(({ name }) => others.some((other) => other.name === name))
    .map(({ name }) => name)
    .join(', ');
}

function describe(column: ComparedColumn | null | undefined): string | null {
  return column == null ? null : `${column.type}, ${column.role}, ${column.rule}`;
}
