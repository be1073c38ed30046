import type { Branded } from '../domain/branded.ts';

/** Bytes of a token. */
const TOKEN_BYTES = 16;

/** A token as its four 32-bit words, its bytes read little-endian. */
export type TokenWords = readonly [w0: number, w1: number, w2: number, w3: number];

/** A token as text, as in a store's lists: its halves as signed little-endian integers, `a,b`. */
export type TokenText = Branded<string, 'token'>;

/** The text of a token of 16 bytes. */
export function tokenText(token: Uint8Array): TokenText {
  const view = new DataView(token.buffer, token.byteOffset, TOKEN_BYTES);
  return `${view.getBigInt64(0, true)},${view.getBigInt64(8, true)}` as TokenText;
}

/** The token with these two halves, as a store's list has them. */
export function tokenBytes(text: TokenText): Uint8Array {
  const [a, b] = text.split(',');
  const bytes = new Uint8Array(TOKEN_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, BigInt(a!), true);
  view.setBigInt64(8, BigInt(b!), true);
  return bytes;
}

/** The four 32-bit words of a token in a store's list, its bytes read little-endian. */
export function tokenWords(text: TokenText): TokenWords {
  const view = new DataView(tokenBytes(text).buffer);
  return [0, 4, 8, 12].map((offset) => view.getUint32(offset, true)) as unknown as TokenWords;
}
