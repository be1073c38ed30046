/**
 * A function of this program that the engine calls with whole vectors. Stages describe such functions,
 * the engine registers and calls them, and neither needs to know the other.
 */
export type ParameterType = 'bigint' | 'integer' | 'smallint' | 'tinyint' | 'text';
export type ResultType = 'bigint' | 'ubigint' | 'integer' | 'tinyint';

/** Bytes of one value in a vector. Text is a 16-byte struct: length, then the text or a pointer to it. */
export const VALUE_BYTES = { bigint: 8, ubigint: 8, integer: 4, smallint: 2, tinyint: 1, text: 16 } as const;

/** Rows of the engine's largest vector. */
export const MAX_VECTOR_ROWS = 2048;

export interface VectorInput {
  /** at most MAX_VECTOR_ROWS */
  readonly rows: number;
  /** The raw values of a parameter, `rows` of them; valid during the call only. No parameter is ever null. */
  bytes(parameter: number): Uint8Array;
  /** The bytes of a text too long to fit in its 16-byte struct. */
  longText(parameter: number, row: number): Uint8Array;
}

/** A column of results. */
export interface VectorResult {
  /** as many values as there are rows, or more */
  readonly values: Uint8Array;
  /** a bit a row, least significant first, 1 = valid, in a whole number of 8-byte words; null if all are valid */
  readonly validity: Uint8Array | null;
}

export interface VectorFunction {
  readonly name: string;
  readonly parameters: readonly ParameterType[];
  /** the fields of the struct it returns; the struct itself is never null */
  readonly returns: readonly { readonly name: string; readonly type: ResultType }[];
  /** Computes the result columns, one a field, of which the first `rows` values are taken. */
  call(input: VectorInput): readonly VectorResult[];
}

/** A result column without nulls. */
export function allValid(values: Uint8Array): VectorResult {
  return { values, validity: null };
}
