import { isUtf8 } from 'node:buffer';
import type { LineEnds } from './line-ends.ts';
import type { ScannedRecord } from './scanned-record.ts';

const LF = 0x0a;
const CR = 0x0d;

/** A regular text of whole records (kernel/assembly/scan.ts): its records, as the plain reader would read them. */
export class RegularText {
  readonly bytes: Buffer;
  readonly #ends: Uint32Array;
  readonly #lineEnds: number;
  readonly #quote: number;
  readonly #firstLine: number;

  /**
   * @param bytes which must not change as long as records are asked for
   * @param ends positions of all delimiters and line ends outside quotes; the last is a line end
   * @param lineEnds how many of them are line ends
   * @param firstLine physical line on which the text begins
   */
  constructor(bytes: Buffer, ends: Uint32Array, lineEnds: number, quote: number, firstLine: number) {
    this.bytes = bytes;
    this.#ends = ends;
    this.#lineEnds = lineEnds;
    this.#quote = quote;
    this.#firstLine = firstLine;
  }

  /** All records, in order. Empty lines are none. */
  *records(): Generator<ScannedRecord> {
    let line = this.#firstLine;
    let next = 0;
    while (next < this.#ends.length) {
      const first = next;
      while (this.bytes[this.#ends[next]!] !== LF) next += 1;
      next += 1;
      const record = this.#record(first, next, line);
      if (record.bytesAtMost > 1) yield record;
      line += 1 + record.newlines;
    }
  }

  /** How many rows there are, if each has so many cells, two or more; null if any has not, or is an empty line. */
  rowsOf(width: number): number | null {
    const rows = this.#lineEnds;
    if (width < 2 || rows * width !== this.#ends.length) return null;
    // as many positions are looked at as there are line ends: if each is one, there is no other
    for (let index = width - 1; index < this.#ends.length; index += width) {
      if (this.bytes[this.#ends[index]!] !== LF) return null;
    }
    return rows;
  }

  /** One of the rows of `rowsOf`, from 0. Its line is looked for when it is asked for. */
  row(row: number, width: number): ScannedRecord {
    return this.#record(row * width, (row + 1) * width, null);
  }

  /** The bytes of one cell of one of the rows of `rowsOf`, quotes undone: a view of the text if there are none. */
  cell(row: number, width: number, position: number): Buffer {
    const index = row * width + position;
    const from = index === 0 ? 0 : this.#ends[index - 1]! + 1;
    let to = this.#ends[index]!;
    if (position === width - 1 && to > from && this.bytes[to - 1] === CR) to -= 1;
    return cellOf(this.bytes, from, to, this.#quote);
  }

  /** Adds the line ends of the text, and its carriage returns outside quotes. */
  countLineEnds(ends: LineEnds): void {
    ends.lineFeeds += this.#lineEnds;
    const all = countOf(this.bytes, CR);
    if (all === 0) return;
    let pairs = 0;
    let quoted = 0;
    for (let index = 0; index < this.#ends.length; index += 1) {
      const end = this.#ends[index]!;
      const isPair = this.bytes[end] === LF && end > 0 && this.bytes[end - 1] === CR;
      if (isPair) pairs += 1;
      const from = index === 0 ? 0 : this.#ends[index - 1]! + 1;
      if (this.bytes[from] === this.#quote)
        quoted += countOf(this.bytes.subarray(from, isPair ? end - 1 : end), CR);
    }
    ends.lineFeeds -= pairs;
    ends.pairs += pairs;
    ends.alone += all - pairs - quoted;
  }

  #record(first: number, behind: number, line: number | null): RegularRecord {
    const from = first === 0 ? 0 : this.#ends[first - 1]! + 1;
    const to = this.#ends[behind - 1]!;
    // a copy: a view of one field would keep the whole piece of the file in memory
    const bytes = Buffer.from(
      this.bytes.subarray(from, to > from && this.bytes[to - 1] === CR ? to - 1 : to),
    );
    const ends = Array.from(this.#ends.subarray(first, behind), (end) => end - from);
    ends[ends.length - 1] = bytes.length;
    const lineOf = () => this.#firstLine + countOf(this.bytes.subarray(0, from), LF);
    return new RegularRecord(line ?? lineOf, bytes, ends, this.#quote);
  }
}

/** A record of which a field is made when it is asked for: most readers look at a few columns of many. */
class RegularRecord implements ScannedRecord {
  readonly badQuote = false;
  readonly endsFile = false;
  readonly #line: number | (() => number);
  readonly #bytes: Buffer;
  readonly #ends: readonly number[];
  readonly #quote: number;

  /** @param bytes without the line end */
  constructor(line: number | (() => number), bytes: Buffer, ends: readonly number[], quote: number) {
    this.#line = line;
    this.#bytes = bytes;
    this.#ends = ends;
    this.#quote = quote;
  }

  get line(): number {
    return typeof this.#line === 'number' ? this.#line : this.#line();
  }

  /** Line ends within its quotes. */
  get newlines(): number {
    return countOf(this.#bytes, LF);
  }

  get fieldCount(): number {
    return this.#ends.length;
  }

  get fields(): readonly Buffer[] {
    return this.#ends.map((_, index) => this.field(index)!);
  }

  get isUtf8(): boolean {
    return isUtf8(this.#bytes);
  }

  get bytesAtMost(): number {
    return this.#bytes.length + 1;
  }

  field(index: number): Buffer | undefined {
    const end = this.#ends[index];
    if (end === undefined) return undefined;
    const start = index === 0 ? 0 : this.#ends[index - 1]! + 1;
    return cellOf(this.#bytes, start, end, this.#quote);
  }
}

function cellOf(bytes: Buffer, start: number, end: number, quote: number): Buffer {
  if (start === end || bytes[start] !== quote) return bytes.subarray(start, end);
  return withoutDoubles(bytes.subarray(start + 1, end - 1), quote);
}

function withoutDoubles(bytes: Buffer, quote: number): Buffer {
  if (!bytes.includes(quote)) return bytes;
  const kept: number[] = [];
  for (let index = 0; index < bytes.length; index += 1) {
    kept.push(bytes[index]!);
    if (bytes[index] === quote) index += 1; // its second half
  }
  return Buffer.from(kept);
}

function countOf(bytes: Buffer, byte: number): number {
  let count = 0;
  for (let position = bytes.indexOf(byte); position >= 0; position = bytes.indexOf(byte, position + 1))
    count += 1;
  return count;
}
