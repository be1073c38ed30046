import type { DropReason } from '../../domain/receipt.ts';
import { isToken, samePair } from '../../sql/same.ts';
import { joined, type Sql, sql, table, union } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';

/** Why a person, or for 4 the records of one source, is not released, as numbers in the step's tables; 0 is released. */
export const PERSON_REASONS: Readonly<Record<number, DropReason>> = {
  1: 'type-2-opt-out',
  2: 'national-opt-out',
  3: 'held-back',
  4: 'type-1-opt-out',
};

/** The reason for persons whose opt-outs cannot be checked. */
export const HELD_BACK = 3;

export interface OptOutStepSettings {
  /** a reply of the national service is in force: only the NHS numbers in it may be used */
  readonly hasNationalReply: boolean;
  /** there may be subjects whose number or link is refused */
  readonly mayContradict: boolean;
  /**
   * persons without an NHS number behind them are not released; those whose number is contradicted, or whose tuple a witness,
   * somebody whose number is in doubt or somebody who opted out has, never are
   */
  readonly holdBackUntied: boolean;
  /** the person of every subject before implausible links were undone: opt-outs act on these persons */
  readonly asLinked: Sql;
}

/**
 * Whole persons leave: type 2 and national opt-outs take every record that was linked to the person, those without an
 * NHS number included. Reads `opt_out_tokens` (kind, source, a, b), where source is -1 for NHS number tokens, and `witnesses`.
 */
export function optOutSteps({
  hasNationalReply,
  mayContradict,
  holdBackUntied,
  asLinked,
}: OptOutStepSettings): Step[] {
  const byNhsNumber = (kind: string) =>
    sql`SELECT a, b FROM ${table('opt_out_tokens')} WHERE kind = '${kind}' AND source = -1`;
  const bySubject = (kind: string) => sql`SELECT person_a AS a, person_b AS b
FROM ${asLinked} AS s
JOIN ${table('opt_out_tokens')} AS t ON t.kind = '${kind}' AND t.source = s.source AND ${isToken('t', 's.subject')}`;
  // the number of a patient who has none, or one in doubt, is not known: the opt-out acts on every number that is known for the
  // patient's tuple
  const byTuple = (kind: string) => sql`SELECT k.nhs_a AS a, k.nhs_b AS b
FROM ${table('known_tuples')} AS k
JOIN (SELECT s.sdp_a, s.sdp_b
      FROM ${table('subjects')} AS s
      JOIN ${table('opt_out_tokens')} AS t ON t.kind = '${kind}' AND t.source = s.source AND ${isToken('t', 's.subject')}
      WHERE s.nhs_a IS NULL
      UNION
      SELECT d.sdp_a, d.sdp_b
      FROM ${table('in_doubt')} AS d
      JOIN ${table('opt_out_tokens')} AS t ON t.kind = '${kind}' AND t.source = d.source AND ${isToken('t', 'd.subject')}
      UNION
      SELECT sdp_a, sdp_b
      FROM ${table('witnesses')}
      WHERE opt_out = '${kind}') AS w ON ${samePair('sdp', 'k', 'w')}
WHERE NOT k.is_witness`;
  const allOf = (kind: string) => union([byNhsNumber(kind), bySubject(kind), byTuple(kind)]);
  const isIn = (relation: string, token: 'person' | 'k.nhs' = 'person') =>
    sql`EXISTS (SELECT 1 FROM ${table(relation)} AS listed WHERE ${isToken('listed', token)})`;
  const notAllowed = hasNationalReply ? sql`WHEN is_tied AND NOT ${isIn('national_allowed')} THEN 2` : '';
  // whoever goes by a tuple may be anybody who is known for it, linked or not
  const ofTuplesOf = (condition: Sql) =>
    sql`SELECT k.sdp_a AS a, k.sdp_b AS b
FROM ${table('known_tuples')} AS k
WHERE NOT k.is_witness AND (${condition})`;
  const hasOptedOut = [
    isIn('type_2_persons', 'k.nhs'),
    isIn('national_persons', 'k.nhs'),
    ...(hasNationalReply ? [sql`NOT ${isIn('national_allowed', 'k.nhs')}`] : []),
  ];
  const isTypeOne = sql`EXISTS (SELECT 1 FROM (${byNhsNumber('type-1')}) AS t WHERE ${isToken('t', 'k.nhs')})`;
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
            sql: sql`SELECT sdp_a AS a, sdp_b AS b FROM ${table('witnesses')}\nUNION\nSELECT sdp_a, sdp_b FROM ${table('in_doubt')}\nUNION\n${ofTuplesOf(joined(hasOptedOut, ' OR '))}`,
          }),
        ]),
    step({
      name: 'person_decisions',
      about: 'every person, and the reason why it is not released, if there is one',
      sql: sql`SELECT person_a, person_b,
       CAST(CASE ${mayContradict ? 'WHEN is_contradicted THEN 3' : ''}
                 WHEN ${isIn('type_2_persons')} THEN 1
                 WHEN ${isIn('national_persons')} THEN 2
                 ${notAllowed}
                 WHEN NOT is_tied${holdBackUntied ? '' : sql` AND ${isIn('doubtful_tuples')}`} THEN 3
                 ELSE 0 END AS TINYINT) AS reason
FROM (SELECT person_a, person_b, bool_or(is_tied) AS is_tied${mayContradict ? ', bool_or(is_contradicted) AS is_contradicted' : ''}
      FROM ${table('subject_persons')}
      GROUP BY person_a, person_b) AS persons`,
    }),
  ];
}
