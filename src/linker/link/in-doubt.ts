import { sameSubject } from '../../sql/same.ts';
import { type Sql, sql, table } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';

/** The tokens of rows that stayed above the boundary: (sdp_a, sdp_b, nhs_a, nhs_b, local_a, local_b, opt_out), all but the tuple nullable. */
export const WITNESSES = 'witnesses';
/** The tuples of subjects whose NHS number may be another person's: (source, subject_a, subject_b, sdp_a, sdp_b, nhs_a, nhs_b). */
export const IN_DOUBT = 'in_doubt';
/** The tuples that witnesses have, or patients in doubt: (sdp_a, sdp_b, nhs_a, nhs_b), the number nullable. */
export const WITNESSED = 'witnessed';

/**
 * `in_doubt` and `witnessed` (README.md, "A number in doubt").
 *
 * @param patientSources places of the sources that have a patients table
 */
export function witnessedSteps(
  patientSources: readonly number[],
  hasAddresses: boolean,
  numbered: Sql,
): Step[] {
  const earlier = sql`
UNION
SELECT n.source, n.subject_a, n.subject_b, a.sdp_a, a.sdp_b, n.nhs_a, n.nhs_b FROM ${table('address_tuples')} AS a
JOIN ${numbered} AS n ON ${sameSubject('a', 'n')}
WHERE n.is_kept_out OR n.is_at_odds`;
  const ofPatients = sql`
UNION
SELECT sdp_a, sdp_b, nhs_a, nhs_b FROM ${table(IN_DOUBT)} WHERE source IN (${patientSources.join(', ')})`;
  return [
    step({
      name: IN_DOUBT,
      about: 'sex|birth date|postcode of subjects that are kept from their NHS number, or at odds with it',
      sql: sql`SELECT source, subject_a, subject_b, sdp_a, sdp_b, nhs_a, nhs_b FROM ${numbered} AS n
WHERE (is_kept_out OR is_at_odds) AND sdp_a IS NOT NULL AND NOT first_of_january${hasAddresses ? earlier : ''}`,
    }),
    step({
      name: WITNESSED,
      about: 'sex|birth date|postcode that witnesses have, or patients whose NHS number is in doubt',
      sql: sql`SELECT DISTINCT sdp_a, sdp_b, nhs_a, nhs_b FROM ${table(WITNESSES)}${patientSources.length === 0 ? '' : ofPatients}`,
    }),
  ];
}
