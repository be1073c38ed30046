import { isConfirmation, isNonDelivery, type MeshControl, readControl } from '../../domain/mesh-control.ts';
import { isMessageId } from '../../domain/national-request.ts';
import { refused, usage } from '../../domain/problem.ts';
import { changeLog } from '../../governance/log/append-to-log.ts';
import { assertLedger, type Ending, ledgerLog, ledgerOf } from '../../governance/national/ledger.ts';
import { endingChange } from '../../governance/national/ledger-changes.ts';
import type { KeyRing } from '../../keys/key-ring.ts';
import type { NationalLedger } from '../../pipeline/pipeline.ts';
import { readPlainFile } from '../../read-plain-file.ts';
import { systemErrorCode } from '../../write/write-error.ts';
import { localIdIn, type OtherMessage, recogniseMessage } from '../opt-outs/recognise-message.ts';
import { type AcceptedReply, type DecidedReply, decideReply, readReply } from './decide-reply.ts';
import { refuseMismatch } from './refuse-mismatch.ts';

/** A message that came from the service: its data, and its control file where it is at hand. Paths are as they were typed. */
export interface Message {
  readonly reply: string;
  readonly control: string | null;
}

/** What a message is accepted with. */
export interface AcceptSettings {
  readonly national: NationalLedger;
  readonly linkageKey: KeyRing;
  /** numbers of the test range are allowed: they are made-up people's */
  readonly synthetic: boolean;
  /** share of people who have opted out, at least; null where nothing is expected */
  readonly expectedRate: number | null;
  readonly now: () => Date;
  readonly notice: (message: string) => void;
}

/** What became of a message. */
export type Accepted =
  | AcceptedReply
  /** a status message, by which nothing is changed */
  | { readonly outcome: 'status'; readonly localId: string | null };

const REPLY = 'national opt-out reply';

/**
 * Recognises a message of the national service, and records what it says about its request.
 *
 * @throws TallystickError (exit 1) for a reply that cannot be trusted, and nothing is recorded; for a report that a request was not
 *   delivered or was refused, after that was recorded
 */
export async function acceptMessage(message: Message, settings: AcceptSettings): Promise<Accepted> {
  assertLedger(settings.national.ledger, settings.national.shownAs);
  const control = message.control === null ? null : readControlFile(message.control, settings);
  const text = readText(message.reply);
  const other = control === null ? recogniseMessage(text) : (byControl(control) ?? recogniseMessage(text));
  const localId = control?.localId ?? null;
  if (other === null) return await acceptReply(text, message, control, settings);
  const named = localId ?? localIdIn(text);
  if (other.kind === 'status') return { outcome: 'status', localId: named };
  if (other.kind === 'non-delivery')
    return await recordEnding('undelivered', other, named, message, settings);
  if (other.kind === 'error') return await recordEnding('refused', other, named, message, settings);
  throw refused({ file: message.reply, message: `the ${REPLY} ${other.what}`, wayOut: other.wayOut });
}

/** A report is known by its control file: what lies beside it may be the request itself. */
function byControl(control: MeshControl): OtherMessage | null {
  if (isNonDelivery(control)) {
    return {
      kind: 'non-delivery',
      what: 'is a report that the request was not delivered',
      wayOut: 'nobody has looked at the request: send it again',
    };
  }
  if (!isConfirmation(control)) return null;
  return {
    kind: 'status',
    what: 'is a status message of the transfer service',
    wayOut: 'wait for the reply',
  };
}

async function acceptReply(
  text: string,
  { reply, control: controlFile }: Message,
  control: MeshControl | null,
  settings: AcceptSettings,
): Promise<Accepted> {
  const { national, linkageKey, now, notice } = settings;
  const read = readReply(text, reply, control, controlFile, settings);
  const log = { ...ledgerLog(linkageKey, national.shownAs), now, notice };
  let decided = null as DecidedReply | null;
  await changeLog(national.ledger, log, (changes) => {
    decided = decideReply(read, ledgerOf(changes, national.shownAs), settings);
    return decided.change;
  });
  return decided!.accepted;
}

/** Records that a request gets no answer, and refuses the message, for whoever waits for the answer. */
async function recordEnding(
  ending: Ending,
  { what, wayOut }: OtherMessage,
  localId: string | null,
  { reply }: Message,
  { national, linkageKey, now, notice }: AcceptSettings,
): Promise<never> {
  const message = `the ${REPLY} ${what}`;
  if (localId === null) {
    const name =
      'name its control file with --control, so that the ledger can record which request it is about';
    throw refused({ file: reply, message, wayOut: `${wayOut}; ${name}` });
  }
  const log = { ...ledgerLog(linkageKey, national.shownAs), now, notice };
  await changeLog(national.ledger, log, (read) => {
    const request = ledgerOf(read, national.shownAs).requests.find((one) => one.localId === localId);
    if (request === undefined) throw refuseMismatch({ is: 'unknown' }, reply, null, 0);
    if (request.state === ending) return null;
    if (request.state !== 'open') throw refuseMismatch({ is: 'ended', request }, reply, null, 0);
    return endingChange(request, ending);
  });
  throw refused({ file: reply, message: `${message}; the ledger has it as ${ending} (${localId})`, wayOut });
}

function readControlFile(path: string, { national }: AcceptSettings): MeshControl {
  const control = readControl(readText(path));
  const faulty = (message: string) =>
    refused({ file: path, message, wayOut: 'name the .ctl file that came with the reply' });
  if (control === null) throw faulty('is not the control file of a message');
  if (control.localId === null || !isMessageId(control.localId)) throw faulty('names no LocalId');
  if (control.workflow !== null && control.workflow !== national.sending.workflow)
    throw faulty('belongs to a message of another workflow');
  return control;
}

/** The text of a file that somebody named. */
function readText(path: string): string {
  try {
    return readPlainFile(path, path, refused).toString('utf8');
  } catch (fault) {
    if (systemErrorCode(fault) === undefined) throw fault;
    throw usage({ file: path, message: 'the file is missing or cannot be read', wayOut: 'check the path' });
  }
}
