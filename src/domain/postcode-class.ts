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
 * Unusual addresses, by the start of their canonical form. They have an ordinary shape and name one location, so they are valid
 * and are linked on; they have a class of their own so that a report can count them and an ignore list can leave them out.
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
  // a repair can produce only one pseudo-postcode: Gibraltar's
  return pseudoPostcodeClass(settleInward(compactPostcode(trimBlanks(text)) ?? '')) ?? 'overseas-territory';
}
