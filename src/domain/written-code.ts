/** Marks that nobody sees: soft hyphen, zero-width spaces and joiners, direction marks, byte order mark. */
const UNSEEN = /[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]/g;
/** Quotes of either kind, as they open and as they close. */
const OPENING = `"'\`\u2018\u2019\u201b\u201c\u201d\u201e\u00ab`;
const CLOSING = `"'\`\u2018\u2019\u201c\u201d\u00bb`;

/** A text in ASCII as far as it has an ASCII form: full-width letters and digits, every space, unseen marks. */
export function plainCharacters(text: string): string {
  // nearly every text: nothing below changes it, and the rules for damaged codes ask again and again
  if (/^[!-~]*$/.test(text)) return text;
  return text.normalize('NFKC').replaceAll(UNSEEN, '').replaceAll(/\s+/g, ' ').trim();
}

/**
 * A code without what spreadsheets, exports and people put around one: a formula (`="9Nu0."`), quotes, the apostrophe that
 * makes a spreadsheet keep a text, and the term beside it (`id | term |`).
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
  // an apostrophe needs no other at the end; a quote that only closes is damage
  return opens ? text.slice(1, closes ? -1 : undefined).trim() : text;
}

/** SNOMED CT's way to write a term beside an identifier, with the last bar or without; or bars around the code itself. */
function withoutTerm(text: string): string {
  const match = /^\|([^|]+)\|$/.exec(text) ?? /^([^|]+)\|[^|]*\|?$/.exec(text);
  return match?.[1]?.trim() ?? text;
}
