import { type ListedCode, matchesListedCode } from './listed-code.ts';
import { type OptOutCodeTable, readOptOutCell } from './opt-out-codes.ts';
import type { CodeSystem } from './role.ts';

/** The codes whose records are never released: those of a list, and opt-out codes. */
export interface SensitiveCodes {
  readonly listed: readonly ListedCode[];
  readonly optOuts: OptOutCodeTable;
}

/**
 * True of a cell whose record is never released: a code of the list in any of its spellings, or anything that is or may be an
 * opt-out code, whatever the system of the column. A released record never shows that its person once opted out.
 */
export function isSensitiveCode(
  system: CodeSystem,
  text: string,
  { listed, optOuts }: SensitiveCodes,
): boolean {
  return matchesListedCode(system, text, listed) || readOptOutCell(system, text, optOuts) !== 'none';
}
