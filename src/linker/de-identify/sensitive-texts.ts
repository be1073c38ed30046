import type { CodeSystem } from '../../domain/role.ts';
import { isSensitiveCode, type SensitiveCodes } from '../../domain/sensitive-code.ts';

/** A 1 for each text of a column whose rows are never released. The rule is asked once a text, whatever the number of rows. */
export function sensitiveTexts(
  system: CodeSystem,
  texts: readonly string[],
  codes: SensitiveCodes,
): Uint8Array {
  return Uint8Array.from(texts, (text) => (isSensitiveCode(system, text, codes) ? 1 : 0));
}
