import { believesNhsNumbers, type Ladder, restsOnNhsNumber } from '../../domain/match-rank.ts';
import type { Step } from '../../sql/step.ts';

/** Every subject with an NHS number, and what linking made of it. */
export interface NumberedRelation {
  /** a relation for a FROM clause */
  readonly sql: string;
  /** the table it reads */
  readonly reads: string;
  /** what makes that table, where linking has left nothing of the kind */
  readonly steps: readonly Step[];
}

const SUBJECT = 'source, subject_a, subject_b, nhs_a, nhs_b, sdp_a, sdp_b, first_of_january';

/**
 * What linking left of subjects with a number: `numbered`, except where every number is believed, which needs no table, and
 * where links may be refused for their probability, which counts as being kept out.
 */
export function numberedRelation(ladder: Ladder, mayRefuse: boolean): NumberedRelation {
  if (believesNhsNumbers(ladder)) {
    const place = ladder.findIndex(restsOnNhsNumber);
    const no = 'CAST(false AS BOOLEAN)';
    return {
      sql: `(SELECT ${SUBJECT}, CAST(${place} AS TINYINT) AS place, ${no} AS is_at_odds, ${no} AS is_kept_out
      FROM subjects WHERE nhs_a IS NOT NULL)`,
      reads: 'subjects',
      steps: [],
    };
  }
  if (!mayRefuse) return { sql: 'numbered', reads: 'numbered', steps: [] };
  const name = 'audit_numbered';
  return {
    sql: name,
    reads: name,
    steps: [
      {
        name,
        about: 'every subject with an NHS number, those whose link was refused kept out',
        reads: ['numbered', 'subject_persons'],
        sql: `SELECT ${SUBJECT.replaceAll(/\w+/g, 'n.$&')}, n.place, n.is_at_odds, n.is_kept_out OR p.is_refused AS is_kept_out
FROM numbered AS n
JOIN subject_persons AS p ON n.source = p.source AND n.subject_a = p.subject_a AND n.subject_b = p.subject_b`,
      },
    ],
  };
}
