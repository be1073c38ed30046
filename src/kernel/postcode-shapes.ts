import { POSTCODE_CHARACTERS, POSTCODE_SHAPES } from '../domain/postcode.ts';
import { POSTCODE_CHARACTERS_AT_MOST, POSTCODE_SHAPES_BYTES } from './memory-layout.ts';

/**
 * Tables by which `assembly/postcodes.ts` finds the shapes that a text has. For each of seven positions, and each byte that may be there, the
 * shapes that allow it: behind its end a shape allows 0 only. Then for each number of characters the shapes that have so many.
 */
export function postcodeShapes(): Uint8Array {
  const table = new Uint8Array(POSTCODE_SHAPES_BYTES);
  for (const [index, shape] of POSTCODE_SHAPES.entries()) {
    const bit = 1 << index;
    for (let position = 0; position < POSTCODE_CHARACTERS_AT_MOST; position += 1) {
      const own = shape[position];
      for (const character of own === undefined ? '\0' : POSTCODE_CHARACTERS[own]) {
        table[position * 256 + character.charCodeAt(0)]! |= bit;
      }
    }
    table[POSTCODE_CHARACTERS_AT_MOST * 256 + shape.length]! |= bit;
  }
  return table;
}
