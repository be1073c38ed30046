/** A text of printable ASCII only, which needs no normalising. */
const PLAIN = /^[\t -~]*$/;
/** Escapes that web pages and URLs use for a character. */
const ESCAPED = /%[0-9A-Fa-f]{2}|&(?:nbsp|ensp|emsp|thinsp|shy|#\d{1,6}|#x[0-9A-Fa-f]{1,5});/g;
/** Invisible characters: zero-width spaces, joiners, soft hyphens, direction marks, variation selectors. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
/** Digits of any script. */
const DIGIT = /\p{Decimal_Number}/gu;
/** Cyrillic and Greek letters that look like a Latin one, each followed by that one. */
const LOOKALIKES = new Map(
  ['АAВBЕEКKМMНHОOРPСCТTХXУYаaеeоoрpсcхxуy', 'ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX'].flatMap((pairs) =>
    (pairs.match(/../gu) ?? []).map((pair) => [pair[0]!, pair[1]!] as const),
  ),
);
const LOOKALIKE = new RegExp(`[${[...LOOKALIKES.keys()].join('')}]`, 'g');

/**
 * The text in a normal form, so that one form of an identifier has one spelling: full-width, superscript and foreign digits become
 * ASCII digits, every blank that Unicode counts as a form of the space becomes a space, invisible characters are removed, `%20`
 * and `&nbsp;` are decoded, and Cyrillic and Greek letters become the Latin ones that they look like.
 */
export function readableText(text: string): string {
  const isPlain = PLAIN.test(text);
  if (isPlain && !text.includes('%') && !text.includes('&')) return text;
  const unescaped = text.replace(ESCAPED, characterOf);
  if (isPlain && PLAIN.test(unescaped)) return unescaped;
  return unescaped
    .normalize('NFKC')
    .replace(INVISIBLE, '')
    .replace(DIGIT, (digit) => String(digitValue(digit.codePointAt(0)!)))
    .replace(LOOKALIKE, (letter) => LOOKALIKES.get(letter)!);
}

function characterOf(escaped: string): string {
  if (escaped.startsWith('%')) return String.fromCharCode(Number.parseInt(escaped.slice(1), 16));
  const name = escaped.slice(1, -1);
  if (!name.startsWith('#')) return name === 'shy' ? '' : ' ';
  const code = name.startsWith('#x') ? Number.parseInt(name.slice(2), 16) : Number(name.slice(1));
  return code <= 0x10_ff_ff ? String.fromCodePoint(code) : ' ';
}

/** In Unicode the ten digits of a script have consecutive code points, zero first. */
function digitValue(code: number): number {
  if (code < 0x80) return code - 0x30;
  let zero = code;
  while (code - zero < 9 && /\p{Decimal_Number}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return code - zero;
}
