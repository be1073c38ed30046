import type { DropReason } from '../../domain/receipt.ts';
import { same, samePair, sameSubject } from '../../sql/same.ts';
import { joined, type Sql, sql, table, union } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';
import { KNOWN_TOKEN_NUMBER } from '../link/token-sql.ts';

/** Why a person, or for 4 the records of one source, is not released, as numbers in the step's tables; 0 is released. */
export const PERSON_REASONS: Readonly<Record<number, DropReason>> = {
  1: 'type-2-opt-out',
  2: 'national-opt-out',
  3: 'held-back',
  4: 'type-1-opt-out',
};

/** The reason for persons whose opt-outs cannot be checked. */
export const HELD_BACK = 3;

const NUMBERS = 'opt_out_numbers';
const SUBJECTS = 'opt_out_subjects';

/**
 * Opt-outs by the numbers of NHS numbers, and by those of subjects: of `opt_out_tokens` (kind, source, a, b), where source is -1 for NHS
 * numbers. A token that no row has is nobody's, and is left out.
 */
export const OPT_OUT_NUMBERS: readonly Step[] = [
  step({
    name: NUMBERS,
    about: 'opt-outs by NHS number, of numbers that some row has',
    sql: sql`SELECT kind, nhs
FROM (SELECT kind, ${KNOWN_TOKEN_NUMBER}(a, b).number AS nhs
      FROM ${table('opt_out_tokens')}
      WHERE source = -1) AS listed
WHERE nhs IS NOT NULL`,
  }),
  step({
    name: SUBJECTS,
    about: 'opt-outs of subjects, by the key of a patient or what a row is known by',
    sql: sql`SELECT o.kind, s.subject
FROM (SELECT kind, source, a AS subject_a, b AS subject_b FROM ${table('opt_out_tokens')}) AS o
JOIN ${table('subjects')} AS s ON ${same('source', 'o', 's')} AND ${samePair('subject', 'o', 's')}`,
  }),
];

export interface OptOutStepSettings {
  /** a reply of the national service is in force: only the NHS numbers in it may be used */
  readonly hasNationalReply: boolean;
  /** there may be subjects whose number or link is refused */
  readonly mayContradict: boolean;
  /**
   * persons without an NHS number are not released; those whose number is contradicted, or whose tuple a witness,
   * somebody whose number is in doubt or somebody who opted out has, never are
   */
  readonly holdBackUntied: boolean;
  /** the person of every subject before implausible links were undone: opt-outs act on these persons */
  readonly asLinked: Sql;
}

/**
 * Whole persons leave: type 2 and national opt-outs take every record that was linked to the person, those without an
 * NHS number included. Reads what `OPT_OUT_NUMBERS` make, and `witnesses`.
 */
export function optOutSteps({
  hasNationalReply,
  mayContradict,
  holdBackUntied,
  asLinked,
}: OptOutStepSettings): Step[] {
  const byNhsNumber = (kind: string) =>
    sql`SELECT nhs AS anchor FROM ${table(NUMBERS)} WHERE kind = '${kind}'`;
  const bySubject = (kind: string) => sql`SELECT s.anchor
FROM ${asLinked} AS s
JOIN ${table(SUBJECTS)} AS t ON t.kind = '${kind}' AND ${sameSubject('t', 's')}`;
  // the number of a patient who has none, or one in doubt, is not known: the opt-out acts on every number that is known for the
  // patient's tuple
  const byTuple = (kind: string) => sql`SELECT k.nhs AS anchor
FROM ${table('known_tuples')} AS k
JOIN (SELECT s.tuple
      FROM ${table('subjects')} AS s
      JOIN ${table(SUBJECTS)} AS t ON t.kind = '${kind}' AND ${sameSubject('t', 's')}
      WHERE s.nhs IS NULL
      UNION
      SELECT d.tuple
      FROM ${table('in_doubt')} AS d
      JOIN ${table(SUBJECTS)} AS t ON t.kind = '${kind}' AND ${sameSubject('t', 'd')}
      UNION
      SELECT tuple
      FROM ${table('witnesses')}
      WHERE opt_out = '${kind}') AS w ON ${same('tuple', 'k', 'w')}
WHERE NOT k.is_witness`;
  const allOf = (kind: string) => union([byNhsNumber(kind), bySubject(kind), byTuple(kind)]);
  const isIn = (relation: string, anchor: 'persons.anchor' | 'k.nhs' = 'persons.anchor') =>
    sql`EXISTS (SELECT 1 FROM ${table(relation)} AS listed WHERE listed.anchor = ${anchor})`;
  const notAllowed = hasNationalReply ? sql`WHEN is_tied AND NOT ${isIn('national_allowed')} THEN 2` : '';
  // whoever goes by a tuple may be anybody who is known for it, linked or not
  const ofTuplesOf = (condition: Sql) =>
    sql`SELECT k.tuple AS anchor
FROM ${table('known_tuples')} AS k
WHERE NOT k.is_witness AND (${condition})`;
  const hasOptedOut = [
    isIn('type_2_persons', 'k.nhs'),
    isIn('national_persons', 'k.nhs'),
    ...(hasNationalReply ? [sql`NOT ${isIn('national_allowed', 'k.nhs')}`] : []),
  ];
  const isTypeOne = sql`EXISTS (SELECT 1 FROM (${byNhsNumber('type-1')}) AS t WHERE t.anchor = k.nhs)`;
  return [
    step({
      name: 'type_1_persons',
      about:
        'persons with a type 1 opt-out in force, for GP records that could not be known to be theirs before linking',
      sql: union([byNhsNumber('type-1'), ...(holdBackUntied ? [] : [ofTuplesOf(isTypeOne)])]),
    }),
    step({
      name: 'type_2_persons',
      about: 'persons with a type 2 opt-out in force',
      sql: allOf('type-2'),
    }),
    step({
      name: 'national_persons',
      about: 'persons with a national data opt-out in force',
      sql: allOf('national'),
    }),
    step({
      name: 'national_allowed',
      about: 'persons whom the reply of the national service allows to be used',
      sql: byNhsNumber('allowed'),
    }),
    ...(holdBackUntied
      ? []
      : [
          step({
            name: 'doubtful_tuples',
            about:
              'sex|birth date|postcode tokens that a witness has, somebody whose number is in doubt, or who opted out: such a person of its own may be that one',
            sql: sql`SELECT tuple AS anchor FROM ${table('witnesses')}\nUNION\nSELECT tuple FROM ${table('in_doubt')}\nUNION\n${ofTuplesOf(joined(hasOptedOut, ' OR '))}`,
          }),
        ]),
    step({
      name: 'person_decisions',
      about: 'every person, and the reason why it is not released, if there is one',
      sql: sql`SELECT anchor,
       CAST(CASE ${mayContradict ? 'WHEN is_contradicted THEN 3' : ''}
                 WHEN ${isIn('type_2_persons')} THEN 1
                 WHEN ${isIn('national_persons')} THEN 2
                 ${notAllowed}
                 WHEN NOT is_tied${holdBackUntied ? '' : sql` AND ${isIn('doubtful_tuples')}`} THEN 3
                 ELSE 0 END AS TINYINT) AS reason
FROM (SELECT anchor, bool_or(is_tied) AS is_tied${mayContradict ? ', bool_or(is_contradicted) AS is_contradicted' : ''}
      FROM ${table('subject_persons')}
      GROUP BY anchor) AS persons`,
    }),
  ];
}
