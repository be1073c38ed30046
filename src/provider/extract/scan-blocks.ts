import type { TextScanner } from '../../kernel/text-scanner.ts';
import { JoinedPieces } from './joined-pieces.ts';
import { LineEnds } from './line-ends.ts';
import { PlainReader } from './plain-reader.ts';
import { RegularText } from './regular-records.ts';
import type { ScannedRecord } from './scanned-record.ts';

const LF = 0x0a;
const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

/** The plain reader takes so many bytes at a time, so that one faulty record makes it read little besides. */
export const PLAIN_BYTES = 65536;

/** Some records of a text. */
export interface Block {
  records(): Iterable<ScannedRecord>;
  /** where the block is regular; it is then what the scanner has scanned last */
  readonly regular: RegularText | null;
}

/**
 * Splits UTF-8 bytes into blocks of whole records, by RFC 4180 with a chosen delimiter and quote, exact about physical lines.
 *
 * Regular text is cut where the scanner finds delimiters and line ends. Of any other text the plain reader decides, PLAIN_BYTES and
 * what is missing of its last record at a time: so what a faulty record is, is decided in one place.
 *
 * @param pieces each may be overwritten as soon as the one behind the next is asked for; a block is then no longer valid either
 * @param delimiter one ASCII character, but no CR or LF
 * @param quote likewise, another one
 * @param most bytes of a block, at most SCAN_BYTES
 * @param lineEnds to which those of the text are added
 * @param isStart the text begins where its file begins, so that there may be a byte order mark
 */
export async function* scanBlocks(
  pieces: AsyncIterable<Buffer>,
  scanner: TextScanner,
  delimiter: string,
  quote: string,
  most: number,
  lineEnds = new LineEnds(),
  isStart = true,
): AsyncGenerator<Block> {
  const delimiterByte = delimiter.charCodeAt(0);
  const quoteByte = quote.charCodeAt(0);
  const plain = new PlainReader(delimiterByte, quoteByte, lineEnds);
  const plainly = (records: Iterable<ScannedRecord>): Block => {
    const read = [...records];
    return { records: () => read, regular: null };
  };
  /** shorter behind a block that was not regular, and then longer again */
  let size = most;
  let isFirst = isStart;
  let rest: Buffer = Buffer.alloc(0);
  const joined = new JoinedPieces();
  for await (const piece of pieces) {
    const isMarked = isFirst && piece.subarray(0, 3).equals(BYTE_ORDER_MARK);
    isFirst = false;
    rest = isMarked ? piece.subarray(3) : rest.length === 0 ? piece : joined.join(rest, piece);
    while (rest.length > 0) {
      const block = rest.subarray(0, size);
      let read = block.length;
      if (!plain.isBetweenRecords) {
        const records: ScannedRecord[] = [];
        read = 0;
        do {
          const from = read;
          read = block.indexOf(LF, from) + 1 || block.length;
          records.push(...plain.read(block.subarray(from, read)));
        } while (!plain.isBetweenRecords && read < block.length);
        yield plainly(records);
      } else {
        const positions = scanner.scan(block, delimiterByte, quoteByte);
        const ends = positions?.subarray(
          0,
          positions.findLastIndex((position) => block[position] === LF) + 1,
        );
        const last = ends?.at(-1);
        if (ends !== undefined && last !== undefined) {
          read = last + 1;
          const regular = new RegularText(
            block.subarray(0, read),
            ends,
            scanner.lineEnds,
            quoteByte,
            plain.line,
          );
          plain.line += scanner.countLineEnds(read);
          regular.countLineEnds(lineEnds);
          size = Math.min(2 * size, most);
          yield { records: () => regular.records(), regular };
        } else if (positions !== null && block.length < size)
          break; // the record may end in the next piece
        else if (block.length > PLAIN_BYTES) {
          size = PLAIN_BYTES;
          continue;
        } else yield plainly(plain.read(block));
      }
      rest = rest.subarray(read);
    }
  }
  yield plainly(plain.read(rest));
  yield plainly(plain.end());
}
