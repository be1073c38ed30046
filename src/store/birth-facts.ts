import type { Pipeline } from '../pipeline/pipeline.ts';

/** Facts of persons that are derived from birth date and sex; made above the identity boundary. */
export const BIRTH_FACTS = { year_of_birth: 'SMALLINT', age_band: 'SMALLINT', sex: 'TINYINT' } as const;
export type BirthFact = keyof typeof BIRTH_FACTS;

/**
 * Year of birth for the rule that looks for infants giving birth: stored for that rule alone, and never released under this
 * name. Delivered columns keep their names, so this name is one that no delivered column has.
 */
export const BIRTH_YEAR = 'tallystick_birth_year';

/** The birth facts this pipeline releases, in a fixed order. */
export function birthFactsOf(pipeline: Pipeline): readonly BirthFact[] {
  return (Object.keys(BIRTH_FACTS) as BirthFact[]).filter((fact) =>
    pipeline.release.persons.some(({ name }) => name === fact),
  );
}
