/**
 * Characters that do something on a terminal or in an editor instead of being seen: control characters, marks that turn the
 * direction of a line, zero-width characters, line and paragraph separators (Unicode's categories Cc, Cf, Zl, Zp).
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * The text with such characters written out, as `\u001b`, for terminals, logs and papers; tabs and line feeds stay. Inside a string
 * of JSON it means the same.
 */
export function printableText(text: string): string {
  return text.replace(UNSEEN, (character) =>
    character === '\t' || character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, at) => escaped(character.charCodeAt(at))).join(''),
  );
}

function escaped(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
