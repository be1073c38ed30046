import type { CodeSystem } from '../domain/role.ts';
import type { Dialect, Step } from '../engine/step.ts';
import { isSensitiveSql, type SensitiveCode } from './sensitive-codes.ts';

/** A stored code column that is looked through for sensitive codes. */
export interface CodeColumn {
  readonly name: string;
  readonly system: CodeSystem | null;
}

/** The values of one code column whose rows are left out: few, and found once, so that rows meet a short list. */
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
    const isSensitive = isSensitiveSql('value', system, codes, dialect);
    if (isSensitive === null) continue;
    const step = `excluded_${table}_${name.toLowerCase().replaceAll(/[^a-z0-9]/g, '_')}`;
    steps.push({
      name: step,
      about: `codes in ${table}.${name} whose rows are not released`,
      reads: [table],
      sql: `SELECT value FROM (SELECT DISTINCT ${dialect.name(name)} AS value FROM ${relation} AS stored) AS codes
WHERE ${isSensitive}`,
    });
    tests.push(`EXISTS (SELECT 1 FROM ${step} AS excluded WHERE excluded.value = row.${dialect.name(name)})`);
  }
  return { steps, isExcluded: tests.length === 0 ? null : tests.join(' OR ') };
}
