/**
 * Characters that act on a terminal or an editor instead of being shown: control characters, direction marks, zero-width
 * characters, line and paragraph separators (Unicode categories Cc, Cf, Zl, Zp).
 */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * The text with such characters escaped, as `\u001b`, for terminals, logs and documents; tabs and line feeds stay. Inside a
 * JSON string the escape has the same meaning.
 */
export function printableText(text: string): string {
  return text.replace(UNSEEN, (character) =>
    character === '\t' || character === '\n'
      ? character
      : Array.from({ length: character.length }, (_, index) => escaped(character.charCodeAt(index))).join(''),
  );
}

function escaped(code: number): string {
  return `\\u${code.toString(16).padStart(4, '0')}`;
}
