import type { DropReason } from '../../domain/receipt.ts';
import type { Step } from '../../sql/step.ts';

/** Why a person, or for 4 what one source says of it, is not released, as numbers in the step's tables; 0 is released. */
export const PERSON_REASONS: Readonly<Record<number, DropReason>> = {
  1: 'type-2-opt-out',
  2: 'national-opt-out',
  3: 'held-back',
  4: 'type-1-opt-out',
};

/** The reason of persons of whom nobody knows whether they opted out. */
export const HELD_BACK = 3;

export interface OptOutStepSettings {
  /** a reply of the national service is in force: only the NHS numbers in it may be used */
  readonly hasNationalReply: boolean;
  /** there may be subjects whose number or link is not believed */
  readonly mayContradict: boolean;
  /**
   * persons without an NHS number behind them are not released; those whose number is contradicted, or whose tuple a witness,
   * somebody whose number is in doubt or somebody who opted out has, never are
   */
  readonly holdBackUntied: boolean;
  /** relation that says who every subject was before any was taken apart again: whose opt-outs reach whom */
  readonly asLinked: string;
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
    `SELECT a, b FROM opt_out_tokens WHERE kind = '${kind}' AND source = -1`;
  const bySubject = (kind: string) => `SELECT person_a AS a, person_b AS b FROM ${asLinked} AS s
JOIN opt_out_tokens AS t ON t.kind = '${kind}' AND t.source = s.source AND t.a = s.subject_a AND t.b = s.subject_b`;
  // nobody knows the number of a patient who has none, or one that is in doubt: the opt-out acts on every number that is known for the
  // patient's tuple
  const byTuple = (kind: string) => `SELECT k.nhs_a AS a, k.nhs_b AS b FROM known_tuples AS k
JOIN (SELECT s.sdp_a, s.sdp_b FROM subjects AS s
      JOIN opt_out_tokens AS t ON t.kind = '${kind}' AND t.source = s.source AND t.a = s.subject_a AND t.b = s.subject_b
      WHERE s.nhs_a IS NULL
      UNION
      SELECT d.sdp_a, d.sdp_b FROM in_doubt AS d
      JOIN opt_out_tokens AS t ON t.kind = '${kind}' AND t.source = d.source AND t.a = d.subject_a AND t.b = d.subject_b
      UNION
      SELECT sdp_a, sdp_b FROM witnesses WHERE opt_out = '${kind}') AS w ON k.sdp_a = w.sdp_a AND k.sdp_b = w.sdp_b
WHERE NOT k.is_witness`;
  const reads = ['opt_out_tokens', asLinked, 'subjects', 'known_tuples', 'in_doubt', 'witnesses'];
  const isIn = (relation: string, token: 'person' | 'k.nhs' = 'person') =>
    `EXISTS (SELECT 1 FROM ${relation} AS listed WHERE listed.a = ${token}_a AND listed.b = ${token}_b)`;
  const notAllowed = hasNationalReply ? `WHEN is_tied AND NOT ${isIn('national_allowed')} THEN 2` : '';
  // whoever goes by a tuple may be anybody who is known for it, linked or not
  const ofTuplesOf = (condition: string) =>
    `SELECT k.sdp_a AS a, k.sdp_b AS b FROM known_tuples AS k WHERE NOT k.is_witness AND (${condition})`;
  const hasOptedOut = [
    isIn('type_2_persons', 'k.nhs'),
    isIn('national_persons', 'k.nhs'),
    ...(hasNationalReply ? [`NOT ${isIn('national_allowed', 'k.nhs')}`] : []),
  ];
  const isTypeOne = `EXISTS (SELECT 1 FROM (${byNhsNumber('type-1')}) AS t WHERE t.a = k.nhs_a AND t.b = k.nhs_b)`;
  return [
    {
      name: 'type_1_persons',
      about:
        'persons with a type 1 opt-out in force, for GP records that could not be known to be theirs before linking',
      reads: ['opt_out_tokens', ...(holdBackUntied ? [] : ['known_tuples'])],
      sql: `${byNhsNumber('type-1')}${holdBackUntied ? '' : `\nUNION\n${ofTuplesOf(isTypeOne)}`}`,
    },
    {
      name: 'type_2_persons',
      about: 'persons with a type 2 opt-out in force',
      reads,
      sql: `${byNhsNumber('type-2')}\nUNION\n${bySubject('type-2')}\nUNION\n${byTuple('type-2')}`,
    },
    {
      name: 'national_persons',
      about: 'persons with a national data opt-out in force',
      reads,
      sql: `${byNhsNumber('national')}\nUNION\n${bySubject('national')}\nUNION\n${byTuple('national')}`,
    },
    {
      name: 'national_allowed',
      about: 'persons whom the reply of the national service allows to be used',
      reads: ['opt_out_tokens'],
      sql: byNhsNumber('allowed'),
    },
    ...(holdBackUntied
      ? []
      : [
          {
            name: 'doubtful_tuples',
            about:
              'sex|birth date|postcode tokens that a witness has, somebody whose number is in doubt, or who opted out: such a person of its own may be that one',
            reads: [
              'witnesses',
              'in_doubt',
              'known_tuples',
              'type_2_persons',
              'national_persons',
              ...(hasNationalReply ? ['national_allowed'] : []),
            ],
            sql: `SELECT sdp_a AS a, sdp_b AS b FROM witnesses\nUNION\nSELECT sdp_a, sdp_b FROM in_doubt\nUNION\n${ofTuplesOf(hasOptedOut.join(' OR '))}`,
          },
        ]),
    {
      name: 'person_decisions',
      about: 'every person, and the reason why it is not released, if there is one',
      reads: [
        'subject_persons',
        'type_2_persons',
        'national_persons',
        'national_allowed',
        ...(holdBackUntied ? [] : ['doubtful_tuples']),
      ],
      sql: `SELECT person_a, person_b,
       CAST(CASE ${mayContradict ? 'WHEN is_contradicted THEN 3' : ''}
                 WHEN ${isIn('type_2_persons')} THEN 1
                 WHEN ${isIn('national_persons')} THEN 2
                 ${notAllowed}
                 WHEN NOT is_tied${holdBackUntied ? '' : ` AND ${isIn('doubtful_tuples')}`} THEN 3
                 ELSE 0 END AS TINYINT) AS reason
FROM (SELECT person_a, person_b, bool_or(is_tied) AS is_tied${mayContradict ? ', bool_or(is_contradicted) AS is_contradicted' : ''}
      FROM subject_persons GROUP BY person_a, person_b) AS persons`,
    },
  ];
}
