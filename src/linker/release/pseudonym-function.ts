import {
  allValid,
  MAX_VECTOR_ROWS,
  type VectorFunction,
  type VectorInput,
  type VectorResult,
} from '../../engine/vector-function.ts';

/** What the function needs of a hash kernel: the release key is another stage's business. */
export interface PairHasher {
  /** HMAC-SHA-256 of 16 bytes (two 8-byte halves), cut to 16 bytes, for `rows` pairs at a time */
  hashPairs(
    a: Uint8Array,
    b: Uint8Array,
    rows: number,
  ): { readonly first: Uint8Array; readonly second: Uint8Array };
}

const HALF = 8;

/**
 * Token -> pseudonym under a release key. In byte order, the halves come out as unsigned numbers whose order is the order
 * of the pseudonym's bytes, and so of its hexadecimal text.
 */
export class PseudonymFunction implements VectorFunction {
  readonly name: string;
  readonly parameters = ['bigint', 'bigint'] as const;
  readonly returns = [
    { name: 'high', type: 'ubigint' },
    { name: 'low', type: 'ubigint' },
  ] as const;
  readonly #hasher: PairHasher;
  readonly #high = new Uint8Array(MAX_VECTOR_ROWS * HALF);
  readonly #low = new Uint8Array(MAX_VECTOR_ROWS * HALF);

  constructor(name: string, hasher: PairHasher) {
    this.name = name;
    this.#hasher = hasher;
  }

  call(input: VectorInput): readonly VectorResult[] {
    const { first, second } = this.#hasher.hashPairs(input.bytes(0), input.bytes(1), input.rows);
    this.#high.set(first.subarray(0, input.rows * HALF));
    this.#low.set(second.subarray(0, input.rows * HALF));
    swapHalves(this.#high, input.rows);
    swapHalves(this.#low, input.rows);
    return [allValid(this.#high), allValid(this.#low)];
  }
}

/** Turns 8-byte halves of hashes as they lie in memory into numbers whose order is that of their bytes, in place. */
export function swapHalves(halves: Uint8Array, rows: number): void {
  Buffer.from(halves.buffer, halves.byteOffset, rows * HALF).swap64();
}
