import type { DateTable } from './calendar.ts';

/** No row is longer than this: the widest (an episode with every code filled in) stays below 600 bytes. */
const LONGEST_ROW = 4096;
const COMMA = 44;
const NEWLINE = 10;

/**
 * Rows of CSV as bytes, written in place. Strings are copied a character at a time: for fields of some ten
 * characters that is several times faster than building strings and encoding them.
 */
export class RowBuffer {
  bytes: Uint8Array;
  length = 0;
  /** Where each row ends: offset of the byte after its line feed. */
  readonly rowEnds: number[] = [];

  /** @param capacity bytes to begin with; the buffer grows when a household needs more */
  constructor(capacity: number) {
    this.bytes = new Uint8Array(capacity + LONGEST_ROW);
  }

  /** Reserves memory for a row; call it before its first field. */
  startRow(): void {
    if (this.length + LONGEST_ROW <= this.bytes.length) return;
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  /** A string of ASCII characters, unchanged (no quoting). */
  ascii(text: string): void {
    const { bytes } = this;
    let position = this.length;
    for (let i = 0; i < text.length; i++) bytes[position++] = text.charCodeAt(i);
    this.length = position;
  }

  /** Bytes encoded beforehand. */
  token(token: Uint8Array): void {
    const { bytes } = this;
    let position = this.length;
    for (let i = 0; i < token.length; i++) bytes[position++] = token[i]!;
    this.length = position;
  }

  /** A date from a table of written dates. */
  date(table: DateTable, day: number): void {
    const { bytes } = this;
    let position = this.length;
    const start = day * 10;
    for (let i = 0; i < 10; i++) bytes[position++] = table[start + i]!;
    this.length = position;
  }

  /** A whole number, zero-padded on the left to the width; digits beyond the width are lost. */
  digits(value: number, width: number): void {
    const { bytes } = this;
    let rest = value;
    for (let index = this.length + width - 1; index >= this.length; index--) {
      const shorter = Math.floor(rest / 10);
      bytes[index] = 48 + (rest - shorter * 10); // 48: '0'
      rest = shorter;
    }
    this.length += width;
  }

  /** A whole number that is not negative, without padding. */
  integer(value: number): void {
    let width = 1;
    for (let limit = 10; value >= limit; limit *= 10) width++;
    this.digits(value, width);
  }

  /** One ASCII byte. */
  byte(code: number): void {
    this.bytes[this.length++] = code;
  }

  /**
   * Ends a field that is not the last of its row; a count ends that many, all but the first of them
   * empty.
   */
  comma(count = 1): void {
    for (let i = 0; i < count; i++) this.bytes[this.length++] = COMMA;
  }

  /** Ends the row. */
  endRow(): void {
    this.bytes[this.length++] = NEWLINE;
    this.rowEnds.push(this.length);
  }

  /** Removes all rows; the memory is kept. */
  clear(): void {
    this.length = 0;
    this.rowEnds.length = 0;
  }
}

const encoder = new TextEncoder();

/** UTF-8 bytes of a text, for `token`. */
export function encodeText(text: string): Uint8Array {
  return encoder.encode(text);
}
