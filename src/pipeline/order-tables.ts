import type { TableSpec } from './pipeline.ts';

/** Records tables, each after the one that its parent-key points at. The chains are already known to end. */
export function parentsFirst(tables: readonly TableSpec[]): readonly TableSpec[] {
  const byName = new Map(tables.map((table) => [table.name, table]));
  const depth = (table: TableSpec): number => {
    const parent = table.columns.find((column) => column.role === 'parent-key')?.references;
    const above = parent == null ? undefined : byName.get(parent);
    return above === undefined ? 0 : depth(above) + 1;
  };
  return tables
    .map((table, index) => ({ table, place: index, depth: depth(table) }))
    .sort((a, b) => a.depth - b.depth || a.place - b.place)
    .map(({ table }) => table);
}
