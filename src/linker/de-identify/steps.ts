import { plainName } from '../../domain/plain-name.ts';
import type { CodeSystem } from '../../domain/role.ts';
import { joined, type Sql, sql, table } from '../../sql/sql.ts';
import { type Dialect, type Step, step } from '../../sql/step.ts';

/** A stored code column that is looked through for sensitive codes. */
export interface CodeColumn {
  readonly name: string;
  readonly system: CodeSystem;
  /** SQL of its distinct codes, as `value` */
  readonly texts: Sql;
  /** true if it has been read and holds no sensitive code: there is nothing to look for */
  readonly isClear: boolean;
}

/** The function that SQL asks whether a code of this system is never released. */
export function sensitiveFunction(system: CodeSystem): string {
  return `is_sensitive_${plainName(system)}`;
}

/** SQL of a column's codes that are never released, in each spelling that is met. The rule is asked once a code. */
export function sensitiveValuesSql({ system, texts }: Pick<CodeColumn, 'system' | 'texts'>): Sql {
  return sql`SELECT value
FROM ${texts} AS texts
WHERE (${sensitiveFunction(system)}(CAST(value AS VARCHAR))).class = 1`;
}

/**
 * How a table's rows with sensitive codes are told: by the places of their codes in the column's dictionary, 5 ns a row.
 *
 * @param of name of the table
 * @returns SQL over `row` that is true of such rows (null when there is nothing to look for), and steps it needs first
 */
export function excludedCodeSteps(
  of: string,
  columns: readonly CodeColumn[],
  dialect: Dialect,
): { readonly steps: Step[]; readonly isExcluded: Sql | null } {
  const searched = columns
    .filter(({ isClear }) => !isClear)
    .map((column) => ({
      column,
      name: `excluded_${of}_${plainName(column.name)}`,
    }));
  const steps = searched.map(({ column, name }) =>
    step({
      name,
      about: `codes of ${of}.${column.name} whose rows are never released`,
      sql: sensitiveValuesSql(column),
    }),
  );
  const tests = searched.map(
    ({ column, name }) =>
      sql`EXISTS (SELECT 1 FROM ${table(name)} AS excluded WHERE excluded.value = row.${dialect.name(column.name)})`,
  );
  return { steps, isExcluded: tests.length === 0 ? null : joined(tests, ' OR ') };
}
