import { bug, refused } from '../domain/problem.ts';
import { readPlainFile } from '../read-plain-file.ts';
import { compareTokens, inWordOrder, TOKEN_WORDS } from './word-order.ts';

/** NHS number tokens with an opt-out of one kind in force, in columns: each half of a token is a signed whole number of 64 bits, little-endian. */
export interface TokensOfKind {
  readonly kind: string;
  /** bytes 0 to 7 of each token */
  readonly a: BigInt64Array<ArrayBuffer>;
  /** bytes 8 to 15 */
  readonly b: BigInt64Array<ArrayBuffer>;
}

const FIRST_LINE = 'tallystick decided opt-outs 1\n';
const HALF_BYTES = 8;
/** Words of half a token. */
const HALF_WORDS = 2;

/**
 * The bytes of the list of tokens that come from the kept register alone: the first line, a line of JSON with the kinds and how many
 * tokens each has, then of each kind its columns. Tokens are in the order of their words, so that the same opt-outs give the same
 * bytes, and nothing shows who was recorded when.
 *
 * @param kinds each once; four words a token, its bytes read little-endian
 */
export function decidedTokensFile(
  kinds: readonly { readonly kind: string; readonly words: Uint32Array }[],
): Buffer {
  const sorted = [...kinds].sort((x, y) => (x.kind < y.kind ? -1 : 1));
  const described = JSON.stringify(sorted.map(({ kind, words }) => [kind, words.length / TOKEN_WORDS]));
  const text = FIRST_LINE + described;
  // columns begin at a multiple of their width
  const header = `${text.padEnd(Math.ceil((text.length + 1) / HALF_BYTES) * HALF_BYTES - 1)}\n`;
  const tokens = sorted.reduce((sum, { words }) => sum + words.length, 0);
  const bytes = Buffer.from(new ArrayBuffer(header.length + tokens * 4));
  bytes.write(header, 'latin1');
  let at = header.length;
  for (const { words } of sorted) {
    const count = words.length / TOKEN_WORDS;
    const a = new Uint32Array(bytes.buffer, at, count * HALF_WORDS);
    const b = new Uint32Array(bytes.buffer, at + count * HALF_BYTES, count * HALF_WORDS);
    const order = inOrder(words);
    for (let row = 0; row < count; row += 1) {
      const word = order[row]! * TOKEN_WORDS;
      a[row * HALF_WORDS] = words[word]!;
      a[row * HALF_WORDS + 1] = words[word + 1]!;
      b[row * HALF_WORDS] = words[word + 2]!;
      b[row * HALF_WORDS + 1] = words[word + 3]!;
    }
    at += words.length * 4;
  }
  return bytes;
}

/** @throws TallystickError (exit 1) for a file that is no such list, or is not as long as it says */
export function readDecidedTokens(path: string): TokensOfKind[] {
  const faulty = (message: string) =>
    refused({ file: path, message, wayOut: 'tokenise again with this version of tallystick' });
  const read = readPlainFile(path);
  const start = read.indexOf(10, FIRST_LINE.length) + 1;
  if (start === 0 || read.toString('latin1', 0, FIRST_LINE.length) !== FIRST_LINE)
    throw faulty('is not a list of decided opt-outs');
  const kinds = parseKinds(read.toString('latin1', FIRST_LINE.length, start));
  const tokens = kinds?.reduce((sum, [, count]) => sum + count, 0) ?? 0;
  if (kinds === null || start + tokens * HALF_BYTES * 2 !== read.length)
    throw faulty('is a list of decided opt-outs that is damaged');
  // a copy: a view needs a multiple of eight bytes before it
  const { buffer } = new Uint8Array(read.subarray(start));
  let at = 0;
  return kinds.map(([kind, count]): TokensOfKind => {
    const a = new BigInt64Array(buffer, at, count);
    const b = new BigInt64Array(buffer, at + count * HALF_BYTES, count);
    at += count * HALF_BYTES * 2;
    return { kind, a, b };
  });
}

function parseKinds(line: string): readonly (readonly [kind: string, tokens: number])[] | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const isKind = (one: unknown) =>
    Array.isArray(one) &&
    one.length === 2 &&
    /^[a-z][a-z0-9-]{0,39}$/.test(String(one[0])) &&
    Number.isSafeInteger(one[1]) &&
    one[1] >= 0;
  return Array.isArray(value) && value.every(isKind) ? value : null;
}

/** The indexes of tokens, each of which there is once, in the order of their words. */
function inOrder(words: Uint32Array): Uint32Array {
  const order = isInOrder(words) ? null : inWordOrder(words);
  if (order === null) {
    const plain = new Uint32Array(words.length / TOKEN_WORDS);
    for (let token = 0; token < plain.length; token += 1) plain[token] = token;
    return plain;
  }
  for (let index = 1; index < order.length; index += 1) {
    if (compareTokens(words, order[index - 1]!, order[index]!) === 0) throw bug('a token is decided twice');
  }
  return order;
}

function isInOrder(words: Uint32Array): boolean {
  for (let token = 1; token < words.length / TOKEN_WORDS; token += 1) {
    if (compareTokens(words, token - 1, token) >= 0) return false;
  }
  return true;
}
