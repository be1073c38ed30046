import { byRule, unfit } from '../../domain/release-rule.ts';
import { rulesAsked } from '../../pipeline/implausible-rules.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { BIRTH_YEAR, birthFactsOf } from '../../store/birth-facts.ts';
import type { PartType } from '../../store/part-columns.ts';
import type { TupleParts } from '../extract/row-vector.ts';

/** A fact that is made of birth date and sex, so that the birth date itself is not stored. */
export interface BirthFactColumn {
  readonly name: string;
  readonly type: Extract<PartType, 'int8' | 'int16'>;
  /** of a row; null where it cannot be known */
  readonly of: (demographics: TupleParts, row: number) => number | null;
}

/**
 * The birth facts that are released or that a rule of implausible links needs.
 *
 * An age band is its lowest age: ages are completed years at the reference date, from dates written as yyyymmdd, whose
 * difference in ten-thousands is just that.
 */
export function birthFactColumns(pipeline: Pipeline): readonly BirthFactColumn[] {
  const year: BirthFactColumn['of'] = ({ birthDate }, row) =>
    birthDate[row] === 0 ? null : Math.floor(birthDate[row]! / 10_000);
  const released = birthFactsOf(pipeline).map((fact): BirthFactColumn => {
    const rule = pipeline.release.persons.find(({ name }) => name === fact)!.rule;
    if (fact === 'sex') return { name: fact, type: 'int8', of: ({ sex }, row) => sex[row] || null };
    const cannot = unfit('a birth date');
    const of = byRule(rule, {
      'year-of-birth': () => year,
      'age-band': ({ at, width, top }): BirthFactColumn['of'] => {
        const day = Number(at.replaceAll('-', ''));
        return ({ birthDate }, row) => {
          const birth = birthDate[row]!;
          if (birth === 0 || birth > day) return null;
          const age = Math.floor((day - birth) / 10_000);
          return Math.min(Math.floor(age / width) * width, top);
        };
      },
      keep: cannot,
      drop: cannot,
      year: cannot,
      month: cannot,
      truncate: cannot,
      map: cannot,
    });
    return { name: fact, type: 'int16', of };
  });
  const isYearNeeded = rulesAsked(pipeline).includes('infant-giving-birth');
  return isYearNeeded ? [...released, { name: BIRTH_YEAR, type: 'int16', of: year }] : released;
}
