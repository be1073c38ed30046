import type { ScannedTable, ScannedType, ScannedVector } from '../../../../engine/scanned-table.ts';
import { inByteOrder } from '../../../byte-order.ts';

/** A column of a table in memory: a value a row, null where there is none. Days and microseconds are numbers of their own. */
export interface MemoryColumn {
  readonly name: string;
  readonly type: ScannedType;
  readonly values: readonly (string | number | bigint | null)[];
}

const ARRAYS = {
  tinyint: Int8Array,
  smallint: Int16Array,
  integer: Int32Array,
  date: Int32Array,
  text: Int32Array,
  bigint: BigInt64Array,
  timestamp: BigInt64Array,
  double: Float64Array,
  boolean: Uint8Array,
} as const;

/** Columns as a stored table has them, in batches of so many rows. The codes of texts are in no order. */
export function tableInMemory(columns: readonly MemoryColumn[], batchRows: number): ScannedTable {
  const rows = columns[0]!.values.length;
  const read = columns.map(({ type, values }) => {
    const present = values.filter((value) => value !== null);
    const texts = type === 'text' ? inByteOrder(present.map(String)) : [];
    return { texts, codes: texts.toReversed() };
  });
  const rowsOf = (batch: number) => Math.min(batchRows, rows - batch * batchRows);
  return {
    name: 'in_memory',
    columns: columns.map(({ name, type }, index) => ({ name, type, texts: read[index]!.texts })),
    rows,
    batches: Math.ceil(rows / batchRows),
    rowsOf,
    read: (batch, column): ScannedVector => {
      const { type, values } = columns[column]!;
      const { texts, codes } = read[column]!;
      const from = batch * batchRows;
      const of = values.slice(from, from + rowsOf(batch));
      const array = new ARRAYS[type](of.length);
      const validity = new Uint8Array(Math.ceil(of.length / 8));
      for (const [row, value] of of.entries()) {
        if (value === null) continue;
        array[row] = type === 'text' ? codes.indexOf(String(value)) : (value as never);
        validity[row >> 3]! |= 1 << (row & 7);
      }
      const textIndexes = type === 'text' ? Int32Array.from(codes, (text) => texts.indexOf(text)) : null;
      return { values: array, validity: of.includes(null) ? validity : null, textIndexes };
    },
  };
}
