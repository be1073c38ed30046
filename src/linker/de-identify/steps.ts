import { plainName } from '../../domain/plain-name.ts';
import type { CodeSystem } from '../../domain/role.ts';
import { joined, type Sql, sql, table } from '../../sql/sql.ts';
import { type Dialect, type Step, step } from '../../sql/step.ts';

/** A stored code column that is looked through for sensitive codes. */
export interface CodeColumn {
  readonly name: string;
  readonly system: CodeSystem;
  /** the sensitive codes that are in it, each as it is written there; null where the column has not been read */
  readonly found: readonly string[] | null;
}

/**
 * Codes that are tested as one pattern on each row: the engine tests each value of a Parquet dictionary once, 3 ns a row.
 * Longer lists would outgrow the pattern engine's memory, and are joined by value instead, at 15 ns a row.
 */
const MAX_PATTERN_CODES = 1000;

/** The function that SQL asks whether a code of this system is never released. */
export function sensitiveFunction(system: CodeSystem): string {
  return `is_sensitive_${plainName(system)}`;
}

/**
 * SQL of a column's distinct codes that are never released, in each spelling that is met. The condition needs the count, which
 * only the grouping makes: the engine moves any other below it, and asks of each row (also into a materialised table).
 */
export function sensitiveValuesSql(
  { name, system }: Pick<CodeColumn, 'name' | 'system'>,
  relation: Sql,
  dialect: Dialect,
): Sql {
  const column = dialect.name(name);
  return sql`SELECT value
FROM (SELECT ${column} AS value, count(*) AS n FROM ${relation} AS stored GROUP BY ${column}) AS codes
WHERE CASE WHEN n > 0 AND value IS NOT NULL THEN (${sensitiveFunction(system)}(value)).class ELSE 0 END = 1`;
}

/**
 * How a table's rows with sensitive codes are told.
 *
 * @param of name of the table, @param relation its stored rows
 * @returns SQL over `row` that is true of such rows (null when there is nothing to look for), and steps it needs first
 */
export function excludedCodeSteps(
  of: string,
  relation: Sql,
  columns: readonly CodeColumn[],
  dialect: Dialect,
): { readonly steps: Step[]; readonly isExcluded: Sql | null } {
  const steps: Step[] = [];
  const tests: Sql[] = [];
  for (const column of columns) {
    const { name, found } = column;
    const cell = `row.${dialect.name(name)}`;
    if (found !== null && found.length <= MAX_PATTERN_CODES) {
      if (found.length > 0)
        tests.push(sql`regexp_full_match(${cell}, ${dialect.text(textsPattern(found))}) IS TRUE`);
      continue;
    }
    const excluded = `excluded_${of}_${plainName(name)}`;
    steps.push(
      step({
        name: excluded,
        about: `codes of ${of}.${name} whose rows are never released`,
        sql: sensitiveValuesSql(column, relation, dialect),
      }),
    );
    tests.push(sql`EXISTS (SELECT 1 FROM ${table(excluded)} AS excluded WHERE excluded.value = ${cell})`);
  }
  return { steps, isExcluded: tests.length === 0 ? null : joined(tests, ' OR ') };
}

/** A pattern (RE2, for a full match) of these texts and no others. */
function textsPattern(texts: readonly string[]): string {
  // RE2 escapes punctuation only: other scripts need no escape
  const literal = (text: string) => text.replaceAll(/[!-/:-@[-`{-~ ]/g, '\\$&');
  return `(?:${texts.map(literal).join('|')})`;
}
