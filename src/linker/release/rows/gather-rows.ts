import { bug } from '../../../domain/problem.ts';
import type { ChunkColumn, ColumnKind } from '../../../write/output-column.ts';
import { NO_VALUE, type RankedValues } from './ranks.ts';
import type { SortedRows } from './sorted-rows.ts';

/** A column of the file: how it is written, and from which of the columns in memory; a hashed id from two. */
export interface GatheredColumn {
  readonly kind: ColumnKind['kind'];
  readonly from: readonly number[];
}

/** The persons of rows `from` to `from + count`, in the order in which they are written. */
export function gatherPersons({ starts, range }: SortedRows, from: number, count: number): ChunkColumn {
  const persons = new Int32Array(count);
  let person = personAt(starts, from);
  for (let row = 0; row < count; row += 1) {
    while (starts[person + 1]! <= from + row) person += 1;
    persons[row] = range.first + person;
  }
  return { values: persons, validity: null };
}

/** Whose row is at a place: the last person whose rows begin there or before. */
function personAt(starts: Int32Array, place: number): number {
  let low = 0;
  let high = starts.length - 1;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (starts[middle]! <= place) low = middle;
    else high = middle;
  }
  return low;
}

/** The values of a column in rows `from` to `from + count`, in the order in which they are written. */
export function gatherColumn(
  rows: SortedRows,
  { kind, from: columns }: GatheredColumn,
  from: number,
  count: number,
): ChunkColumn {
  const gathered = columns.map((column) => {
    const { ranks, values } = rows.columns[column]!;
    return { ranks: gatherRanks(ranks, rows.order, from, count), values };
  });
  const [first, second] = gathered;
  const validity = validityOf(first!.ranks);
  if (kind === 'hex-token') return { values: [longs(first!), longs(second!)], validity };
  return { values: valuesOf(kind, first!), validity };
}

interface Gathered {
  readonly ranks: Int32Array;
  readonly values: RankedValues;
}

function gatherRanks(ranks: Int32Array, order: Int32Array, from: number, count: number): Int32Array {
  const found = new Int32Array(count);
  for (let row = 0; row < count; row += 1) found[row] = ranks[order[from + row]!]!;
  return found;
}

/** A bit a row, 1 where it has a value; null where all have. */
function validityOf(ranks: Int32Array): Uint8Array | null {
  if (!ranks.includes(NO_VALUE)) return null;
  const bits = new Uint8Array(Math.ceil(ranks.length / 8));
  for (let row = 0; row < ranks.length; row += 1) {
    if (ranks[row] !== NO_VALUE) bits[row >> 3]! |= 1 << (row & 7);
  }
  return bits;
}

/** What is under a missing value means nothing. */
function valuesOf(kind: ColumnKind['kind'], gathered: Gathered): ArrayBufferView {
  switch (kind) {
    case 'int8':
      return Int8Array.from(gathered.ranks);
    case 'int16':
      return Int16Array.from(gathered.ranks);
    case 'date32':
    case 'dictionary':
      return gathered.ranks;
    case 'int64':
    case 'timestamp-us':
      return new BigInt64Array(longs(gathered).buffer);
    case 'float64':
      return new Float64Array(longs(gathered).buffer);
    default:
      throw bug(`released rows have no columns of the kind ${kind}`);
  }
}

function longs({ ranks, values }: Gathered): Uint32Array<ArrayBuffer> {
  if (values.kind !== 'words') throw bug('a column of 8 bytes a row has other values');
  const found = new Uint32Array(ranks.length * 2);
  for (let row = 0; row < ranks.length; row += 1) {
    const rank = ranks[row]!;
    if (rank === NO_VALUE) continue;
    found[row * 2] = values.words[rank * 2]!;
    found[row * 2 + 1] = values.words[rank * 2 + 1]!;
  }
  return found;
}
