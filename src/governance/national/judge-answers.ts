import { isAnswerFresh } from '../../domain/national-verdict.ts';
import type { Ledger } from './ledger.ts';
import { compareTokens, type TokenList, TokenListBuilder, tokenCount } from './token-list.ts';

/** What the answers of a ledger say on a run date. Whoever is in neither list is unanswered. */
export interface JudgedNumbers {
  readonly allowed: TokenList;
  readonly optedOut: TokenList;
  /** answers that count */
  readonly answers: number;
  /** day of the latest request whose answer counts (YYYY-MM-DD); null where none counts */
  readonly asOf: string | null;
}

/** A list that is gone through once, from its first token to its last. */
interface Walk {
  readonly list: TokenList;
  readonly count: number;
  /** position of the request, or of the answer, in the ledger */
  readonly change: number;
  at: number;
}

/**
 * The verdict of `nationalVerdict` on every number that an answer which counts was asked about. All lists are in one order, so
 * that they are gone through side by side.
 *
 * @throws TallystickError (exit 1) for a list of the ledger that cannot be read
 */
export function judgeAnswers({ requests }: Ledger, runDate: string, maxAgeDays: number): JudgedNumbers {
  const answered = requests.filter(({ state }) => state === 'answered');
  const counting = answered.filter(({ at }) => isAnswerFresh(at.slice(0, 10), runDate, maxAgeDays));
  const asked = counting.map((one) => walk(one.readAsked(), one.change));
  const earliest = Math.min(...counting.map(({ change }) => change));
  const leftOut = answered
    .filter(({ ended }) => ended!.change > earliest)
    .map((one) => walk(one.readLeftOut(), one.ended!.change));
  const most = asked.reduce((sum, { count }) => sum + count, 0);
  const [allowed, optedOut] = [new TokenListBuilder(most), new TokenListBuilder(most)];
  for (let first = firstOf(asked); first !== null; first = firstOf(asked)) {
    const { list, at } = first;
    const latest = latestThatAsked(asked, list, at);
    (isLeftOutSince(latest, leftOut, list, at) ? optedOut : allowed).add(list, at);
  }
  return {
    allowed: allowed.finish(),
    optedOut: optedOut.finish(),
    answers: counting.length,
    asOf: counting.map(({ at }) => at.slice(0, 10)).reduce<string | null>(later, null),
  };
}

function walk(list: TokenList, change: number): Walk {
  return { list, count: tokenCount(list), change, at: 0 };
}

/** The list whose next token comes first; null where all have ended. */
function firstOf(walks: readonly Walk[]): Walk | null {
  let first: Walk | null = null;
  for (const one of walks) {
    if (one.at === one.count) continue;
    if (first === null || compareTokens(one.list, one.at, first.list, first.at) < 0) first = one;
  }
  return first;
}

/** The latest request that asked about a token. All that did go on to their next token. */
function latestThatAsked(asked: readonly Walk[], list: TokenList, at: number): number {
  let latest = 0;
  for (const one of asked) {
    if (!isAt(one, list, at)) continue;
    latest = Math.max(latest, one.change);
    one.at += 1;
  }
  return latest;
}

/** Whether an answer that arrived after a request was made leaves a token out. */
function isLeftOutSince(latest: number, leftOut: readonly Walk[], list: TokenList, at: number): boolean {
  let isLeftOut = false;
  for (const one of leftOut) {
    while (one.at < one.count && compareTokens(one.list, one.at, list, at) < 0) one.at += 1;
    if (one.change > latest && isAt(one, list, at)) isLeftOut = true;
  }
  return isLeftOut;
}

function isAt(one: Walk, list: TokenList, at: number): boolean {
  return one.at < one.count && compareTokens(one.list, one.at, list, at) === 0;
}

function later(one: string | null, other: string): string {
  return one === null || other > one ? other : one;
}
