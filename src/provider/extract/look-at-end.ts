import iconv from 'iconv-lite';
import type { FileFormat } from '../../pipeline/file-format.ts';
import type { InputFile } from './find-files.ts';
import { openText } from './open-text.ts';
import { scanRecords } from './scan-records.ts';
import type { ScannedRecord } from './scanned-record.ts';

/** How much of the end of a file is looked at: a hundred rows and more. */
export const TAIL_BYTES = 64 * 1024;
const LF = 0x0a;
const CR = 0x0d;

/**
 * How a file ends: with a line end; without one, as some senders write it, and as a file ends that was cut off in its last cell; or
 * in mid-row, with too few cells or a quote left open.
 *
 * @param tail the last TAIL_BYTES bytes of the text, or all of it
 * @param fields how many the header has
 */
export async function lookAtEnd(
  tail: Uint8Array,
  format: FileFormat,
  fields: number,
): Promise<'line-end' | 'no-line-end' | 'mid-row'> {
  const text = asciiCompatible(Buffer.from(tail), format.encoding);
  const isWhole = tail.length < TAIL_BYTES;
  const start = isWhole ? 0 : text.indexOf(LF) + 1;
  let last: ScannedRecord | null = null;
  let records = 0;
  for await (const record of scanRecords(onePiece(text.subarray(start)), format.delimiter, format.quote)) {
    // from within a quoted cell, rows are cut at the wrong positions: the last one is believed if the one before it fits
    const isInStep: boolean = last === null ? isWhole : !last.badQuote && last.fieldCount >= fields;
    last = record;
    if (record.endsFile && isInStep && (record.badQuote || record.fieldCount < fields)) return 'mid-row';
    records += 1;
  }
  const isHeaderAlone = isWhole && records < 2;
  const end = text.at(-1);
  return isHeaderAlone || end === LF || end === CR ? 'line-end' : 'no-line-end';
}

/** Whether there is a row below the header. */
export async function hasRows(file: InputFile, { encoding, delimiter, quote }: FileFormat): Promise<boolean> {
  const records = scanRecords(openText(file, encoding), delimiter, quote);
  await records.next();
  const { done } = await records.next();
  await records.return(undefined);
  return done !== true;
}

async function* onePiece(text: Buffer): AsyncGenerator<Buffer> {
  yield text;
}

/** Text of which delimiters, quotes and line ends are single bytes. The end of a text in utf-16 does not show its byte order: the zeros do. */
function asciiCompatible(tail: Buffer, encoding: FileFormat['encoding']): Buffer {
  if (encoding !== 'utf-16') return tail;
  const zeros = [0, 0];
  for (const [index, byte] of tail.entries()) if (byte === 0) zeros[index % 2]! += 1;
  return Buffer.from(iconv.decode(tail, zeros[0]! > zeros[1]! ? 'utf-16be' : 'utf-16le'), 'utf8');
}
