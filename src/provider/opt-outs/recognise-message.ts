/**
 * What else arrives in the inbox of the national data opt-out service, under the same workflow and local id as a reply
 * (reference of feeds, "National data opt-out over MESH"), and might be saved in its place.
 */

/** Something that is not a reply: what it is, and what to do. */
export interface OtherMessage {
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
    return { what: 'is an archive or a compressed file', wayOut: 'unpack it, and name the .dat file in it' };
  }
  if (/<(?:\w+:)?DTSControl\b/i.test(trimmed) || /^<\?xml/i.test(trimmed)) {
    if (/<(?:\w+:)?MessageType>\s*Report\s*</i.test(trimmed)) return nonDelivery();
    return {
      what: 'is the control file of a message (.ctl), and not its data',
      wayOut: 'name the .dat file beside it',
    };
  }
  if (/^[[{]/.test(trimmed)) {
    if (/"MessageType"\s*:\s*"Report"/i.test(trimmed)) return nonDelivery();
    return { what: 'is a status message of the transfer service (JSON)', wayOut: WAIT };
  }
  if (/^\s*MessageType\s*[:=]\s*Report\b/im.test(trimmed)) return nonDelivery();
  if (/^\s*Subject\s*[:=]\s*SUCCESS\b/im.test(trimmed) || trimmed === 'SUCCESS') {
    return { what: 'is a status message of the transfer service', wayOut: WAIT };
  }
  const lines = trimmed.split(/\r\n|\n|\r/);
  if (/^<!doctype html|^<html/i.test(trimmed)) {
    return { what: 'is a web page', wayOut: 'fetch the reply again: an error page was saved in its place' };
  }
  const hasNumbers = lines.some((line) => /^\s*[\d -]{9,},?\s*$/.test(line) || /^\s*\d{10}/.test(line));
  if (hasNumbers || !/\p{L}/u.test(trimmed)) return null;
  if (lines.length > 1) {
    return { what: 'is text, and no list of NHS numbers', wayOut: 'name the .dat file of the reply' };
  }
  return {
    what: 'is one line of text: the service refused the whole request',
    wayOut:
      'one invalid NHS number makes it refuse all: check every number of the request, and send it again',
  };
}

function nonDelivery(): OtherMessage {
  return {
    what: 'is a report that the request was not delivered',
    wayOut: 'nobody has looked at the request: send it again, and name the .dat file of the reply',
  };
}
