/**
 * Postcodes that name a circumstance or a whole territory. They are recognised before anything is validated, and are never
 * linked on. Rules: domain reference, section 2; the ZZ99 codes are those of the Office for National Statistics.
 */

export type PseudoPostcodeClass =
  | 'no-fixed-abode'
  | 'not-known'
  | 'england-or-uk-unstated'
  | 'wales-unstated'
  | 'scotland-unstated'
  | 'northern-ireland-unstated'
  | 'overseas'
  | 'overseas-territory';

/** The meaning of a pseudo-postcode; any ZZ99 that is not listed means overseas. */
const MEANINGS: ReadonlyMap<string, PseudoPostcodeClass> = new Map([
  ['ZZ993VZ', 'no-fixed-abode'],
  ['ZZ993WZ', 'not-known'],
  ['ZZ993CZ', 'england-or-uk-unstated'],
  ['ZZ993GZ', 'wales-unstated'],
  ['ZZ991WZ', 'scotland-unstated'],
  ['ZZ992WZ', 'northern-ireland-unstated'],
]);

/**
 * One postcode for a whole territory: Ascension, Indian Ocean, Antarctic, Falklands, Gibraltar, Pitcairn,
 * South Georgia, St Helena, Tristan da Cunha, Turks and Caicos. Everyone there shares it, so it is pseudo:
 * linking on it would mean linking on sex and birth date alone. GX11 1AA alone has an ordinary shape.
 */
export const TERRITORY_POSTCODES: readonly string[] = [
  'ASCN1ZZ',
  'BBND1ZZ',
  'BIQQ1ZZ',
  'FIQQ1ZZ',
  'GX111AA',
  'PCRN1ZZ',
  'SIQQ1ZZ',
  'STHL1ZZ',
  'TDCU1ZZ',
  'TKCA1ZZ',
];

/**
 * Whole, anchored: ZZ99 and an inward part of one digit and any two letters (the C of 3CZ would be barred
 * elsewhere).
 */
const ZZ99 = /^ZZ99[0-9][A-Z]{2}$/;

/** The meaning of a compact, upper-case text as a pseudo-postcode; null where it is none. */
export function pseudoPostcodeClass(compact: string): PseudoPostcodeClass | null {
  if (TERRITORY_POSTCODES.includes(compact)) return 'overseas-territory';
  if (!ZZ99.test(compact)) return null;
  return MEANINGS.get(compact) ?? 'overseas';
}
