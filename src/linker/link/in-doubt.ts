import type { Step } from '../../sql/step.ts';

/** What rows that stayed above the boundary know: (sdp_a, sdp_b, nhs_a, nhs_b, local_a, local_b, opt_out), all but the tuple nullable. */
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
  numbered: string,
): Step[] {
  const earlier = `
UNION
SELECT n.source, n.subject_a, n.subject_b, a.sdp_a, a.sdp_b, n.nhs_a, n.nhs_b FROM address_tuples AS a
JOIN ${numbered} AS n ON a.source = n.source AND a.subject_a = n.subject_a AND a.subject_b = n.subject_b
WHERE n.is_kept_out OR n.is_at_odds`;
  const ofPatients =
    patientSources.length === 0
      ? ''
      : `
UNION
SELECT sdp_a, sdp_b, nhs_a, nhs_b FROM ${IN_DOUBT} WHERE source IN (${patientSources.join(', ')})`;
  return [
    {
      name: IN_DOUBT,
      about: 'sex|birth date|postcode of subjects that are kept from their NHS number, or at odds with it',
      reads: ['subjects', 'numbered', ...(hasAddresses ? ['address_tuples'] : [])],
      sql: `SELECT source, subject_a, subject_b, sdp_a, sdp_b, nhs_a, nhs_b FROM ${numbered} AS n
WHERE (is_kept_out OR is_at_odds) AND sdp_a IS NOT NULL AND NOT first_of_january${hasAddresses ? earlier : ''}`,
    },
    {
      name: WITNESSED,
      about: 'sex|birth date|postcode that witnesses have, or patients whose NHS number is in doubt',
      reads: [WITNESSES, IN_DOUBT],
      sql: `SELECT DISTINCT sdp_a, sdp_b, nhs_a, nhs_b FROM ${WITNESSES}${ofPatients}`,
    },
  ];
}
