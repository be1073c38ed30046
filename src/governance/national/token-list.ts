/**
 * Tokens of NHS numbers as a list: four 32-bit words a token, its bytes read big-endian, so that the order of the words is the order of
 * their hexadecimal digits. Lists are in ascending order, and a token is in a list once: two of them are compared in one pass.
 */
export type TokenList = Uint32Array;

/** 32-bit words of a token. */
const WORDS = 4;
const TOKEN_BYTES = 16;
/** 32 hexadecimal digits and a line end. */
const LINE_BYTES = 33;
const LINE_END = 10;
const NO_DIGIT = 255;
/** The value of each hexadecimal digit by its character code. */
const DIGITS = new Uint8Array(256).fill(NO_DIGIT);
const DIGIT_CODES = Buffer.from('0123456789abcdef');
for (const [value, code] of DIGIT_CODES.entries()) DIGITS[code] = value;
/** Bits of half a word, and how many values these have. */
const HALF_BITS = 16;
const HALF_VALUES = 2 ** HALF_BITS;

/** Tokens in a list. */
export function tokenCount(list: TokenList): number {
  return list.length / WORDS;
}

/** The list of tokens of 16 bytes each, in any order; a token that is there twice is in it once. */
export function tokenList(tokens: Uint8Array): TokenList {
  const words = bigEndianWords(tokens);
  const order = orderOf(words);
  const list = new TokenListBuilder(order.length);
  for (let index = 0; index < order.length; index += 1) {
    const token = order[index]!;
    if (index === 0 || compareTokens(words, token, words, order[index - 1]!) !== 0) list.add(words, token);
  }
  return list.finish();
}

function bigEndianWords(tokens: Uint8Array): Uint32Array {
  // a copy of its own: a Buffer may be part of memory that others use
  const bytes = Uint8Array.from(tokens);
  Buffer.from(bytes.buffer).swap32();
  return new Uint32Array(bytes.buffer);
}

/**
 * Positions of tokens in ascending order. Tokens are hashes, so that their first words put nearly all of them in order: these are sorted
 * by their lower half, then by their upper half, and the few tokens with the same first word follow.
 */
function orderOf(words: Uint32Array): Uint32Array {
  const count = words.length / WORDS;
  let order = Uint32Array.from({ length: count }, (_, token) => token);
  if (count < HALF_VALUES) return order.sort((a, b) => compareTokens(words, a, words, b));
  for (const shift of [0, HALF_BITS]) {
    const ends = new Uint32Array(HALF_VALUES);
    const half = (token: number) => (words[token * WORDS]! >>> shift) & (HALF_VALUES - 1);
    for (let token = 0; token < count; token += 1) ends[half(token)]! += 1;
    for (let value = 1; value < HALF_VALUES; value += 1) ends[value]! += ends[value - 1]!;
    const sorted = new Uint32Array(count);
    for (let index = count - 1; index >= 0; index -= 1) {
      const value = half(order[index]!);
      ends[value]! -= 1;
      sorted[ends[value]!] = order[index]!;
    }
    order = sorted;
  }
  for (let index = 1; index < count; index += 1) {
    const token = order[index]!;
    let at = index;
    for (; at > 0 && compareTokens(words, order[at - 1]!, words, token) > 0; at -= 1)
      order[at] = order[at - 1]!;
    order[at] = token;
  }
  return order;
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
  const fromA = tokenA * WORDS;
  const fromB = tokenB * WORDS;
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
  for (let index = 0; index < list.length; index += 1) {
    for (let shift = 28; shift >= 0; shift -= 4) bytes[at++] = DIGIT_CODES[(list[index]! >>> shift) & 15]!;
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
