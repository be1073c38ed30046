import type { NhsNumber } from '../../domain/nhs-number.ts';
import type { JudgedNumbers } from '../../governance/national/judge-answers.ts';
import { tokensIn } from '../../governance/national/token-list.ts';
import { type TokenText, tokenText } from '../../store/token-text.ts';

/** The tokens of a ledger, as the lists of a store have them. */
export interface AnsweredTokens {
  readonly allowed: readonly TokenText[];
  /** sorted, each once */
  readonly optedOut: readonly TokenText[];
}

/**
 * The tokens of the numbers that are allowed, and of those that opted out. Somebody who opted out under a superseded number has
 * opted out under the current one; but a number that is allowed is the number itself, and not the one that replaces it.
 *
 * @param superseded superseded NHS numbers
 * @param nhsToken makes the token of a number
 * @param currentToken makes that of the number that replaces it
 */
export function answeredTokens(
  { allowed, optedOut }: JudgedNumbers,
  superseded: Iterable<NhsNumber>,
  nhsToken: (number: NhsNumber) => TokenText,
  currentToken: (number: NhsNumber) => TokenText,
): AnsweredTokens {
  const left = new Set(Array.from(tokensIn(optedOut), tokenText));
  const replaced = [...superseded].filter((number) => left.has(nhsToken(number))).map(currentToken);
  return {
    allowed: Array.from(tokensIn(allowed), tokenText),
    optedOut: [...new Set([...left, ...replaced])].sort(),
  };
}

/** The tokens that are on every list of those that may be used; none where there is no such list. */
export function allowedByAll(lists: readonly (readonly TokenText[])[]): readonly TokenText[] {
  const [first, ...others] = lists;
  const sets = others.map((tokens) => new Set(tokens));
  return first === undefined || sets.length === 0
    ? (first ?? [])
    : first.filter((token) => sets.every((one) => one.has(token)));
}
