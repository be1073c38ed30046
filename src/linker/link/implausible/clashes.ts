import type { ImplausibleRule } from '../../../domain/implausible.ts';
import { same } from '../../../sql/same.ts';
import { type Sql, type SqlPart, sql, table, unionAll } from '../../../sql/sql.ts';
import { type Dialect, type Step, step } from '../../../sql/step.ts';
import { LINKED, PERSON } from './stored-rows.ts';

/** The least or the greatest value of other subjects. */
interface ValueOfOthers {
  readonly name: string;
  readonly of: 'min' | 'max';
  readonly column: string;
}

/** A rule: the values of subjects, and when those of one clash with those of others. */
export interface Rule {
  readonly rule: ImplausibleRule;
  /** the steps that collect what is looked at, in their order */
  readonly collect: readonly Step[];
  /** SQL of the values of subjects: anchor, belief, and columns of the rule's own */
  readonly values: Sql;
  /** only rows that are equal in this column are compared; null compares all of a person */
  readonly within: string | null;
  readonly others: readonly ValueOfOthers[];
  /** SQL over both */
  readonly clash: string;
}

/** Subjects that clash with the first of their person, in the order of trust. */
export const FIRST = table('clashes_with_first');
/** Subjects that clash with another. */
export const OTHERS = table('clashes_with_others');

/**
 * Who clashes with whom, in two rounds (README.md, "Which of two is implausible"). A round combines the values of all
 * subjects that come before a subject: it takes a sort, and no two subjects are compared one by one.
 *
 * @returns the steps, of which the last two make (rule, anchor, belief): `FIRST` and `OTHERS`
 */
export function clashSteps(rules: readonly Rule[], dialect: Dialect): Step[] {
  const partition = ({ within }: Rule) => `PARTITION BY ${PERSON}${within === null ? '' : `, ${within}`}`;
  const round = (aggregate: (rule: Rule, other: ValueOfOthers) => string, asked: SqlPart) =>
    unionAll(
      rules.map((rule) => {
        const others = rule.others.map((other) => `${aggregate(rule, other)} AS ${other.name}`);
        return sql`SELECT DISTINCT ${dialect.text(rule.rule)} AS rule, ${LINKED}
FROM (SELECT s.*, ${others.join(',\n             ')}
      FROM ${rule.values} AS s ${asked}) AS compared
WHERE belief > 1 AND (${rule.clash})`;
      }),
    );
  return [
    ...rules.flatMap(({ collect }) => collect),
    step({
      name: FIRST.text,
      about: 'subjects that clash with the first of their person, in the order of trust, by rule',
      sql: round(
        (rule, { of, column }) =>
          `${of}(CASE WHEN s.belief = 1 THEN s.${column} END) OVER (${partition(rule)})`,
        '',
      ),
    }),
    step({
      name: OTHERS.text,
      about: 'of the rest, subjects that clash with an earlier one, in the order of trust, by rule',
      sql: round(
        (rule, { of, column }) =>
          `${of}(s.${column}) OVER (${partition(rule)} ORDER BY s.belief RANGE BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)`,
        sql`WHERE NOT EXISTS (SELECT 1 FROM ${FIRST} AS c
        WHERE ${same('anchor', 'c', 's')} AND c.belief = s.belief)`,
      ),
    }),
  ];
}
