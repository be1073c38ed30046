import type { MeshControl } from '../../domain/mesh-control.ts';
import type { NewChange } from '../../governance/log/append-to-log.ts';
import type { Ledger } from '../../governance/national/ledger.ts';
import { answerChange } from '../../governance/national/ledger-changes.ts';
import { matchReply } from '../../governance/national/match-reply.ts';
import { type TokenList, tokenCount, tokenList } from '../../governance/national/token-list.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import type { NationalLedger } from '../../pipeline/pipeline.ts';
import { judgeReply } from './judge-reply.ts';
import { readNumberLines } from './read-numbers.ts';
import { refuseMismatch } from './refuse-mismatch.ts';
import { tokensOfNumbers } from './token-numbers.ts';

/** A reply whose lines were read. */
export interface ReadReply {
  /** as it was typed */
  readonly file: string;
  readonly allowed: TokenList;
  readonly control: MeshControl | null;
  /** as it was typed; null without one */
  readonly controlFile: string | null;
}

/** A reply that was recorded. */
export interface AcceptedReply {
  /** `again`: this answer was recorded before, and nothing was changed */
  readonly outcome: 'answered' | 'again';
  readonly localId: string;
  readonly asked: number;
  readonly allowed: number;
  readonly leftOut: number;
}

/** What a reply is, and the change of the ledger that records it; null where it is there already. */
export interface DecidedReply {
  readonly accepted: AcceptedReply;
  readonly change: NewChange | null;
}

const NUMBER_LINES = {
  line: /^(\d{10}),\r?$/,
  otherwise: 'is not ten digits followed by a comma',
  wayOut: 'a damaged reply may leave people out or let people in: fetch it again; nothing was recorded',
} as const;

/** Reads the lines of a reply. @throws TallystickError (exit 1) with every line that is faulty, twenty at most */
export function readReply(
  text: string,
  file: string,
  control: MeshControl | null,
  controlFile: string | null,
  { linkageKey, synthetic }: { readonly linkageKey: KeyRing; readonly synthetic: boolean },
): ReadReply {
  const numbers = readNumberLines(text, file, NUMBER_LINES, synthetic);
  return { file, allowed: tokenList(tokensOfNumbers(numbers, linkageKey)), control, controlFile };
}

/**
 * Decides which request a reply answers, and whether it can be believed.
 *
 * @throws TallystickError (exit 1) for a reply to no request or to more than one, and for one that the service is unlikely to have sent
 */
export function decideReply(
  { file, allowed, control, controlFile }: ReadReply,
  ledger: Ledger,
  { national, expectedRate }: { readonly national: NationalLedger; readonly expectedRate: number | null },
): DecidedReply {
  const numbers = tokenCount(allowed);
  const match = matchReply(ledger, allowed, control?.localId ?? null);
  if (match.is !== 'answer' && match.is !== 'again') throw refuseMismatch(match, file, controlFile, numbers);
  const { localId, asked } = match.request;
  const accepted = { localId, asked, allowed: numbers, leftOut: asked - numbers };
  if (match.is === 'again') return { accepted: { outcome: 'again', ...accepted }, change: null };
  judgeReply(
    { file, asked, allowed: numbers },
    { expectedRate, allowEmpty: national.allowEmpty, isFromService: isFrom(control, national) },
    control !== null,
  );
  return {
    accepted: { outcome: 'answered', ...accepted },
    change: answerChange(match.request, match.leftOut),
  };
}

/** Whether a control file says that the message was sent by the service, and not to it. */
function isFrom(control: MeshControl | null, { sending }: NationalLedger): boolean {
  return control?.from?.toLowerCase() === sending.to.toLowerCase();
}
