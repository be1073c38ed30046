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

/** Gathers the values of a column, in the order in which they are written, in memory that is used again for each chunk of rows. */
export class ColumnGatherer {
  readonly #kind: ColumnKind['kind'];
  readonly #from: readonly number[];
  readonly #ranks: Int32Array<ArrayBuffer>;
  readonly #bits: Uint8Array;
  readonly #longs: readonly Uint32Array<ArrayBuffer>[];

  /** @param most rows of a chunk */
  constructor({ kind, from }: GatheredColumn, most: number) {
    this.#kind = kind;
    this.#from = from;
    this.#ranks = new Int32Array(most);
    this.#bits = new Uint8Array(Math.ceil(most / 8));
    this.#longs = LONG_KINDS.has(kind) ? from.map(() => new Uint32Array(most * 2)) : [];
  }

  /** The values of rows `from` to `from + count`; valid until the next call. */
  gather(rows: SortedRows, from: number, count: number): ChunkColumn {
    const { order, columns } = rows;
    const ranks = this.#ranks.subarray(0, count);
    for (const [at, longs] of this.#longs.entries()) {
      const { ranks: all, values } = columns[this.#from[at]!]!;
      gatherRanks(all, order, from, ranks);
      gatherLongs(ranks, values, longs);
    }
    // both halves of an id are missing, or neither is
    if (this.#longs.length === 0) gatherRanks(columns[this.#from[0]!]!.ranks, order, from, ranks);
    return { values: this.#values(ranks), validity: writeValidity(ranks, this.#bits) };
  }

  /** What is under a missing value means nothing. */
  #values(ranks: Int32Array<ArrayBuffer>): ChunkColumn['values'] {
    const { length } = ranks;
    const [first, second] = this.#longs;
    switch (this.#kind) {
      case 'int8':
        return Int8Array.from(ranks);
      case 'int16':
        return Int16Array.from(ranks);
      case 'date32':
      case 'dictionary':
        return ranks;
      case 'int64':
      case 'timestamp-us':
        return new BigInt64Array(first!.buffer, 0, length);
      case 'float64':
        return new Float64Array(first!.buffer, 0, length);
      case 'hex-token':
        return [first!, second!];
      default:
        throw bug(`released rows have no columns of the kind ${this.#kind}`);
    }
  }
}

/** Kinds of 8 bytes a row, or twice that. */
const LONG_KINDS: ReadonlySet<ColumnKind['kind']> = new Set([
  'int64',
  'timestamp-us',
  'float64',
  'hex-token',
]);

function gatherRanks(ranks: Int32Array, order: Int32Array, from: number, into: Int32Array): void {
  for (let row = 0; row < into.length; row += 1) into[row] = ranks[order[from + row]!]!;
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
