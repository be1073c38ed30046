import { POSTCODE_CHARACTERS } from '../domain/postcode.ts';
import { POSTCODE_CHARACTERS_AT_MOST, POSTCODE_SHAPES_BYTES } from './memory-layout.ts';

type Position = keyof typeof POSTCODE_CHARACTERS;

const INWARD: readonly Position[] = ['digit', 'inwardLetter', 'inwardLetter'];

/** The shapes of domain/postcode.ts, each a bit: A9, A99, AA9, AA99, A9A, AA9A; each then 9AA. The test compares them. */
const SHAPES: readonly (readonly Position[])[] = [
  ['firstLetter', 'digit', ...INWARD],
  ['firstLetter', 'tens', 'digit', ...INWARD],
  ['firstLetter', 'secondLetter', 'digit', ...INWARD],
  ['firstLetter', 'secondLetter', 'tens', 'digit', ...INWARD],
  ['firstLetter', 'digit', 'outwardEnd', ...INWARD],
  ['firstLetter', 'secondLetter', 'digit', 'outwardEnd', ...INWARD],
];

/**
 * Tables by which `assembly/postcodes.ts` finds the shapes that a text has. For each of seven positions, and each byte that may be there, the
 * shapes that allow it: behind its end a shape allows 0 only. Then for each number of characters the shapes that have so many.
 */
export function postcodeShapes(): Uint8Array {
  const table = new Uint8Array(POSTCODE_SHAPES_BYTES);
  for (const [index, shape] of SHAPES.entries()) {
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
