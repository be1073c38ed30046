import type { NewChange } from '../log/append-to-log.ts';
import type { Ending, NationalRequest } from './ledger.ts';
import { type TokenList, tokenCount, tokenLines } from './token-list.ts';

/**
 * A request, as a change of the ledger.
 *
 * @param file keyed digest of the data file that was sent
 */
export function requestChange(localId: string, file: string, asked: TokenList): NewChange {
  return { header: { record: 'request', localId, file }, lines: tokenLines(asked) };
}

/** The answer to a request: who is allowed is counted, and who is left out is named. */
export function answerChange(request: NationalRequest, leftOut: TokenList): NewChange {
  const allowed = request.asked - tokenCount(leftOut);
  return { header: { record: 'answer', request: request.change, allowed }, lines: tokenLines(leftOut) };
}

/** The end of a request that gets no answer. */
export function endingChange(request: NationalRequest, ending: Ending): NewChange {
  return { header: { record: ending, request: request.change }, lines: Buffer.alloc(0) };
}
