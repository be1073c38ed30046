/** Invisible marks: soft hyphen, zero-width spaces and joiners, direction marks, byte order mark. */
const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
/** Quotes of either kind, opening and closing. */
const OPENING = `"'\`\u2018\u2019\u201b\u201c\u201d\u201e\u00ab`;
const CLOSING = `"'\`\u2018\u2019\u201c\u201d\u00bb`;

/**
 * A text in ASCII as far as it has an ASCII form: letters and digits that Unicode takes for ASCII's (full-width,
 * mathematical, raised), the decimal digits of every script, every space, unseen marks.
 */
export function plainCharacters(text: string): string {
  // nearly every text: nothing below changes it, and the rules for damaged codes call this repeatedly
  if (/^[!-~]*$/.test(text)) return text;
  const ascii = /^[ -~]*$/.test(text) ? text : asciiDigits(text.normalize('NFKC').replaceAll(UNSEEN, ''));
  return ascii.replaceAll(/\s+/g, ' ').trim();
}

/**
 * Decimal digits of other scripts by their value. Unicode has them in tens, from 0 to 9, one behind the other (Unicode
 * Standard, section 4.6); the mathematical ones, which begin at no such place, are ASCII by then.
 */
function asciiDigits(text: string): string {
  return text.replaceAll(/(?![0-9])\p{Nd}/gu, (digit) => {
    const code = digit.codePointAt(0)!;
    let before = 0;
    while (/^\p{Nd}$/u.test(String.fromCodePoint(code - before - 1))) before += 1;
    return String(before % 10);
  });
}

/**
 * A code without the wrapping that spreadsheets, exports and people add: a formula (`="9Nu0."`), quotes, the apostrophe that
 * makes a spreadsheet keep a text, and the term beside the code (`id | term |`).
 */
export function unwrapCode(text: string): string {
  let code = plainCharacters(text);
  for (;;) {
    const bare = withoutTerm(withoutQuotes(code.replace(/^=/, '').trim()));
    if (bare === code) return code;
    code = bare;
  }
}

function withoutQuotes(text: string): string {
  const opens = text !== '' && OPENING.includes(text[0]!);
  const closes = text.length > 1 && CLOSING.includes(text.at(-1)!);
  // an apostrophe needs no closing one; a closing quote alone is damage
  return opens ? text.slice(1, closes ? -1 : undefined).trim() : text;
}

/** SNOMED CT's way to write a term beside an identifier, with the last bar or without; or bars around the code itself. */
function withoutTerm(text: string): string {
  const match = /^\|([^|]+)\|$/.exec(text) ?? /^([^|]+)\|[^|]*\|?$/.exec(text);
  return match?.[1]?.trim() ?? text;
}
