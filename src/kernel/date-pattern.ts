import { DIRECTIVE_WIDTHS, type Directive, dateFormatParts, dateFormatWidth } from '../domain/date-format.ts';
import { MAX_PATTERN_BYTES, PATTERN_BYTES, VECTOR_BYTES } from './memory-layout.ts';

/** A declared date format in the form that `assembly/dates.ts` takes. */
export interface DatePattern {
  /** bytes of every text in this format */
  readonly width: number;
  /**
   * PATTERN_BYTES, by position in the text: 32 bytes that are expected, `0` where a digit is; 32 with the highest that text xor
   * expected byte may be, 9 of a digit, 0 of a literal, 255 behind the end. Then the order of the digits, YYYYMMDD HHMMSS: of which byte each is among
   * the first 16 of the text, in 16 bytes, and of which among the last 16. A byte of 128 or more means none.
   */
  readonly bytes: Uint8Array;
}

/** Where the digits of each part are in YYYYMMDD HHMMSS: the time begins with the second eight bytes. */
const PLACES: Readonly<Record<Directive, number>> = { Y: 0, m: 4, d: 6, H: 8, M: 10, S: 12 };

/** Of a swizzle, a zero: so a part that the format does not have is 0. */
const NONE = 128;

/**
 * The pattern of a declared format (domain/date-format.ts); null where it is longer than the kernel takes, and each cell is for the rule to
 * read.
 */
export function datePatternOf(format: string): DatePattern | null {
  const width = dateFormatWidth(format);
  if (width > MAX_PATTERN_BYTES) return null;
  const bytes = new Uint8Array(PATTERN_BYTES);
  const expected = bytes.subarray(0, MAX_PATTERN_BYTES);
  const most = bytes.subarray(MAX_PATTERN_BYTES, 2 * MAX_PATTERN_BYTES).fill(255);
  const order = bytes.subarray(2 * MAX_PATTERN_BYTES).fill(NONE);
  let at = 0;
  for (const part of dateFormatParts(format)) {
    if ('literal' in part) {
      expected[at] = part.literal.charCodeAt(0);
      most[at] = 0;
      at += 1;
      continue;
    }
    for (let digit = 0; digit < DIRECTIVE_WIDTHS[part.directive]; digit += 1, at += 1) {
      expected[at] = '0'.charCodeAt(0);
      most[at] = 9;
      const half = Math.floor(at / VECTOR_BYTES);
      order[half * VECTOR_BYTES + PLACES[part.directive] + digit] = at % VECTOR_BYTES;
    }
  }
  return { width, bytes };
}
