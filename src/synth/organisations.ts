/**
 * Codes of the organisations that hold records: shaped like the real ones, allotted to places along the map.
 */

const PATIENTS_PER_PRACTICE = 9_000;
const PATIENTS_PER_TRUST = 40_000; // HES knows some 500 providers for 57 million people; few treat most of them
const PATIENTS_PER_COMMUNITY_PROVIDER = 60_000;
const MOST_TRUSTS = 140;
const MOST_COMMUNITY_PROVIDERS = 26;

const PRACTICE_LETTERS = 'ABCDEFGHJKLMNPY'; // V is kept for unknown practices (domain.md, 2)
const TRUST_LETTERS = 'ABCDEFGHJKLMNPQTVWX';
const TRUST_DIGITS = '123456789';

export interface Organisations {
  /** GP practices, such as A81001. */
  readonly practices: readonly string[];
  /** Hospital trusts, such as RA1. */
  readonly trusts: readonly string[];
  /** Community providers, such as NLA. */
  readonly communityProviders: readonly string[];
}

/** The organisations for a number of patients. */
export function foundOrganisations(patients: number): Organisations {
  const practices = Math.max(3, Math.round(patients / PATIENTS_PER_PRACTICE));
  const trusts = Math.min(MOST_TRUSTS, Math.max(5, Math.round(patients / PATIENTS_PER_TRUST)));
  const community = Math.round(patients / PATIENTS_PER_COMMUNITY_PROVIDER);
  const communityProviders = Math.min(MOST_COMMUNITY_PROVIDERS, Math.max(3, community));
  return {
    practices: Array.from({ length: practices }, (_, nth) => {
      const letter = PRACTICE_LETTERS[nth % PRACTICE_LETTERS.length]!;
      return letter + (81_001 + Math.floor(nth / PRACTICE_LETTERS.length));
    }),
    trusts: Array.from({ length: trusts }, (_, nth) => {
      const letter = TRUST_LETTERS[nth % TRUST_LETTERS.length]!;
      return `R${letter}${TRUST_DIGITS[Math.floor(nth / TRUST_LETTERS.length)]}`;
    }),
    communityProviders: Array.from(
      { length: communityProviders },
      (_, nth) => `NL${String.fromCharCode(65 + nth)}`,
    ),
  };
}
