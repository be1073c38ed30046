/**
 * Names of the tables that a query reads. Common table expressions are none, nor are files and functions.
 *
 * @param parsed the query as `json_serialize_sql` gives it: nested nodes, in which `BASE_TABLE` is a table by name and `cte_map`
 *   holds the common table expressions that the node beside it can see
 */
export function tablesIn(parsed: unknown): readonly string[] {
  const names = new Set<string>();
  visit(parsed, new Set(), names);
  return [...names];
}

function visit(node: unknown, expressions: ReadonlySet<string>, names: Set<string>): void {
  if (typeof node !== 'object' || node === null) return;
  const { cte_map: own, ...rest } = node as TreeNode;
  const known = new Set(expressions);
  for (const { key, value } of own?.map ?? []) {
    visit(value, known, names); // it sees those before it, and not itself
    known.add(key);
  }
  if (rest.type === 'BASE_TABLE' && rest.table_name !== undefined && !known.has(rest.table_name)) {
    names.add(rest.table_name);
  }
  for (const child of Object.values(rest)) visit(child, known, names);
}

interface TreeNode {
  readonly type?: string;
  readonly table_name?: string;
  readonly cte_map?: { readonly map: readonly { readonly key: string; readonly value: unknown }[] };
}
