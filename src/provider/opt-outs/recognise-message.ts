/**
 * What else arrives in the inbox of the national data opt-out service, under the same workflow and local id as a reply
 * (reference of feeds, "National data opt-out over MESH"), and might be saved in its place.
 */
import { isConfirmation, isNonDelivery, readControl } from '../../domain/mesh-control.ts';

/** Something that is not a reply: what it is, and what to do. */
export interface OtherMessage {
  readonly kind: 'archive' | 'control' | 'non-delivery' | 'status' | 'page' | 'text' | 'error';
  readonly what: string;
  readonly wayOut: string;
}

const WAIT =
  'the reply comes as a message of its own, usually within an hour: wait for it, and name its .dat file';

/**
 * Says what a text is that is not a reply; null for one that may be. A reply consists of digits, commas and line ends,
 * and every other message has letters in it.
 */
export function recogniseMessage(text: string): OtherMessage | null {
  const trimmed = text.trim();
  // a zip archive, and gzip, of which the second byte is no UTF-8
  if (['PK\u0003\u0004', '\u001f\ufffd'].some((magic) => trimmed.startsWith(magic))) {
    return {
      kind: 'archive',
      what: 'is an archive or a compressed file',
      wayOut: 'unpack it, and name the .dat file in it',
    };
  }
  const control = readControl(trimmed);
  if (control !== null || /^<\?xml/i.test(trimmed)) {
    if (control !== null && isNonDelivery(control)) return nonDelivery();
    if (control !== null && isConfirmation(control)) return confirmation();
    return {
      kind: 'control',
      what: 'is the control file of a message (.ctl), and not its data',
      wayOut: 'name the .dat file beside it',
    };
  }
  if (/^[[{]/.test(trimmed)) {
    if (/"MessageType"\s*:\s*"Report"/i.test(trimmed)) return nonDelivery();
    return { kind: 'status', what: 'is a status message of the transfer service (JSON)', wayOut: WAIT };
  }
  if (/^\s*MessageType\s*[:=]\s*Report\b/im.test(trimmed)) return nonDelivery();
  if (/^\s*Subject\s*[:=]\s*SUCCESS\b/im.test(trimmed) || trimmed === 'SUCCESS') {
    return confirmation();
  }
  const lines = trimmed.split(/\r\n|\n|\r/);
  if (/^<!doctype html|^<html/i.test(trimmed)) {
    return {
      kind: 'page',
      what: 'is a web page',
      wayOut: 'fetch the reply again: an error page was saved in its place',
    };
  }
  const hasNumbers = lines.some((line) => /^\s*[\d -]{9,},?\s*$/.test(line) || /^\s*\d{10}/.test(line));
  if (hasNumbers || !/\p{L}/u.test(trimmed)) return null;
  if (lines.length > 1) {
    return {
      kind: 'text',
      what: 'is text, and no list of NHS numbers',
      wayOut: 'name the .dat file of the reply',
    };
  }
  return {
    kind: 'error',
    what: 'is one line of text: the service refused the whole request',
    wayOut:
      'one invalid NHS number makes it refuse all: check every number of the request, and send it again',
  };
}

function nonDelivery(): OtherMessage {
  return {
    kind: 'non-delivery',
    what: 'is a report that the request was not delivered',
    wayOut: 'nobody has looked at the request: send it again, and name the .dat file of the reply',
  };
}

function confirmation(): OtherMessage {
  return { kind: 'status', what: 'is a status message of the transfer service', wayOut: WAIT };
}

/** The LocalId of the request that a message is about, where the message itself names it. */
export function localIdIn(text: string): string | null {
  const control = readControl(text);
  if (control !== null) return control.localId;
  return /^\W*local_?id\W*?[:=]\s*"?([A-Za-z0-9_-]+)"?\s*,?\s*$/im.exec(text)?.[1] ?? jsonLocalId(text);
}

function jsonLocalId(text: string): string | null {
  return /"local_?id"\s*:\s*"([A-Za-z0-9_-]+)"/i.exec(text)?.[1] ?? null;
}
