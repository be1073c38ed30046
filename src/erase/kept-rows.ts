import { isValid, paddedBytes } from '../write/validity-bitmap.ts';

/** Rows of a batch that are kept: from the first, up to and without the last. */
export interface KeptRows {
  readonly from: number;
  readonly to: number;
}

/** The values of these rows, in the same memory. */
export function slice<T extends { subarray(from: number, to: number): T }>(
  values: T,
  { from, to }: KeptRows,
): T {
  return values.subarray(from, to);
}

/** The bits of these rows, the first of them first. */
export function sliceBits(bits: Uint8Array, { from, to }: KeptRows): Uint8Array {
  const sliced = new Uint8Array(paddedBytes(to - from));
  for (let row = from; row < to; row += 1) {
    if (isValid(bits, row)) sliced[(row - from) >> 3]! |= 1 << ((row - from) & 7);
  }
  return sliced;
}
