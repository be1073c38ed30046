import { compareLists, isSameList } from './compare-lists.ts';
import type { Ledger, NationalRequest } from './ledger.ts';
import { type TokenList, tokenCount } from './token-list.ts';

/** Which request a reply answers. */
export type Match =
  | { readonly is: 'answer'; readonly request: NationalRequest; readonly leftOut: TokenList }
  /** the answer that the request has already */
  | { readonly is: 'again'; readonly request: NationalRequest }
  /** the ledger has no request with this LocalId */
  | { readonly is: 'unknown' }
  /** the request with this LocalId did not ask about so many numbers of the reply */
  | { readonly is: 'foreign'; readonly request: NationalRequest; readonly strangers: number }
  /** the request ended otherwise, or has another answer */
  | { readonly is: 'ended'; readonly request: NationalRequest }
  /** it may answer each of these requests */
  | { readonly is: 'several'; readonly requests: readonly NationalRequest[] }
  | { readonly is: 'nobody' };

/**
 * Finds the request that a reply answers: by its LocalId, or else by its numbers, of which every one must have been asked about.
 * A reply that may be the answer to two requests, or an answer that was recorded already, is matched with neither. Nor is one that
 * may be the late answer to an abandoned request: who opted out since then is in it.
 *
 * @param allowed the numbers of the reply
 * @param localId of the control file of the reply; null without one
 */
export function matchReply({ requests }: Ledger, allowed: TokenList, localId: string | null): Match {
  if (localId !== null) {
    const request = requests.find((one) => one.localId === localId);
    return request === undefined ? { is: 'unknown' } : matchRequest(request, allowed);
  }
  // a reply with more numbers than a request does not answer it
  const matches = requests
    .filter(({ asked }) => asked >= tokenCount(allowed))
    .map((request) => matchRequest(request, allowed));
  const answers = matches.filter((one) => one.is === 'answer');
  const again = matches.filter((one) => one.is === 'again');
  const late = matches
    .filter((one) => one.is === 'ended')
    .filter(({ request }) => request.state === 'abandoned');
  const candidates = [...answers, ...again];
  const possible = [...candidates, ...late];
  if (possible.length > 1 && answers.length > 0)
    return { is: 'several', requests: possible.map(({ request }) => request) };
  return candidates[0] ?? matches.find((one) => one.is === 'ended') ?? { is: 'nobody' };
}

function matchRequest(request: NationalRequest, allowed: TokenList): Match {
  const { strangers, leftOut } = compareLists(request.readAsked(), allowed);
  if (strangers > 0) return { is: 'foreign', request, strangers };
  if (request.state === 'open') return { is: 'answer', request, leftOut };
  const isAgain = request.state === 'answered' && isSameList(leftOut, request.readLeftOut());
  return isAgain ? { is: 'again', request } : { is: 'ended', request };
}
