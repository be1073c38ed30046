/** Words of a token. */
export const TOKEN_WORDS = 4;

/** Bits of a digit of the sort. */
const DIGIT_BITS = 11;
const DIGITS = 2 ** DIGIT_BITS;

/**
 * The indexes of tokens in the order of their words, and for equal tokens in their own order.
 *
 * Tokens are hashes, so that hardly two have the same first word: they are sorted by it, digit by digit, and the few that share it
 * by their other words.
 *
 * @param words four of each token, its bytes read little-endian
 */
export function inWordOrder(words: Uint32Array): Uint32Array<ArrayBuffer> {
  const count = words.length / TOKEN_WORDS;
  let order = new Uint32Array(count);
  let keys = new Uint32Array(count);
  let nextOrder = new Uint32Array(count);
  let nextKeys = new Uint32Array(count);
  for (let token = 0; token < count; token += 1) {
    order[token] = token;
    keys[token] = words[token * TOKEN_WORDS]!;
  }
  const starts = new Uint32Array(DIGITS);
  for (let shift = 0; shift < 32; shift += DIGIT_BITS) {
    starts.fill(0);
    for (let index = 0; index < count; index += 1) starts[(keys[index]! >>> shift) & (DIGITS - 1)]! += 1;
    let start = 0;
    for (let digit = 0; digit < DIGITS; digit += 1) {
      const size = starts[digit]!;
      starts[digit] = start;
      start += size;
    }
    for (let index = 0; index < count; index += 1) {
      const key = keys[index]!;
      const digit = (key >>> shift) & (DIGITS - 1);
      const to = starts[digit]!;
      starts[digit] = to + 1;
      nextOrder[to] = order[index]!;
      nextKeys[to] = key;
    }
    [order, nextOrder] = [nextOrder, order];
    [keys, nextKeys] = [nextKeys, keys];
  }
  for (let from = 0; from < count; ) {
    let to = from + 1;
    while (to < count && keys[to] === keys[from]) to += 1;
    if (to - from > 1) order.subarray(from, to).sort((x, y) => compareTokens(words, x, y) || x - y);
    from = to;
  }
  return order;
}

/** Less than, equal to or more than 0 as token x comes before token y, is the same or comes after it. */
export function compareTokens(words: Uint32Array, x: number, y: number): number {
  for (let word = 0; word < TOKEN_WORDS; word += 1) {
    const difference = words[x * TOKEN_WORDS + word]! - words[y * TOKEN_WORDS + word]!;
    if (difference !== 0) return difference;
  }
  return 0;
}
