import { byRule, unfit } from '../../domain/release-rule.ts';
import { rulesAsked } from '../../pipeline/implausible-rules.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import type { NamedSql } from '../../sql/named-sql.ts';
import { BIRTH_YEAR, birthFactsOf } from '../../store/birth-facts.ts';

/**
 * The SQL of the birth facts that are released or that a rule of implausible links needs, so that the birth date itself stays above the boundary.
 * An age band is its lowest age: ages are completed years at the reference date, from dates written as yyyymmdd, whose
 * difference in ten-thousands is just that.
 *
 * @param birthDate name of an INTEGER column, yyyymmdd, NULL where there is none
 * @param sex name of a TINYINT column, 1 or 2
 */
export function birthFacts(pipeline: Pipeline, birthDate: string, sex: string): readonly NamedSql[] {
  const year = `CAST(${birthDate} // 10000 AS SMALLINT)`;
  const released = birthFactsOf(pipeline).map((fact): NamedSql => {
    const rule = pipeline.release.persons.find(({ name }) => name === fact)!.rule;
    if (fact === 'sex') return { name: fact, sql: `CAST(${sex} AS TINYINT)` };
    const cannot = unfit('a birth date');
    const sql = byRule(rule, {
      'year-of-birth': () => year,
      'age-band': ({ at, width, top }) => {
        const day = Number(at.replaceAll('-', ''));
        const age = `((${day} - ${birthDate}) // 10000)`;
        const band = `least(${age} // ${width} * ${width}, ${top})`;
        return `CASE WHEN ${birthDate} <= ${day} THEN CAST(${band} AS SMALLINT) END`;
      },
      keep: cannot,
      drop: cannot,
      year: cannot,
      month: cannot,
      truncate: cannot,
      map: cannot,
    });
    return { name: fact, sql };
  });
  const isYearNeeded = rulesAsked(pipeline).includes('infant-giving-birth');
  return isYearNeeded ? [...released, { name: BIRTH_YEAR, sql: year }] : released;
}
