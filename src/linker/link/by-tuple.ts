import { type Ladder, requiresField } from '../../domain/match-rank.ts';
import { same, sameSubject } from '../../sql/same.ts';
import { type Sql, sql, table } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';
import { IN_DOUBT, WITNESSED, WITNESSES, witnessedSteps } from './in-doubt.ts';

/** Holds of a number that is known for a tuple: linked by the number, not at odds with it, not born on 1 January. */
const IS_KNOWN = 'NOT is_kept_out AND NOT is_at_odds AND tuple IS NOT NULL AND NOT first_of_january';

/** A patient who is linked by a number is known by the tuples of earlier addresses too. */
const earlier = (numbered: Sql) => sql`
      UNION ALL
      SELECT a.tuple, n.nhs, false
      FROM ${table('address_tuples')} AS a
      JOIN ${numbered} AS n ON ${sameSubject('a', 'n')}
      WHERE NOT n.is_kept_out AND NOT n.is_at_odds`;

/**
 * `known_tuples`: the NHS numbers known for each sex|birth date|postcode that somebody is looking for, and those of witnesses, whose
 * number may be NULL; `candidates`: those tuples of which just one is known, and not by witnesses alone (README.md, "Ranks without
 * the NHS number").
 *
 * @param patientSources indices of the sources that have a patients table
 * @param numbered the relation of subjects with a number; a link that is refused makes nothing known
 */
export function candidateSteps(
  ladder: Ladder,
  patientSources: readonly number[],
  hasAddresses: boolean,
  numbered: Sql,
): Step[] {
  const sought = sql`SELECT tuple FROM ${table('subjects')} WHERE nhs IS NULL AND tuple IS NOT NULL
UNION SELECT tuple FROM ${table(IN_DOUBT)}
UNION SELECT tuple FROM ${table(WITNESSES)} WHERE opt_out IS NOT NULL`;
  const steps: Step[] = [
    ...witnessedSteps(patientSources, hasAddresses, numbered),
    step({
      name: 'known_tuples',
      about: 'the NHS numbers known for each sex|birth date|postcode that is looked for',
      sql: sql`SELECT k.tuple, k.nhs, bool_and(k.is_witness) AS is_witness
FROM (SELECT tuple, nhs, false AS is_witness
      FROM ${numbered} AS n
      WHERE ${IS_KNOWN}${hasAddresses ? earlier(numbered) : ''}
      UNION ALL
      SELECT tuple, nhs, true FROM ${table(WITNESSED)}) AS k
JOIN (${sought}) AS w ON ${same('tuple', 'k', 'w')}
GROUP BY k.tuple, k.nhs`,
    }),
    step({
      name: 'candidates',
      about: 'sex|birth date|postcode tokens that are known with exactly one NHS number',
      sql: sql`SELECT tuple, min(nhs) AS nhs
FROM ${table('known_tuples')}
GROUP BY tuple
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
      sql: sql`SELECT subject, min(nhs) AS nhs
FROM (SELECT o.subject, k.nhs, coalesce(bool_and(k.is_witness), true) AS is_witness
      FROM (SELECT s.subject, s.tuple, l.local
            FROM ${table('subjects')} AS s
            JOIN ${table('local_ids')} AS l
              ON ${sameSubject('s', 'l')}
            WHERE s.nhs IS NULL AND s.tuple IS NOT NULL) AS o
      LEFT JOIN (SELECT DISTINCT s.tuple, s.nhs, l.local, false AS is_witness
            FROM ${numbered} AS s JOIN ${table('local_ids')} AS l
              ON ${sameSubject('s', 'l')}
            WHERE ${IS_KNOWN} AND l.local IS NOT NULL
            UNION ALL
            SELECT tuple, nhs, local, true FROM ${table(WITNESSES)} WHERE local IS NOT NULL) AS k
        ON ${same('tuple', 'o', 'k')} AND ${same('local', 'o', 'k')}
      GROUP BY o.subject, k.nhs) AS found
GROUP BY subject
HAVING count(*) = 1 AND NOT bool_or(is_witness)`,
    }),
  ];
}
