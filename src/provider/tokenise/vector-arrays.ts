import type { RowFaults } from '../extract/row-vector.ts';
import { VECTOR_ROWS } from '../extract/row-vector.ts';
import type { TableColumns } from '../extract/table-columns.ts';
import type { VectorHasher } from './vector-hasher.ts';

/** Arrays begin at multiples of so many bytes, so that copies are of whole words. */
const ALIGNMENT = 8;

/** One array of a vector, as bytes. */
interface VectorArray {
  readonly bytes: Uint8Array;
  readonly bitsARow: number;
}

/**
 * All that is asked of a vector's rows once their tokens have been made, as bytes in one order: so that a thread can hand it to another. NHS numbers
 * and keys are not among it.
 */
export class VectorArrays {
  readonly #arrays: readonly VectorArray[];

  constructor(columns: TableColumns, faults: RowFaults, hasher: VectorHasher) {
    const { demographics, outcomes } = columns.vector(VECTOR_ROWS, faults.codes);
    const { birthDate, sex, postcode } = demographics ?? {};
    const arrays = [
      faults.codes,
      hasher.flags,
      ...[...hasher.tokens.values()].flatMap(({ aWords, bWords, validity }) => [aWords, bWords, validity]),
      ...hasher.comparedFields.flatMap(({ words, validity }) => [words, validity]),
      ...[birthDate, sex, postcode].flatMap((one) => (one === undefined ? [] : [one])),
      ...outcomes.values(),
      ...columns.payloads.flatMap(({ values, isPresent }) => [values, isPresent]),
    ];
    this.#arrays = arrays.map(({ buffer, byteOffset, byteLength }) => ({
      bytes: new Uint8Array(buffer, byteOffset, byteLength),
      bitsARow: (byteLength * 8) / VECTOR_ROWS,
    }));
  }

  /** Bytes that so many rows take. */
  bytesOf(rows: number): number {
    return this.#arrays.reduce((sum, { bitsARow }) => sum + aligned(bytesOf(rows, bitsARow)), 0);
  }

  /** Copies the first rows of each array to `into`, from byte `offset` on. */
  pack(rows: number, into: Uint8Array, offset: number): void {
    let next = offset;
    for (const { bytes, bitsARow } of this.#arrays) {
      const length = bytesOf(rows, bitsARow);
      into.set(bytes.subarray(0, length), next);
      next += aligned(length);
    }
  }

  /** Copies them back from where `pack` has put them. */
  unpack(rows: number, from: Uint8Array, offset: number): void {
    let next = offset;
    for (const { bytes, bitsARow } of this.#arrays) {
      const length = bytesOf(rows, bitsARow);
      bytes.set(from.subarray(next, next + length));
      next += aligned(length);
    }
  }
}

function bytesOf(rows: number, bitsARow: number): number {
  return Math.ceil((rows * bitsARow) / 8);
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
