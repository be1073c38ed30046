import type { PartChunk, PartColumn, PartValues } from '../../store/part-columns.ts';
import { VECTOR_ROWS } from '../extract/row-vector.ts';
import type { TokenRows } from './subject-numbers.ts';

type Values = Int8Array | Int16Array | Int32Array | Uint32Array | Uint8Array | Float64Array;

/** A column of a vector, of which some rows are stored. */
export interface VectorColumn extends PartColumn {
  readonly values: Values;
  /** `values` has an element for each stored row already, and not for each row of the vector */
  readonly isGathered?: true;
  /** elements of `values` a row */
  readonly width: 1 | 2;
  /** which rows of the vector have a value: a bit a row, a byte a row; null where all have */
  readonly present: { readonly bits: Uint8Array } | { readonly bytes: Uint8Array } | null;
}

/** Takes rows out of the columns of a vector, as a part's writer takes them. Its memory is used again for the next vector. */
export class RowGatherer {
  readonly #columns: readonly VectorColumn[];
  readonly #room: readonly { readonly values: Values; readonly validity: Uint8Array }[];

  constructor(columns: readonly VectorColumn[]) {
    this.#columns = columns;
    this.#room = columns.map(({ values }) => ({
      values: values.slice(),
      validity: new Uint8Array(VECTOR_ROWS / 8),
    }));
  }

  /**
   * The first `count` of these rows of a vector.
   *
   * @param areAll they are all rows of the vector
   */
  gather(rows: Uint16Array, count: number, areAll: boolean): PartChunk {
    return {
      rows: count,
      columns: this.#columns.map((column, index): PartValues => {
        const { values, validity } = this.#room[index]!;
        const isNullable = fillValidity(column, validity, rows, count);
        const isReady = areAll || column.isGathered === true;
        if (!isReady) gatherValues(column, values, rows, count);
        return { values: isReady ? column.values : values, validity: isNullable ? validity : null };
      }),
    };
  }
}

/** A token of a vector's rows, as two columns of eight bytes. */
export function tokenColumns(name: string, { aWords, bWords, validity }: TokenRows): VectorColumn[] {
  return [halfColumn(`${name}_a`, aWords, validity), halfColumn(`${name}_b`, bWords, validity)];
}

/** Eight bytes of a token of a vector's rows. */
export function halfColumn(name: string, values: Uint32Array, bits: Uint8Array): VectorColumn {
  return { name, type: 'int64', values, width: 2, present: { bits } };
}

/** A flag of a vector's rows. */
export function flagColumn(name: string, values: Uint8Array): VectorColumn {
  return { name, type: 'bool', values, width: 1, present: null };
}

/** Sets a bit for each row that has a value; returns false if all have one. */
function fillValidity(
  { present }: VectorColumn,
  validity: Uint8Array,
  rows: Uint16Array,
  count: number,
): boolean {
  if (present === null) return false;
  validity.fill(0);
  let valid = 0;
  for (let i = 0; i < count; i += 1) {
    const row = rows[i]!;
    const bit = 'bits' in present ? (present.bits[row >> 3]! >> (row & 7)) & 1 : present.bytes[row]!;
    validity[i >> 3]! |= bit << (i & 7);
    valid += bit;
  }
  return valid < count;
}

function gatherValues({ values, width }: VectorColumn, into: Values, rows: Uint16Array, count: number): void {
  for (let i = 0; i < count; i += 1) {
    const row = rows[i]!;
    if (width === 1) into[i] = values[row]!;
    else {
      into[i * 2] = values[row * 2]!;
      into[i * 2 + 1] = values[row * 2 + 1]!;
    }
  }
}
