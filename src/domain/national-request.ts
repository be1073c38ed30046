/*
 * A request to the national data opt-out service, as it is sent over MESH (reference of feeds, "National data opt-out over
 * MESH"): a data file with the numbers, and a control file beside it.
 */
import type { NhsNumber } from './nhs-number.ts';

/** Between which mailboxes a request is sent, and under which workflow. */
export interface RequestAddress {
  readonly mailbox: string;
  readonly to: string;
  readonly workflow: string;
}

/** The service loses a message whose Subject or LocalId has any other character. */
const MESSAGE_ID = /^[A-Za-z0-9_-]{1,100}$/;

/** Whether a text may be the Subject and the LocalId of a message. */
export function isMessageId(text: string): boolean {
  return MESSAGE_ID.test(text);
}

/**
 * The LocalId of a request: mailbox, date, time and number, with hyphens between them. The service returns it with every
 * message about the request, so that no two requests of a mailbox may have the same.
 *
 * @param at when it is made (YYYY-MM-DDThh:mm:ssZ)
 * @param change its number in the ledger
 */
export function localIdOf(mailbox: string, at: string, change: number): string {
  const [date, time] = [at.slice(0, 10), at.slice(11, 19)].map((part) => part.replaceAll(/\D/g, ''));
  return [mailbox, date, time, String(change).padStart(4, '0')].join('-');
}

/** The data file: each number once, in ascending order, so that nothing of the order of a source is left. */
export function requestText(numbers: Iterable<NhsNumber>): string {
  return [...new Set(numbers)]
    .sort()
    .map((number) => `${number},\n`)
    .join('');
}

/** The control file of a request. Its texts are letters, digits, `-` and `_`, so that nothing is escaped. */
export function requestControl(localId: string, { mailbox, to, workflow }: RequestAddress): string {
  const elements = [
    ['Version', '1.0'],
    ['AddressType', 'DTS'],
    ['MessageType', 'Data'],
    ['From_DTS', mailbox],
    ['To_DTS', to],
    ['Subject', localId],
    ['LocalId', localId],
    ['DTSId', ''],
    ['WorkflowId', workflow],
    ['Encrypted', 'N'],
    ['Compressed', 'N'],
    ['StatusRecord', ''],
  ] as const;
  const lines = elements.map(([name, text]) => `  <${name}>${text}</${name}>`);
  return `${['<DTSControl>', ...lines, '</DTSControl>'].join('\n')}\n`;
}
