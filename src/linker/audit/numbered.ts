import { type Ladder, requiresNhsNumber, trustsNhsNumbers } from '../../domain/match-rank.ts';
import { columnList, NUMBERED_COLUMNS } from '../../sql/columns.ts';
import { sameSubject } from '../../sql/same.ts';
import { type Sql, sql, table } from '../../sql/sql.ts';
import { type Step, step } from '../../sql/step.ts';

/** Every subject with an NHS number, and what linking made of it. */
export interface NumberedRelation {
  /** a relation for a FROM clause */
  readonly relation: Sql;
  /** what makes that table, where linking has left nothing of the kind */
  readonly steps: readonly Step[];
}

/**
 * Subjects with a number, as linking left them: `numbered`, except where every number is trusted, which needs no table, and
 * where links may be refused for their probability, which counts as being kept out.
 */
export function numberedRelation(ladder: Ladder, mayRefuse: boolean): NumberedRelation {
  if (trustsNhsNumbers(ladder)) {
    const first = ladder.findIndex(requiresNhsNumber);
    const no = 'CAST(false AS BOOLEAN)';
    return {
      relation: sql`(SELECT ${columnList(NUMBERED_COLUMNS)}, CAST(${first} AS TINYINT) AS place, ${no} AS is_at_odds, ${no} AS is_kept_out
      FROM ${table('subjects')} WHERE nhs IS NOT NULL)`,
      steps: [],
    };
  }
  if (!mayRefuse) return { relation: table('numbered'), steps: [] };
  const name = 'audit_numbered';
  return {
    relation: table(name),
    steps: [
      step({
        name,
        about: 'every subject with an NHS number, those whose link was refused kept out',
        sql: sql`SELECT ${columnList(NUMBERED_COLUMNS, 'n')}, n.place, n.is_at_odds, n.is_kept_out OR p.is_refused AS is_kept_out
FROM ${table('numbered')} AS n
JOIN ${table('subject_persons')} AS p ON ${sameSubject('n', 'p')}`,
      }),
    ],
  };
}
