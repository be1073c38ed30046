/** The shortest word that is decoded: a postcode of five characters in base64 without its padding has seven. */
const LEAST_BASE64 = 7;
/** The shortest word in hexadecimal. */
const LEAST_HEX = 10;
const WORD = /[0-9A-Za-z]{7,}/g;
/** The same with the four signs of base64, for words that have any of them. */
const SIGNED_WORD = /[0-9A-Za-z+/_-]{7,}/g;

/** The six bits of each base64 character, both alphabets (RFC 4648, 4 and 5); -1 for any other. */
const SIX_BITS = new Int8Array(128).fill(-1);
for (const [index, sign] of Array.from(
  'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/',
).entries())
  SIX_BITS[sign.charCodeAt(0)] = index;
SIX_BITS['-'.charCodeAt(0)] = 62;
SIX_BITS['_'.charCodeAt(0)] = 63;

/** The four bits of each hexadecimal digit; -1 for any other. */
const FOUR_BITS = new Int8Array(128).fill(-1);
for (const [index, sign] of Array.from('0123456789abcdef').entries()) {
  FOUR_BITS[sign.charCodeAt(0)] = index;
  FOUR_BITS[sign.toUpperCase().charCodeAt(0)] = index;
}

/** A decoded word. */
export interface Decoded {
  readonly text: string;
  /** the word is a number: one in six numbers of 8 digits is the hexadecimal form of some text */
  readonly isNumber: boolean;
}

/**
 * The texts that are encoded in the words of a text, in base64 or hexadecimal. Only printable ASCII (one byte for each character,
 * or two of which one is zero) counts as a decoded text. Few other words decode to it: decoding stops at the first byte that is
 * not printable, for most words the first or second.
 */
export function decodedTexts(text: string): Decoded[] {
  const decoded: Decoded[] = [];
  const add = (one: string | null, isNumber = false) => {
    if (one !== null) decoded.push({ text: one, isNumber });
  };
  for (const [word] of text.matchAll(WORD)) {
    add(fromBase64(word));
    add(fromHex(word), /^[0-9]+$/.test(word));
  }
  if (/[+/_-]/.test(text)) {
    for (const [word] of text.matchAll(SIGNED_WORD)) if (/[+/_-]/.test(word)) add(fromBase64(word));
  }
  return decoded;
}

function fromBase64(word: string): string | null {
  if (word.length < LEAST_BASE64 || word.length % 4 === 1) return null;
  let text = '';
  let bits = 0;
  let width = 0;
  for (let index = 0; index < word.length; index += 1) {
    bits = (bits << 6) | SIX_BITS[word.charCodeAt(index)]!;
    width += 6;
    if (width < 8) continue;
    width -= 8;
    const byte = (bits >> width) & 0xff;
    bits &= (1 << width) - 1;
    if (!isPrintable(byte)) return null;
    if (byte !== 0) text += String.fromCharCode(byte);
  }
  return text;
}

function fromHex(word: string): string | null {
  const start = word.startsWith('0x') || word.startsWith('0X') ? 2 : 0;
  if (word.length - start < LEAST_HEX || word.length % 2 === 1) return null;
  let text = '';
  for (let index = start; index < word.length; index += 2) {
    const [high, low] = [FOUR_BITS[word.charCodeAt(index)]!, FOUR_BITS[word.charCodeAt(index + 1)]!];
    if (high < 0 || low < 0) return null;
    const byte = high * 16 + low;
    if (!isPrintable(byte)) return null;
    if (byte !== 0) text += String.fromCharCode(byte);
  }
  return text;
}

/** Printable ASCII, tab and line ends; and the zero bytes of UTF-16. */
function isPrintable(byte: number): boolean {
  return (byte >= 0x20 && byte < 0x7f) || byte === 0 || byte === 9 || byte === 10 || byte === 13;
}
