import { type ListedCode, matchesListedCode } from './listed-code.ts';
import { type OptOutCodeTable, readOptOutCell } from './opt-out-codes.ts';
import type { CodeSystem } from './role.ts';

/** The codes whose records are never released: a list's, and those that record an opt-out. */
export interface SensitiveCodes {
  readonly listed: readonly ListedCode[];
  readonly optOuts: OptOutCodeTable;
}

/**
 * True of a cell whose record is never released: in any of its spellings a code of the list, or anything that is or may be
 * an opt-out code, whatever the column's system. A released record never says that its person once opted out.
 */
export function isSensitiveCode(
  system: CodeSystem,
  text: string,
  { listed, optOuts }: SensitiveCodes,
): boolean {
  return matchesListedCode(system, text, listed) || readOptOutCell(system, text, optOuts) !== 'none';
}
