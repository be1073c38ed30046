import {
  allValid,
  MAX_VECTOR_ROWS,
  type VectorFunction,
  type VectorInput,
  type VectorResult,
} from '../../engine/vector-function.ts';
import { type PairHasher, swapHalves } from './pseudonym-function.ts';

/** Name of the function that makes the entry of a subject in a link map, and never the subject's token itself. */
export const SUBJECT_FUNCTION = 'release_subject';

const HALF = 8;

/**
 * (a, b of the subject's token, a of its NHS-number token, a of its tuple token) -> {high, low, record}: the subject's pseudonym and a mark of its
 * identifiers, in byte order. The mark is the same as long as its NHS number and its sex, birth date and postcode are. The subject's
 * own token is mixed into it, so that two subjects with the same identifiers have different marks.
 */
export class SubjectFunction implements VectorFunction {
  readonly name = SUBJECT_FUNCTION;
  readonly parameters = ['bigint', 'bigint', 'bigint', 'bigint'] as const;
  readonly returns = [
    { name: 'high', type: 'ubigint' },
    { name: 'low', type: 'ubigint' },
    { name: 'record', type: 'ubigint' },
  ] as const;
  readonly #subjects: PairHasher;
  readonly #records: PairHasher;
  readonly #high = new Uint8Array(MAX_VECTOR_ROWS * HALF);
  readonly #low = new Uint8Array(MAX_VECTOR_ROWS * HALF);
  readonly #record = new Uint8Array(MAX_VECTOR_ROWS * HALF);
  readonly #mixedA = new Uint8Array(MAX_VECTOR_ROWS * HALF);
  readonly #mixedB = new Uint8Array(MAX_VECTOR_ROWS * HALF);

  /** @param subjects makes the pseudonym, @param records the mark: each of a key of its own */
  constructor(subjects: PairHasher, records: PairHasher) {
    this.#subjects = subjects;
    this.#records = records;
  }

  call(input: VectorInput): readonly VectorResult[] {
    const bytes = input.rows * HALF;
    const [a, b] = [input.bytes(0), input.bytes(1)];
    const subject = this.#subjects.hashPairs(a, b, input.rows);
    this.#high.set(subject.first.subarray(0, bytes));
    this.#low.set(subject.second.subarray(0, bytes));
    mix(this.#mixedA, a, input.bytes(2), input.rows);
    mix(this.#mixedB, b, input.bytes(3), input.rows);
    const record = this.#records.hashPairs(this.#mixedA, this.#mixedB, input.rows);
    this.#record.set(record.first.subarray(0, bytes));
    for (const halves of [this.#high, this.#low, this.#record]) swapHalves(halves, input.rows);
    return [allValid(this.#high), allValid(this.#low), allValid(this.#record)];
  }
}

/** Exclusive or of two columns of 8-byte values. */
function mix(into: Uint8Array, one: Uint8Array, other: Uint8Array, rows: number): void {
  const words = (bytes: Uint8Array) => new Uint32Array(bytes.buffer, bytes.byteOffset, rows * 2);
  const [to, left, right] = [words(into), words(one), words(other)];
  for (let word = 0; word < to.length; word += 1) to[word] = left[word]! ^ right[word]!;
}
