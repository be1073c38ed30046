import { bug } from '../../../domain/problem.ts';
import type { ColumnKind } from '../../../write/output-column.ts';
import { NO_VALUE, type RankedValues } from './ranks.ts';
import type { SortedRows } from './sorted-rows.ts';

/** A column of the file: how it is written, and from which of the columns in memory; a hashed id from two. */
export interface GatheredColumn {
  readonly kind: ColumnKind['kind'];
  readonly from: readonly number[];
}

/** Values of a column, one an element; of a hashed id in halves. */
type GatheredValues =
  | Int8Array
  | Int16Array
  | Int32Array
  | BigInt64Array
  | Float64Array
  | readonly [BigInt64Array, BigInt64Array];

/** Rows in the order in which they are written, column by column as the file has them: the person first. */
export interface GatheredRows {
  readonly rows: number;
  readonly columns: readonly { readonly values: GatheredValues; readonly validity: Uint8Array | null }[];
  /** the memory of all of them */
  readonly room: ArrayBuffer;
}

/** Every array begins at a multiple of it. */
const ALIGNED = 8;

/** Bytes of rows that are gathered. */
export function gatheredBytes(columns: readonly GatheredColumn[], rows: number): number {
  return columns.reduce(
    (sum, { kind }) => sum + aligned(rows * widthOf(kind)) + aligned(Math.ceil(rows / 8)),
    aligned(rows * Int32Array.BYTES_PER_ELEMENT),
  );
}

function aligned(bytes: number): number {
  return Math.ceil(bytes / ALIGNED) * ALIGNED;
}

function widthOf(kind: ColumnKind['kind']): number {
  switch (kind) {
    case 'int8':
      return 1;
    case 'int16':
      return 2;
    case 'date32':
    case 'dictionary':
      return 4;
    case 'int64':
    case 'timestamp-us':
    case 'float64':
      return 8;
    case 'hex-token':
      return 16;
    default:
      throw bug(`released rows have no columns of the kind ${kind}`);
  }
}

/** @param room memory of at least `gatheredBytes` */
export function gatherRows(
  rows: SortedRows,
  columns: readonly GatheredColumn[],
  room: ArrayBuffer,
): GatheredRows {
  const count = rows.range.rows;
  const ranks = new Int32Array(count);
  let next = 0;
  /** memory for a value of so many bytes a row */
  const take = (bytes: number) => {
    const start = next;
    next += aligned(bytes);
    return start;
  };
  const persons = new Int32Array(room, take(count * Int32Array.BYTES_PER_ELEMENT), count);
  gatherPersons(rows, persons);
  const gathered = columns.map(({ kind, from }) => {
    const start = take(count * widthOf(kind));
    const bits = new Uint8Array(room, take(Math.ceil(count / 8)), Math.ceil(count / 8));
    const isRank = widthOf(kind) === Int32Array.BYTES_PER_ELEMENT;
    const inOrder = isRank ? new Int32Array(room, start, count) : ranks;
    const values = gatherValues(kind, from, rows, inOrder, room, start);
    // both halves of an id are missing, or neither is
    return { values, validity: writeValidity(inOrder, bits) };
  });
  return { rows: count, columns: [{ values: persons, validity: null }, ...gathered], room };
}

function gatherPersons({ starts, range }: SortedRows, persons: Int32Array): void {
  for (let person = 0; person + 1 < starts.length; person += 1) {
    persons.fill(range.first + person, starts[person], starts[person + 1]);
  }
}

/**
 * What is under a missing value means nothing.
 *
 * @param ranks is filled with the ranks of the rows, in their order; of a column of 4 bytes a row, its memory in `room`
 * @param start where the values begin in `room`
 */
function gatherValues(
  kind: ColumnKind['kind'],
  from: readonly number[],
  { order, columns }: SortedRows,
  ranks: Int32Array,
  room: ArrayBuffer,
  start: number,
): GatheredValues {
  const { length } = ranks;
  const column = (index: number) => columns[from[index]!]!;
  gatherRanks(column(0).ranks, order, ranks);
  const longs = (offset: number) => new Uint32Array(room, offset, length * 2);
  switch (kind) {
    case 'int8':
      return copied(ranks, new Int8Array(room, start, length));
    case 'int16':
      return copied(ranks, new Int16Array(room, start, length));
    case 'date32':
    case 'dictionary':
      return ranks; // they are the values, and in their place
    case 'int64':
    case 'timestamp-us':
      gatherLongs(ranks, column(0).values, longs(start));
      return new BigInt64Array(room, start, length);
    case 'float64':
      gatherLongs(ranks, column(0).values, longs(start));
      return new Float64Array(room, start, length);
    case 'hex-token': {
      const second = start + length * 8;
      gatherLongs(ranks, column(0).values, longs(start));
      gatherRanks(column(1).ranks, order, ranks);
      gatherLongs(ranks, column(1).values, longs(second));
      return [new BigInt64Array(room, start, length), new BigInt64Array(room, second, length)];
    }
    default:
      throw bug(`released rows have no columns of the kind ${kind}`);
  }
}

function copied<Values extends Int8Array | Int16Array>(ranks: Int32Array, into: Values): Values {
  into.set(ranks);
  return into;
}

function gatherRanks(ranks: Int32Array, order: Int32Array, into: Int32Array): void {
  for (let row = 0; row < into.length; row += 1) into[row] = ranks[order[row]!]!;
}

function gatherLongs(ranks: Int32Array, values: RankedValues, into: Uint32Array): void {
  if (values.kind !== 'words') throw bug('a column of 8 bytes a row has other values');
  const { words } = values;
  for (let row = 0; row < ranks.length; row += 1) {
    const rank = ranks[row]!;
    if (rank === NO_VALUE) continue;
    into[row * 2] = words[rank * 2]!;
    into[row * 2 + 1] = words[rank * 2 + 1]!;
  }
}

/** A bit a row, 1 where it has a value; null where all have. */
function writeValidity(ranks: Int32Array, bits: Uint8Array): Uint8Array | null {
  if (!ranks.includes(NO_VALUE)) return null;
  bits.fill(0);
  for (let row = 0; row < ranks.length; row += 1) {
    if (ranks[row] !== NO_VALUE) bits[row >> 3]! |= 1 << (row & 7);
  }
  return bits;
}
