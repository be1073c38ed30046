/** Text of printable ASCII alone, in which nothing has to be normalised. */
const PLAIN = /^[\t -~]*$/;
/** Parts of text that web pages and addresses write in place of a character. */
const ESCAPED = /%[0-9A-Fa-f]{2}|&(?:nbsp|ensp|emsp|thinsp|shy|#\d{1,6}|#x[0-9A-Fa-f]{1,5});/g;
/** Characters without a picture: zero-width spaces, joiners, soft hyphens, direction marks, variation selectors. */
const INVISIBLE = /\p{Default_Ignorable_Code_Point}/gu;
/** Digits of any script. */
const DIGIT = /\p{Decimal_Number}/gu;
/** Cyrillic and Greek letters that look like a Latin one, each with that one behind it. */
const LOOKALIKES = new Map(
  ['АAВBЕEКKМMНHОOРPСCТTХXУYаaеeоoрpсcхxуy', 'ΑAΒBΕEΖZΗHΙIΚKΜMΝNΟOΡPΤTΥYΧX'].flatMap((pairs) =>
    (pairs.match(/../gu) ?? []).map((pair) => [pair[0]!, pair[1]!] as const),
  ),
);
const LOOKALIKE = new RegExp(`[${[...LOOKALIKES.keys()].join('')}]`, 'g');

/**
 * A text as a person reads it, so that one form of an identifier has one spelling: full-width, superscript and foreign
 * digits are the ten of ASCII, every blank that Unicode counts as a form of the space is one, characters without a picture are gone,
 * `%20` and `&nbsp;` are what they mean, and Cyrillic and Greek letters are the Latin ones they look like.
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

/** Unicode gives each script's digits ten places in a row, zero first. */
function digitValue(code: number): number {
  if (code < 0x80) return code - 0x30;
  let zero = code;
  while (code - zero < 9 && /\p{Decimal_Number}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return code - zero;
}
