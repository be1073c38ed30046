import { isUtf8 } from 'node:buffer';
import type { ScannedRecord } from './scanned-record.ts';

const LF = 0x0a;
const CR = 0x0d;

/**
 * The records of a regular text (kernel/assembly/scan.ts), as the plain reader would read them.
 *
 * @param text whole records
 * @param ends positions of all delimiters and line ends outside quotes; the last is a line end
 * @param firstLine physical line on which the text begins
 * @returns the physical line behind the text
 */
export function* regularRecords(
  text: Buffer,
  ends: Uint32Array,
  quote: number,
  firstLine: number,
): Generator<ScannedRecord, number> {
  let line = firstLine;
  let from = 0;
  for (let next = 0; next < ends.length; ) {
    const fieldEnds: number[] = [];
    let to: number;
    do {
      to = ends[next]!;
      fieldEnds.push(to - from);
      next += 1;
    } while (text[to] !== LF);
    // a copy, or whoever keeps one field would keep the whole piece of the file
    const bytes = Buffer.from(text.subarray(from, to > from && text[to - 1] === CR ? to - 1 : to));
    fieldEnds[fieldEnds.length - 1] = bytes.length;
    if (bytes.length > 0) yield new RegularRecord(line, bytes, fieldEnds, quote);
    line += 1 + countOf(bytes, LF);
    from = to + 1;
  }
  return line;
}

/** A record of which a field is made when it is asked for: most readers look at a few columns of many. */
class RegularRecord implements ScannedRecord {
  readonly badQuote = false;
  readonly endsFile = false;
  readonly line: number;
  readonly #bytes: Buffer;
  readonly #ends: readonly number[];
  readonly #quote: number;

  /** @param bytes without the line end */
  constructor(line: number, bytes: Buffer, ends: readonly number[], quote: number) {
    this.line = line;
    this.#bytes = bytes;
    this.#ends = ends;
    this.#quote = quote;
  }

  get fieldCount(): number {
    return this.#ends.length;
  }

  get fields(): readonly Buffer[] {
    return this.#ends.map((_, at) => this.field(at)!);
  }

  get isUtf8(): boolean {
    return isUtf8(this.#bytes);
  }

  get bytesAtMost(): number {
    return this.#bytes.length + 1;
  }

  field(at: number): Buffer | undefined {
    const end = this.#ends[at];
    if (end === undefined) return undefined;
    const start = at === 0 ? 0 : this.#ends[at - 1]! + 1;
    if (start === end || this.#bytes[start] !== this.#quote) return this.#bytes.subarray(start, end);
    return withoutDoubles(this.#bytes.subarray(start + 1, end - 1), this.#quote);
  }
}

function withoutDoubles(bytes: Buffer, quote: number): Buffer {
  if (!bytes.includes(quote)) return bytes;
  const kept: number[] = [];
  for (let at = 0; at < bytes.length; at += 1) {
    kept.push(bytes[at]!);
    if (bytes[at] === quote) at += 1; // its second half
  }
  return Buffer.from(kept);
}

function countOf(bytes: Buffer, byte: number): number {
  let count = 0;
  for (let at = bytes.indexOf(byte); at >= 0; at = bytes.indexOf(byte, at + 1)) count += 1;
  return count;
}
