/**
 * Tokens of NHS numbers as a list: four 32-bit words a token, its bytes read big-endian, so that the order of the words is the order of
 * their hexadecimal digits. Lists are in ascending order, and a token is in a list once: two of them are compared in one pass.
 */
export type TokenList = Uint32Array;

/** 32-bit words of a token. */
export const WORDS = 4;
const TOKEN_BYTES = 16;
/** 32 hexadecimal digits and a line end. */
const LINE_BYTES = 33;
const LINE_END = 10;
const NO_DIGIT = 255;
/** The value of each hexadecimal digit by its character code. */
const DIGITS = new Uint8Array(256).fill(NO_DIGIT);
for (const [value, digit] of [...'0123456789abcdef'].entries()) DIGITS[digit.charCodeAt(0)] = value;

/** Tokens in a list. */
export function tokenCount(list: TokenList): number {
  return list.length / WORDS;
}

/** The list of tokens of 16 bytes each, in any order; a token that is there twice is in it once. */
export function tokenList(tokens: Uint8Array): TokenList {
  const view = new DataView(tokens.buffer, tokens.byteOffset, tokens.byteLength);
  const words = Uint32Array.from({ length: tokens.length / 4 }, (_, index) => view.getUint32(index * 4));
  const order = Uint32Array.from({ length: words.length / WORDS }, (_, index) => index);
  order.sort((a, b) => compareTokens(words, a, words, b));
  const list = new TokenListBuilder(order.length);
  for (const [index, token] of order.entries()) {
    if (index === 0 || compareTokens(words, token, words, order[index - 1]!) !== 0) list.add(words, token);
  }
  return list.finish();
}

/** Gathers tokens that are added in ascending order. */
export class TokenListBuilder {
  readonly #words: Uint32Array;
  #used = 0;

  /** @param most tokens that may be added */
  constructor(most: number) {
    this.#words = new Uint32Array(most * WORDS);
  }

  add(words: Uint32Array, token: number): void {
    const from = token * WORDS;
    for (let word = 0; word < WORDS; word += 1) this.#words[this.#used + word] = words[from + word]!;
    this.#used += WORDS;
  }

  finish(): TokenList {
    return this.#words.subarray(0, this.#used);
  }
}

/** Which of two tokens comes first, by their positions in their lists: negative, zero or positive. */
export function compareTokens(a: Uint32Array, tokenA: number, b: Uint32Array, tokenB: number): number {
  const [fromA, fromB] = [tokenA * WORDS, tokenB * WORDS];
  for (let word = 0; word < WORDS; word += 1) {
    const difference = a[fromA + word]! - b[fromB + word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}

/** The lines of a list in a log: 32 hexadecimal digits each. */
export function tokenLines(list: TokenList): Buffer {
  const bytes = Buffer.allocUnsafe(tokenCount(list) * LINE_BYTES);
  let at = 0;
  for (const [index, word] of list.entries()) {
    at += bytes.write(word.toString(16).padStart(8, '0'), at, 'latin1');
    if (index % WORDS === WORDS - 1) bytes[at++] = LINE_END;
  }
  return bytes;
}

/** The list in the lines of a log; null where they are no list. */
export function readTokenLines(lines: Buffer): TokenList | null {
  if (lines.length % LINE_BYTES !== 0) return null;
  const list = new Uint32Array((lines.length / LINE_BYTES) * WORDS);
  let [at, bad] = [0, 0];
  for (let index = 0; index < list.length; index += 1) {
    let word = 0;
    for (let digit = 0; digit < 8; digit += 1) {
      const value = DIGITS[lines[at++]!]!;
      bad |= value;
      word = (word << 4) | value;
    }
    list[index] = word;
    if (index % WORDS === WORDS - 1 && lines[at++] !== LINE_END) return null;
  }
  if (bad > 15) return null;
  for (let token = 1; token < tokenCount(list); token += 1) {
    if (compareTokens(list, token - 1, list, token) >= 0) return null;
  }
  return list;
}

/** Whether a token of 16 bytes is in a list. */
export function hasToken(list: TokenList, token: Uint8Array): boolean {
  const view = new DataView(token.buffer, token.byteOffset, TOKEN_BYTES);
  const words = Uint32Array.from({ length: WORDS }, (_, word) => view.getUint32(word * 4));
  let [from, to] = [0, tokenCount(list)];
  while (from < to) {
    const middle = (from + to) >>> 1;
    const order = compareTokens(list, middle, words, 0);
    if (order === 0) return true;
    if (order < 0) from = middle + 1;
    else to = middle;
  }
  return false;
}

/** Each token of a list as its 16 bytes. The array is another part of the same memory for each. */
export function* tokensIn(list: TokenList): Generator<Uint8Array> {
  const bytes = Buffer.from(list.slice().buffer).swap32();
  for (let from = 0; from < bytes.length; from += TOKEN_BYTES) yield bytes.subarray(from, from + TOKEN_BYTES);
}
