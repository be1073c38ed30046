import type { InputFile } from '../extract/find-files.ts';
import { LineEnds } from '../extract/line-ends.ts';
import { openText } from '../extract/open-text.ts';
import { checkLineEnds, type ReadFile, type RowReader } from '../extract/row-reader.ts';
import type { TableColumns } from '../extract/table-columns.ts';
import { type TextRange, textRanges } from '../extract/text-ranges.ts';
import type { HashedRange, RangeAnswer, RangedFile } from './range-messages.ts';
import type { ReaderThreads } from './reader-threads.ts';
import { ThreadTexts } from './thread-texts.ts';
import type { VectorArrays } from './vector-arrays.ts';
import type { FaultyKeys } from './vector-hasher.ts';

/** Where the rows of a file go. */
export interface RowTaker {
  /** rows that are in the arrays of the readers */
  read(rows: number): void;
  /** rows whose tokens are there as well */
  hashed(rows: number, faulty: FaultyKeys | null): void;
}

/**
 * Reads a file by threads, a range each, and takes what they have read in the order of the file: so that it does not matter how many threads there are,
 * or which is the fastest.
 *
 * From the first range on that does not certainly end behind a record, the file is read by `reader`, without threads: where its ranges end was found by
 * counting quotes, which in irregular text proves nothing.
 *
 * @throws TallystickError (exit 1) for a file that cannot be read, or whose line ends differ; what a thread throws; the reason of the signal, if it is
 *   aborted
 */
export async function readRanges(
  file: InputFile,
  ranged: RangedFile,
  threads: ReaderThreads,
  reader: RowReader,
  columns: TableColumns,
  arrays: VectorArrays,
  taker: RowTaker,
  signal: AbortSignal,
): Promise<ReadFile> {
  const { format } = ranged.layout;
  const { spare } = threads;
  const ranges = textRanges(
    openText(file, format.encoding),
    format.quote.charCodeAt(0),
    threads.rangeBytes,
    (length) => spare.take(length),
  );
  const lineEnds = new LineEnds();
  const texts = new ThreadTexts(columns);
  const underWay: Promise<RangeAnswer>[] = [];
  const read = { rows: 0, unparsed: 0 };
  const add = ({ rows, unparsed }: ReadFile) => {
    read.rows += rows;
    read.unparsed += unparsed;
  };
  let asked = 0;
  let taken = 0;
  let isAtEnd = false;
  /** Has ranges read until as many are under way as may be. */
  const ask = async () => {
    while (!isAtEnd && underWay.length < threads.most) {
      const { value: range, done } = await ranges.next();
      if (done === true) isAtEnd = true;
      else {
        const answer = threads.read(ranged, asked, range, spare.take(range.text.length));
        answer.catch(() => undefined); // a fault is thrown when the answer is awaited; until then it is not unhandled
        underWay.push(answer);
        asked += 1;
      }
    }
  };
  const takeVectors = (hashed: HashedRange, translate: (rows: number) => void) => {
    let offset = 0;
    for (const { rows, faulty } of hashed.vectors) {
      arrays.unpack(rows, hashed.arrays, offset);
      offset += arrays.bytesOf(rows);
      translate(rows);
      taker.hashed(rows, faulty);
    }
    spare.giveBack(hashed.arrays);
  };
  try {
    for (;;) {
      await ask();
      const next = underWay.shift();
      if (next === undefined) break;
      const { text, hashed } = await next;
      signal.throwIfAborted();
      if (hashed === null) {
        const rest = { pieces: restOf(text, underWay, ranges), isStart: taken === 0, isEnd: true };
        add((await reader.readText(rest, ranged.layout, lineEnds, taker.read, signal))!);
        break;
      }
      spare.giveBack(text);
      add(hashed);
      lineEnds.add(hashed.lineEnds);
      texts.learn(taken % threads.count, hashed.texts);
      takeVectors(hashed, (rows) => texts.translate(taken % threads.count, rows));
      taken += 1;
    }
  } finally {
    await ranges.return(undefined);
    threads.endFile();
  }
  await checkLineEnds(file, format, lineEnds);
  return read;
}

/** A range, those that are under way, and what no thread was asked to read. */
async function* restOf(
  text: Uint8Array<ArrayBuffer>,
  underWay: readonly Promise<RangeAnswer>[],
  ranges: AsyncIterable<TextRange>,
): AsyncGenerator<Buffer> {
  yield bufferOf(text);
  for (const answer of underWay) yield bufferOf((await answer).text);
  for await (const range of ranges) yield bufferOf(range.text);
}

function bufferOf({ buffer, byteOffset, byteLength }: Uint8Array<ArrayBuffer>): Buffer {
  return Buffer.from(buffer, byteOffset, byteLength);
}
