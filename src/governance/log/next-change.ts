import type { Sealer } from '../../keys/seal-text.ts';
import { nextDigest } from './chain.ts';
import type { LogHead } from './head.ts';
import { type ChangeHeader, END_BYTES, parseEnd, parseHeader } from './log-form.ts';

/** One change of a log. */
export interface LogChange {
  /** counted from 1 */
  readonly number: number;
  readonly header: ChangeHeader;
  /** its lines, each with its line end; part of the file as it was read, and not a copy */
  readonly lines: Buffer;
  readonly count: number;
  /** where its header line begins in the file */
  readonly offset: number;
  /** its digest, which covers everything before it */
  readonly digest: string;
}

/** A change with the head after it; or what is wrong with it. */
export type NextChange = { readonly change: LogChange; readonly head: LogHead } | { readonly fault: string };

/**
 * Reads the change that follows a head.
 *
 * @param bytes of the file, from `base` on
 * @param sealer null where the reader has no key
 * @returns null where there is none that was finished
 */
export function nextChange(
  bytes: Buffer,
  base: number,
  before: LogHead,
  sealer: Sealer | null,
): NextChange | null {
  const from = before.bytes - base;
  const number = before.changes + 1;
  const linesFrom = bytes.indexOf(10, from) + 1;
  if (linesFrom === 0) return null;
  const header = parseHeader(bytes.toString('utf8', from, linesFrom));
  if (header === null || header.change !== number) return { fault: `is not the header of change ${number}` };
  const linesTo = linesFrom + header.bytes;
  const to = linesTo + END_BYTES;
  if (to > bytes.length) return null;
  const digest = nextDigest(before.digest, [bytes.subarray(from, linesTo)]);
  const end = parseEnd(bytes.toString('latin1', linesTo, to));
  if (end === null || end.digest !== digest || (header.bytes > 0 && bytes[linesTo - 1] !== 10))
    return { fault: `change ${number} does not match its digest` };
  if (sealer !== null && !sealer.isSealed(digest, end.seal))
    return { fault: `change ${number} does not match its seal` };
  const lines = bytes.subarray(linesFrom, linesTo);
  return {
    change: { number, header, lines, count: header.lines, offset: before.bytes, digest },
    head: { changes: number, bytes: base + to, digest },
  };
}
