import type { CodeSystem } from '../domain/role.ts';
import type { Dialect, Step } from '../engine/step.ts';
import { codePattern, isSensitiveSql, type SensitiveCode } from './sensitive-codes.ts';

/** A stored code column that is looked through for sensitive codes. */
export interface CodeColumn {
  readonly name: string;
  readonly system: CodeSystem | null;
}

/**
 * Codes of one system that are tested as one pattern on each row: 20 ns where it is nearly always told by the first
 * characters. Longer lists would outgrow the pattern engine's memory, and are joined by value instead, at 100 ns a row.
 */
const MAX_PATTERN_CODES = 1000;

/**
 * How a table's rows with sensitive codes are told.
 *
 * @returns SQL over `row` that is true of such rows (null when there is nothing to look for), and steps it needs first
 */
export function excludedCodeSteps(
  table: string,
  relation: string,
  columns: readonly CodeColumn[],
  codes: readonly SensitiveCode[],
  dialect: Dialect,
): { readonly steps: Step[]; readonly isExcluded: string | null } {
  const steps: Step[] = [];
  const tests: string[] = [];
  for (const { name, system } of columns) {
    const ofSystem = codes.filter((code) => code.system === system);
    const cell = `row.${dialect.name(name)}`;
    if (ofSystem.length === 0) continue;
    if (ofSystem.length <= MAX_PATTERN_CODES) {
      tests.push(`coalesce(regexp_full_match(${cell}, ${dialect.text(codePattern(ofSystem))}), false)`);
      continue;
    }
    const step = `excluded_${table}_${name.toLowerCase().replaceAll(/[^a-z0-9]/g, '_')}`;
    steps.push({
      name: step,
      about: `codes in ${table}.${name} whose rows are not released`,
      reads: [table],
      sql: `SELECT value FROM (SELECT DISTINCT ${dialect.name(name)} AS value FROM ${relation} AS stored) AS codes
WHERE ${isSensitiveSql('value', ofSystem, dialect)}`,
    });
    tests.push(`EXISTS (SELECT 1 FROM ${step} AS excluded WHERE excluded.value = ${cell})`);
  }
  return { steps, isExcluded: tests.length === 0 ? null : tests.join(' OR ') };
}
