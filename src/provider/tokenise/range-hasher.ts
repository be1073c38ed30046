import type { ColumnScanner } from '../../kernel/column-scanner.ts';
import { LineEnds } from '../extract/line-ends.ts';
import { RowReader } from '../extract/row-reader.ts';
import { TableColumns } from '../extract/table-columns.ts';
import type { TextPayloadColumn } from '../extract/text-column.ts';
import type { TextRange } from '../extract/text-ranges.ts';
import type { HashedRange, HashedRows, RangedFile, ThreadStart } from './range-messages.ts';
import { textColumnsOf } from './thread-texts.ts';
import type { TokenKernel } from './token-kernel.ts';
import { VectorArrays } from './vector-arrays.ts';
import { VectorHasher } from './vector-hasher.ts';

/** Reads ranges of one file, and makes the tokens of their rows. */
export class RangeHasher {
  readonly #layout: RangedFile['layout'];
  readonly #scanner: ColumnScanner;
  readonly #columns: TableColumns;
  readonly #hasher: VectorHasher;
  readonly #reader: RowReader;
  readonly #arrays: VectorArrays;
  /** text columns, with the number of their texts that were handed on */
  readonly #texts: { readonly column: TextPayloadColumn; said: number }[];

  constructor(
    { plan, layout }: RangedFile,
    { pipeline, runDate, lists }: ThreadStart,
    tokens: TokenKernel,
    scanner: ColumnScanner,
  ) {
    this.#layout = layout;
    this.#scanner = scanner;
    this.#columns = new TableColumns(plan, pipeline, runDate);
    this.#hasher = new VectorHasher(plan, tokens, { ...lists, births: null });
    this.#reader = new RowReader(scanner, this.#columns.readers);
    this.#arrays = new VectorArrays(this.#columns, this.#reader.faults, this.#hasher);
    this.#texts = textColumnsOf(this.#columns).map((column) => ({ column, said: 0 }));
  }

  /**
   * What a subject's first row is, is said as if the file began with the range: it must not depend on which ranges a thread was given.
   *
   * @param room for the arrays of the rows, overwritten
   * @returns null where the range does not certainly end behind a record
   */
  async read(
    { text, isStart, isEnd }: TextRange,
    room: Uint8Array<ArrayBuffer>,
    signal: AbortSignal,
  ): Promise<HashedRange | null> {
    const lineEnds = new LineEnds();
    const vectors: HashedRows[] = [];
    let arrays = room;
    let length = 0;
    this.#hasher.forgetSubjects();
    const take = (rows: number) => {
      const vector = this.#columns.vector(rows, this.#reader.faults.codes);
      this.#hasher.hash(vector);
      const hasFaults = vector.faults.subarray(0, rows).some((fault) => fault !== 0);
      vectors.push({ rows, faulty: hasFaults ? this.#hasher.faultyKeys(vector) : null });
      const behind = length + this.#arrays.bytesOf(rows);
      if (behind > arrays.length) arrays = grown(arrays, Math.max(behind, arrays.length * 2));
      this.#arrays.pack(rows, arrays, length);
      length = behind;
    };
    const met = await this.#reader.readText(
      { pieces: onePiece(text), isStart, isEnd },
      this.#layout,
      lineEnds,
      take,
      signal,
    );
    if (met === null) return null;
    const texts = this.#texts.map((one) => {
      const fresh = one.column.texts.slice(one.said);
      one.said += fresh.length;
      return fresh;
    });
    const { lineFeeds, pairs, alone, hasBadQuote } = lineEnds;
    return { ...met, lineEnds: { lineFeeds, pairs, alone, hasBadQuote }, vectors, arrays, texts };
  }

  /** Overwrites what it holds of the file. */
  clear(): void {
    this.#scanner.clear();
    this.#columns.clear();
    this.#hasher.clear();
  }
}

/** A longer copy; the shorter one is overwritten. */
function grown(arrays: Uint8Array<ArrayBuffer>, length: number): Uint8Array<ArrayBuffer> {
  const longer = new Uint8Array(length);
  longer.set(arrays);
  arrays.fill(0);
  return longer;
}

async function* onePiece(text: Uint8Array<ArrayBuffer>): AsyncGenerator<Buffer> {
  yield Buffer.from(text.buffer, text.byteOffset, text.byteLength);
}
