/** What kind of address a postcode is, for reports and ignore lists. Rules: domain reference, section 2. */
import { compactPostcode, settleInward, standardisePostcode } from './postcode.ts';
import { type PseudoPostcodeClass, pseudoPostcodeClass } from './postcode-pseudo.ts';
import { trimBlanks } from './standardised-text.ts';

export type PostcodeClass =
  | PseudoPostcodeClass
  | 'ordinary'
  | 'forces'
  | 'non-geographic'
  | 'guernsey'
  | 'jersey'
  | 'isle-of-man';

/**
 * Unusual addresses, by how their canonical form starts. They have an ordinary shape and name one place, so
 * they are valid and are linked on; they are told apart so that a report can count them and an ignore list
 * leave them out.
 */
const UNUSUAL: readonly (readonly [start: RegExp, kind: PostcodeClass])[] = [
  [/^BF1[0-9][A-Z]/, 'forces'],
  [/^BX[0-9]/, 'non-geographic'],
  [/^GY[0-9]/, 'guernsey'],
  [/^JE[0-9]/, 'jersey'],
  [/^IM[0-9]/, 'isle-of-man'],
];

/** The class of a postcode as it arrives, repaired where it can be; null where it is absent or invalid. */
export function classifyPostcode(text: string | null): PostcodeClass | null {
  const { value, outcome } = standardisePostcode(text);
  if (value !== null) return UNUSUAL.find(([start]) => start.test(value))?.[1] ?? 'ordinary';
  if (outcome !== 'pseudo') return null;
  // Gibraltar's is the one pseudo-postcode that can be reached by a repair
  return pseudoPostcodeClass(settleInward(compactPostcode(trimBlanks(text)) ?? '')) ?? 'overseas-territory';
}
