import { bug } from './problem.ts';

/** How one released column is coarsened. */
export type ReleaseRule =
  | { readonly rule: 'keep' }
  | { readonly rule: 'drop' }
  | { readonly rule: 'year' }
  | { readonly rule: 'month' }
  | { readonly rule: 'year-of-birth' }
  | { readonly rule: 'age-band'; readonly at: string; readonly width: number; readonly top: number }
  | { readonly rule: 'truncate'; readonly length: number }
  | { readonly rule: 'map'; readonly map: Readonly<Record<string, string>>; readonly other: string | null };

export type RuleName = ReleaseRule['rule'];

/** The rule of one name, with its parameters. */
export type RuleOf<Name extends RuleName> = Extract<ReleaseRule, { readonly rule: Name }>;

/**
 * One entry for each rule, and no default: a rule that is added to `ReleaseRule` does not compile until all code that
 * applies rules (SQL, reference engine, data dictionary, rule check) has an entry for it.
 */
export type ForEachRule<Result> = { readonly [Name in RuleName]: (rule: RuleOf<Name>) => Result };

/** The entry for a rule, applied to it. */
export function byRule<Result>(rule: ReleaseRule, entries: ForEachRule<Result>): Result {
  return (entries[rule.rule] as (rule: ReleaseRule) => Result)(rule);
}

/**
 * The entry for a rule that does not fit a kind of values. The pipeline file is checked for this, so it is never reached;
 * if it is reached, the run fails, so that the column is not released unchanged.
 *
 * @throws TallystickError (exit 70)
 */
export function unfit(kind: string): (rule: ReleaseRule) => never {
  return ({ rule }) => {
    throw bug(`the release rule ${rule} cannot be carried out on ${kind}`);
  };
}
