import { refused, type TallystickError } from '../../domain/problem.ts';
import type { Match } from '../../governance/national/match-reply.ts';

/** Why a message that matches no open request is refused. */
export function refuseMismatch(
  match: Exclude<Match, { readonly is: 'answer' | 'again' }>,
  reply: string,
  control: string | null,
  numbers: number,
): TallystickError {
  const refuse = (message: string, wayOut: string) =>
    refused({ file: reply, message, wayOut: `${wayOut}; nothing was recorded` });
  switch (match.is) {
    case 'unknown':
      return refuse(
        `the ledger has no request with the LocalId of ${control ?? 'this message'}`,
        'it answers a request that this pipeline did not make: look for it in the mailbox of whoever made it',
      );
    case 'foreign':
      return refuse(
        `${match.strangers} of its ${numbers} NHS numbers are not in the request ${match.request.localId}`,
        'it answers another request: fetch the reply to this one',
      );
    case 'ended': {
      const { localId, state } = match.request;
      return state === 'answered'
        ? refuse(
            `the request ${localId} has another answer already`,
            'an answer is never replaced: make a new request, and accept the reply to that',
          )
        : refuse(
            `the request ${localId} is recorded as ${state}`,
            'it gets no answer: make a new request, and accept the reply to that',
          );
    }
    case 'several':
      return refuse(
        `it may be the answer to any of ${match.requests.map(({ localId }) => localId).join(', ')}`,
        'name its control file with --control: it says which one',
      );
    case 'nobody':
      return refuse(
        'it answers no request in the ledger: none asked about all of its NHS numbers',
        'a reply to another request looks right in every other way: fetch the reply to a request of this pipeline',
      );
  }
}
