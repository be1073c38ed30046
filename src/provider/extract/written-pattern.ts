import { writtenFor } from '../../domain/damaged-code.ts';

/** A pattern of a Read code in every way that `isReadLike` takes for it, with letters of other scripts, and with separators in between. */
export function writtenPattern(code: string): string {
  const characters = [...code].map(
    (one) => `(?:[${[...writtenFor(one)].map(escapePattern).join('')}]|[^\\x00-\\x7f])`,
  );
  return characters.join('[^0-9A-Za-z]*');
}

/** A character as it is written in a class of a pattern. */
function escapePattern(character: string): string {
  return character.replace(/[^0-9A-Za-z]/, '\\$&');
}
