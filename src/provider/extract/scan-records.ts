import { SCAN_BYTES, TextScanner } from '../../kernel/text-scanner.ts';
import { PlainReader } from './plain-reader.ts';
import { regularRecords } from './regular-records.ts';
import type { ScannedRecord } from './scanned-record.ts';

const LF = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** Scanners that nobody uses: each reading of a file needs one, and many files are only looked into. */
const idle: TextScanner[] = [];

/**
 * Splits UTF-8 bytes into records, by RFC 4180 with a chosen delimiter and quote, exact about physical lines. It is used for
 * headers and to find the places of rows the bulk reader has refused.
 *
 * Regular text is cut where the scanner finds delimiters and line ends. Of any other text the plain reader decides, a block and
 * what is missing of its last record at a time: so what a faulty record is, is decided in one place.
 *
 * @param delimiter one ASCII character, but no CR or LF
 * @param quote likewise, another one
 */
export async function* scanRecords(
  pieces: AsyncIterable<Buffer>,
  delimiter: string,
  quote: string,
): AsyncGenerator<ScannedRecord> {
  const delimiterByte = delimiter.charCodeAt(0);
  const quoteByte = quote.charCodeAt(0);
  const plain = new PlainReader(delimiterByte, quoteByte);
  const scanner = idle.pop() ?? new TextScanner();
  let isFirst = true;
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const piece of pieces) {
      const isMarked = isFirst && piece.subarray(0, 3).equals(BYTE_ORDER_MARK);
      isFirst = false;
      rest = isMarked ? piece.subarray(3) : rest.length === 0 ? piece : Buffer.concat([rest, piece]);
      while (rest.length > 0) {
        const block = rest.subarray(0, SCAN_BYTES);
        let read = block.length;
        if (!plain.isBetweenRecords) {
          read = block.indexOf(LF) + 1 || block.length;
          yield* plain.read(block.subarray(0, read));
        } else {
          const positions = scanner.scan(block, delimiterByte, quoteByte);
          const ends = positions?.subarray(0, positions.findLastIndex((at) => block[at] === LF) + 1);
          const last = ends?.at(-1);
          if (ends !== undefined && last !== undefined) {
            read = last + 1;
            plain.line = yield* regularRecords(block, ends, quoteByte, plain.line);
          } else if (positions !== null && block.length < SCAN_BYTES)
            break; // the record may end in the next piece
          else yield* plain.read(block);
        }
        rest = rest.subarray(read);
      }
    }
    yield* plain.read(rest);
    yield* plain.end();
  } finally {
    scanner.clear();
    idle.push(scanner);
  }
}
