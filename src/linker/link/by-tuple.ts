import { type Ladder, requiresField } from '../../domain/match-rank.ts';
import { samePair, sameSubject } from '../../sql/same.ts';
import { type Sql, sql, table } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';
import { IN_DOUBT, WITNESSED, WITNESSES, witnessedSteps } from './in-doubt.ts';

/** Holds of a number that is known for a tuple: linked by the number, not at odds with it, not born on 1 January. */
const IS_KNOWN = 'NOT is_kept_out AND NOT is_at_odds AND sdp_a IS NOT NULL AND NOT first_of_january';

/** A patient who is linked by a number is known by the tuples of earlier addresses too. */
const earlier = (numbered: Sql) => sql`
      UNION ALL
      SELECT a.sdp_a, a.sdp_b, n.nhs_a, n.nhs_b, false
      FROM ${table('address_tuples')} AS a
      JOIN ${numbered} AS n ON ${sameSubject('a', 'n')}
      WHERE NOT n.is_kept_out AND NOT n.is_at_odds`;

/**
 * `known_tuples`: the NHS numbers known for each sex|birth date|postcode that somebody is looking for, and those of witnesses, whose
 * number may be NULL; `candidates`: those tuples of which just one is known, and not by witnesses alone (README.md, "Ranks without
 * the NHS number").
 *
 * @param patientSources places of the sources that have a patients table
 * @param numbered the relation of subjects with a number; a link that is refused makes nothing known
 */
export function candidateSteps(
  ladder: Ladder,
  patientSources: readonly number[],
  hasAddresses: boolean,
  numbered: Sql,
): Step[] {
  const sought = sql`SELECT sdp_a, sdp_b FROM ${table('subjects')} WHERE nhs_a IS NULL AND sdp_a IS NOT NULL
UNION SELECT sdp_a, sdp_b FROM ${table(IN_DOUBT)}
UNION SELECT sdp_a, sdp_b FROM ${table(WITNESSES)} WHERE opt_out IS NOT NULL`;
  const steps: Step[] = [
    ...witnessedSteps(patientSources, hasAddresses, numbered),
    step({
      name: 'known_tuples',
      about: 'the NHS numbers known for each sex|birth date|postcode that is looked for',
      sql: sql`SELECT k.sdp_a, k.sdp_b, k.nhs_a, k.nhs_b, bool_and(k.is_witness) AS is_witness
FROM (SELECT sdp_a, sdp_b, nhs_a, nhs_b, false AS is_witness
      FROM ${numbered} AS n
      WHERE ${IS_KNOWN}${hasAddresses ? earlier(numbered) : ''}
      UNION ALL
      SELECT sdp_a, sdp_b, nhs_a, nhs_b, true FROM ${table(WITNESSED)}) AS k
JOIN (${sought}) AS w ON ${samePair('sdp', 'k', 'w')}
GROUP BY k.sdp_a, k.sdp_b, k.nhs_a, k.nhs_b`,
    }),
    step({
      name: 'candidates',
      about: 'sex|birth date|postcode tokens that are known with exactly one NHS number',
      sql: sql`SELECT sdp_a, sdp_b, min(nhs_a) AS nhs_a, min(nhs_b) AS nhs_b
FROM ${table('known_tuples')}
GROUP BY sdp_a, sdp_b
HAVING count(*) = 1 AND NOT bool_or(is_witness)`,
    }),
  ];
  if (!requiresField(ladder, 'local-patient-id')) return steps;
  return [
    ...steps,
    step({
      name: 'local_candidates',
      about:
        'subjects without an NHS number, of whose provider and local id exactly one number is known with the same tuple, whichever of their rows is looked at',
      sql: sql`SELECT source, subject_a, subject_b, min(nhs_a) AS nhs_a, min(nhs_b) AS nhs_b
FROM (SELECT o.source, o.subject_a, o.subject_b, k.nhs_a, k.nhs_b, coalesce(bool_and(k.is_witness), true) AS is_witness
      FROM (SELECT s.source, s.subject_a, s.subject_b, s.sdp_a, s.sdp_b, l.local_a, l.local_b
            FROM ${table('subjects')} AS s
            JOIN ${table('local_ids')} AS l
              ON ${sameSubject('s', 'l')}
            WHERE s.nhs_a IS NULL AND s.sdp_a IS NOT NULL) AS o
      LEFT JOIN (SELECT DISTINCT s.sdp_a, s.sdp_b, s.nhs_a, s.nhs_b, l.local_a, l.local_b, false AS is_witness
            FROM ${numbered} AS s JOIN ${table('local_ids')} AS l
              ON ${sameSubject('s', 'l')}
            WHERE ${IS_KNOWN} AND l.local_a IS NOT NULL
            UNION ALL
            SELECT sdp_a, sdp_b, nhs_a, nhs_b, local_a, local_b, true FROM ${table(WITNESSES)} WHERE local_a IS NOT NULL) AS k
        ON ${samePair('sdp', 'o', 'k')} AND ${samePair('local', 'o', 'k')}
      GROUP BY o.source, o.subject_a, o.subject_b, k.nhs_a, k.nhs_b) AS found
GROUP BY source, subject_a, subject_b
HAVING count(*) = 1 AND NOT bool_or(is_witness)`,
    }),
  ];
}
