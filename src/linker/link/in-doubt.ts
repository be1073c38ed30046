import { sameSubject } from '../../sql/same.ts';
import { type Sql, sql, table } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';

/** The tokens of rows that stayed above the boundary: (tuple, nhs, local, opt_out), all but the tuple nullable. */
export const WITNESSES = 'witnesses';
/** The tuples of subjects whose NHS number may be another person's: (subject, source, tuple, nhs). */
export const IN_DOUBT = 'in_doubt';
/** The tuples that witnesses have, or patients in doubt: (tuple, nhs), the number nullable. */
export const WITNESSED = 'witnessed';

/**
 * `in_doubt` and `witnessed` (README.md, "A number in doubt").
 *
 * @param patientSources indices of the sources that have a patients table
 */
export function witnessedSteps(
  patientSources: readonly number[],
  hasAddresses: boolean,
  numbered: Sql,
): Step[] {
  const earlier = sql`
UNION
SELECT n.subject, n.source, a.tuple, n.nhs FROM ${table('address_tuples')} AS a
JOIN ${numbered} AS n ON ${sameSubject('a', 'n')}
WHERE n.is_kept_out OR n.is_at_odds`;
  const ofPatients = sql`
UNION
SELECT tuple, nhs FROM ${table(IN_DOUBT)} WHERE source IN (${patientSources.join(', ')})`;
  return [
    step({
      name: IN_DOUBT,
      about: 'sex|birth date|postcode of subjects that are kept from their NHS number, or at odds with it',
      sql: sql`SELECT subject, source, tuple, nhs FROM ${numbered} AS n
WHERE (is_kept_out OR is_at_odds) AND tuple IS NOT NULL AND NOT first_of_january${hasAddresses ? earlier : ''}`,
    }),
    step({
      name: WITNESSED,
      about: 'sex|birth date|postcode that witnesses have, or patients whose NHS number is in doubt',
      sql: sql`SELECT DISTINCT tuple, nhs FROM ${table(WITNESSES)}${patientSources.length === 0 ? '' : ofPatients}`,
    }),
  ];
}
