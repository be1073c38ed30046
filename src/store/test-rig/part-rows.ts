import fc from 'fast-check';
import { isValid } from '../../write/validity-bitmap.ts';
import type { PartChunk, PartColumn, PartType, PartValues } from '../part-columns.ts';
import type { PartReader } from '../part-reader.ts';

/** A value of each column, or null. Whole numbers of 8 bytes and timestamps are bigints, booleans are 0 and 1, texts are texts. */
export type Row = readonly (number | bigint | string | null)[];

const WORDS = ['medical', 'surgical', 'élan|"quoted"', '', '😀'];

/** One column of each type, and a second one of texts. */
export const COLUMNS: readonly PartColumn[] = [
  { name: 'i8', type: 'int8' },
  { name: 'i16', type: 'int16' },
  { name: 'i32', type: 'int32' },
  { name: 'i64', type: 'int64' },
  { name: 'f64', type: 'float64' },
  { name: 'flag', type: 'bool' },
  { name: 'day', type: 'date' },
  { name: 'at', type: 'timestamp' },
  { name: 'word', type: 'text' },
  { name: 'letter', type: 'text' },
];

export const DICTIONARIES: ReadonlyMap<string, readonly string[]> = new Map([
  ['word', WORDS],
  ['letter', ['a', 'b']],
]);

const VALUES: readonly fc.Arbitrary<number | bigint | string>[] = [
  fc.integer({ min: -128, max: 127 }),
  fc.integer({ min: -32_768, max: 32_767 }),
  fc.integer(),
  fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
  fc.double({ noNaN: true }),
  fc.constantFrom(0, 1),
  fc.integer({ min: -40_000, max: 40_000 }),
  fc.bigInt({ min: -(10n ** 15n), max: 10n ** 15n }),
  fc.constantFrom(...WORDS),
  fc.constantFrom('a', 'b'),
];

/** A row of `COLUMNS`. */
export const anyRow: fc.Arbitrary<Row> = fc.tuple(...VALUES.map((value) => fc.option(value, { freq: 3 })));

/**
 * Rows as a chunk of `COLUMNS`. Bits behind the end of a bitmap are set, because they must not be read.
 *
 * @param rubbish what is under a null
 */
export function chunkOf(rows: readonly Row[], rubbish: number): PartChunk {
  return {
    rows: rows.length,
    columns: COLUMNS.map((column, index) =>
      valuesOf(
        column,
        rows.map((row) => row[index]!),
        DICTIONARIES.get(column.name) ?? [],
        rubbish,
      ),
    ),
  };
}

/** Values, or nulls, as a column of a chunk. */
export function valuesOf(
  { type }: PartColumn,
  values: Row,
  texts: readonly string[],
  rubbish = 0,
): PartValues {
  const validity = new Uint8Array(Math.ceil(values.length / 8) + 1).fill(0xff);
  values.forEach((value, row) => {
    if (value === null) validity[row >> 3]! &= ~(1 << (row & 7));
  });
  const numbers = values.map((value) =>
    value === null ? rubbish : typeof value === 'string' ? texts.indexOf(value) : value,
  );
  return { values: arrayOf(type, numbers), validity: values.includes(null) ? validity : null };
}

function arrayOf(type: PartType, numbers: readonly (number | bigint)[]): ArrayBufferView {
  if (type === 'int64' || type === 'timestamp') return BigInt64Array.from(numbers, BigInt);
  const plain = numbers.map(Number);
  switch (type) {
    case 'int8':
      return Int8Array.from(plain);
    case 'int16':
      return Int16Array.from(plain);
    case 'int32':
    case 'date':
    case 'text':
      return Int32Array.from(plain);
    case 'float64':
      return Float64Array.from(plain);
    case 'bool':
      return Uint8Array.from(plain);
  }
}

/** All rows of a part, in order. */
export function rowsIn(part: PartReader): Row[] {
  const rows: (number | bigint | string | null)[][] = [];
  const texts = part.columns.map(({ name, type }) => (type === 'text' ? part.dictionary(name) : null));
  for (let batch = 0; batch < part.batches; batch++) {
    const columns = part.columns.map(({ name }) => part.read(batch, name));
    for (let row = 0; row < part.rowsOf(batch); row++) {
      rows.push(
        columns.map(({ values, validity }, index) => {
          if (validity !== null && !isValid(validity, row)) return null;
          const value = (values as unknown as ArrayLike<number | bigint>)[row]!;
          return texts[index] == null ? value : texts[index][value as number]!;
        }),
      );
    }
  }
  return rows;
}
