import { compareTokens, type TokenList, TokenListBuilder, tokenCount } from './token-list.ts';

/** How the numbers of a reply compare with those of a request. */
export interface Comparison {
  /** numbers of the reply that were not asked about */
  readonly strangers: number;
  /** numbers that were asked about, and are not in the reply: their people have opted out */
  readonly leftOut: TokenList;
}

/** Compares the numbers that a reply allows with those that a request asked about. */
export function compareLists(asked: TokenList, allowed: TokenList): Comparison {
  const [askedCount, allowedCount] = [tokenCount(asked), tokenCount(allowed)];
  const leftOut = new TokenListBuilder(askedCount);
  let [one, other, strangers] = [0, 0, 0];
  while (one < askedCount || other < allowedCount) {
    const order =
      one === askedCount ? 1 : other === allowedCount ? -1 : compareTokens(asked, one, allowed, other);
    if (order < 0) leftOut.add(asked, one);
    if (order > 0) strangers += 1;
    if (order <= 0) one += 1;
    if (order >= 0) other += 1;
  }
  return { strangers, leftOut: leftOut.finish() };
}

/** Whether two lists hold the same tokens. */
export function isSameList(one: TokenList, other: TokenList): boolean {
  return one.length === other.length && one.every((word, index) => word === other[index]);
}
