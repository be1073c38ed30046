const LF = 0x0a;

/** Some whole records of a file, if its text is regular (kernel/assembly/scan.ts). */
export interface TextRange {
  /** in a buffer of its own */
  readonly text: Uint8Array<ArrayBuffer>;
  /** begins where the file begins, with a byte order mark and the header */
  readonly isStart: boolean;
  /** ends where the file ends */
  readonly isEnd: boolean;
}

/**
 * Cuts UTF-8 text into ranges that end behind a line end outside quotes. In regular text a byte is within quotes if the number of
 * quotes before it is odd: so a range is whole records if all text before its end is regular. Of any other text nothing is certain.
 *
 * @param quote its byte
 * @param size bytes that a range has at least; the last one may have fewer, or none
 * @param room gives memory for so many bytes
 */
export async function* textRanges(
  pieces: AsyncIterable<Buffer>,
  quote: number,
  size: number,
  room: (length: number) => Uint8Array<ArrayBuffer> = (length) => new Uint8Array(length),
): AsyncGenerator<TextRange, undefined> {
  let range = room(2 * size);
  let length = 0;
  let isQuoted = false;
  let isStart = true;
  for await (const piece of pieces) {
    for (let from = 0; from < piece.length; from += size) {
      const part = piece.subarray(from, from + size);
      if (length + part.length > range.length) range = longer(range, length, room);
      range.set(part, length);
      length += part.length;
      isQuoted = isQuoted !== hasOddCount(part, quote);
      const end = behindLastLineEnd(part, quote, isQuoted);
      const cut = length - part.length + end;
      if (end === 0 || cut < size) continue;
      const next = room(2 * size);
      next.set(range.subarray(cut, length));
      range.fill(0, cut, length);
      yield { text: range.subarray(0, cut), isStart, isEnd: false };
      isStart = false;
      range = next;
      length -= cut;
    }
  }
  yield { text: range.subarray(0, length), isStart, isEnd: true };
}

/** Twice the room, with the same bytes; the shorter one is overwritten. */
function longer(
  range: Uint8Array<ArrayBuffer>,
  length: number,
  room: (length: number) => Uint8Array<ArrayBuffer>,
): Uint8Array<ArrayBuffer> {
  const more = room(2 * range.length);
  more.set(range.subarray(0, length));
  range.fill(0);
  return more;
}

/** Where the last line end outside quotes ends; 0 where there is none. */
function behindLastLineEnd(text: Buffer, quote: number, endsQuoted: boolean): number {
  let isQuoted = endsQuoted;
  for (let index = text.length - 1; index >= 0; index -= 1) {
    const byte = text[index]!;
    if (byte === quote) isQuoted = !isQuoted;
    else if (byte === LF && !isQuoted) return index + 1;
  }
  return 0;
}

/**
 * Whether a byte is there an odd number of times. From the first one on, four bytes are looked at as one word: to be called for each of
 * them costs a table with many quotes ten times as much.
 */
export function hasOddCount(text: Buffer, byte: number): boolean {
  const first = text.indexOf(byte);
  if (first < 0) return false;
  let position = first;
  let isOdd = false;
  for (; position < text.length && (text.byteOffset + position) % 4 !== 0; position += 1)
    if (text[position] === byte) isOdd = !isOdd;
  if (position === text.length) return isOdd;
  const words = new Uint32Array(text.buffer, text.byteOffset + position, (text.length - position) >> 2);
  const pattern = Math.imul(byte, 0x01010101);
  let found = 0;
  for (let index = 0; index < words.length; index += 1) {
    const other = words[index]! ^ pattern;
    // the highest bit of each byte: 0 if the byte is the one that is looked for
    found ^= ((other & 0x7f7f7f7f) + 0x7f7f7f7f) | other;
  }
  // of each word four bits were set but for one a byte that was found: four are even
  for (let bits = found & 0x80808080; bits !== 0; bits &= bits - 1) isOdd = !isOdd;
  for (position += words.length * 4; position < text.length; position += 1)
    if (text[position] === byte) isOdd = !isOdd;
  return isOdd;
}
