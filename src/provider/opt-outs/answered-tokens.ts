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

/** The tokens that both allow; of two that are null, none. A list that is not declared leaves nobody out. */
export function allowedByAll(
  byLedger: readonly TokenText[] | null,
  byLists: readonly TokenText[] | null,
): readonly TokenText[] {
  if (byLedger === null || byLists === null) return byLedger ?? byLists ?? [];
  const listed = new Set(byLists);
  return byLedger.filter((token) => listed.has(token));
}
