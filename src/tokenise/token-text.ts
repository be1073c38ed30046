/** Bytes of a token. */
const TOKEN_BYTES = 16;

/** A token as a store's lists hold it: its halves as signed little-endian numbers, `a,b`. */
export function tokenText(token: Uint8Array): string {
  const view = new DataView(token.buffer, token.byteOffset, TOKEN_BYTES);
  return `${view.getBigInt64(0, true)},${view.getBigInt64(8, true)}`;
}

/** The token of two halves, as they stand in a store's list. */
export function tokenBytes(text: string): Uint8Array {
  const [a, b] = text.split(',');
  const bytes = new Uint8Array(TOKEN_BYTES);
  const view = new DataView(bytes.buffer);
  view.setBigInt64(0, BigInt(a!), true);
  view.setBigInt64(8, BigInt(b!), true);
  return bytes;
}
