/** Values of 8 bytes as two 32-bit words each, in the same memory: a half of a token is compared without a BigInt. */
export function longWords({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint32Array {
  return new Uint32Array(buffer, byteOffset, byteLength / 4);
}
