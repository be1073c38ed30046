import { bug } from '../../domain/problem.ts';
import type { DuckDbEngine } from '../../engine/duckdb/engine.ts';

/** Hexadecimal digits of a pseudonym. */
export const PSEUDONYM_WIDTH = 32;

const HEX_PAIRS = Uint16Array.from({ length: 256 }, (_, byte) => {
  const text = byte.toString(16).padStart(2, '0');
  return text.charCodeAt(0) | (text.charCodeAt(1) << 8);
});

/**
 * The pseudonyms of all released persons as one table of text, in order: person n's 32 characters begin at position n * 32.
 * Rows carry the person's number, and the text is put in when a file is written.
 *
 * @throws a bug where two persons have one pseudonym: they are one, and an opt-out of one would leave the other
 */
export async function readPseudonyms(engine: DuckDbEngine, persons: number): Promise<Uint8Array> {
  const table = new Uint8Array(persons * PSEUDONYM_WIDTH);
  const pairs = new Uint16Array(table.buffer);
  let index = 0;
  const sql = 'SELECT high, low FROM person_numbers WHERE reason = 0 ORDER BY person';
  for await (const chunk of engine.stream(sql, 'reading pseudonyms')) {
    const high = chunk.values(0, 8);
    const low = chunk.values(1, 8);
    for (let row = 0; row < chunk.rows; row += 1) {
      writeHexHalves(high, low, row, pairs, index);
      if (isRepeated(pairs, index)) throw bug('two persons have one pseudonym');
      index += PSEUDONYM_WIDTH / 2;
    }
  }
  return table;
}

/** The text at `index` is that before it: in the order of pseudonyms, equal ones are neighbours. */
function isRepeated(pairs: Uint16Array, index: number): boolean {
  const width = PSEUDONYM_WIDTH / 2;
  if (index < width) return false;
  for (let i = index; i < index + width; i += 1) if (pairs[i] !== pairs[i - width]) return false;
  return true;
}

/**
 * Writes the pseudonym of a row, whose halves are numbers of 8 bytes each, as hexadecimal text.
 *
 * @param pairs the text's memory, two characters at a time
 * @param at where in it the pseudonym begins
 */
export function writeHexHalves(
  high: Uint8Array,
  low: Uint8Array,
  row: number,
  pairs: Uint16Array,
  index: number,
): void {
  let to = index;
  for (const half of [high, low]) {
    // the halves are numbers: their first byte in text is their last in (little-endian) memory
    for (let byte = 7; byte >= 0; byte -= 1) pairs[to++] = HEX_PAIRS[half[row * 8 + byte]!]!;
  }
}
