import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RecordBatchReader, type Table, tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArrowFileWriter } from './arrow-file-writer.ts';
import { digestFile } from './digest-file.ts';
import type { ChunkColumn, OutputChunk, OutputColumn } from './output-column.ts';

const WIDTH = 8;
const PEOPLE = ['ada-0001', 'bea-0002', 'cyd-0003'];
const WARDS = ['medical', 'surgical', 'élan|"quoted"', ''];
const MANY = Array.from({ length: 200 }, (_, i) => `code ${i}`);

let scratch: string;
let files = 0;
const nextPath = () => join(scratch, `${files++}.arrow`);

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'tallystick-arrow-'));
});
afterAll(() => rm(scratch, { recursive: true }));

/** A column, how a value is put into a chunk, and what Arrow's reader returns for it. */
interface Case {
  readonly column: OutputColumn;
  readonly values: fc.Arbitrary<unknown>;
  readonly hold: (values: readonly unknown[]) => ChunkColumn['values'];
  readonly read: (value: unknown) => unknown;
}

const metadata = { role: 'category', source: 'gp.events' };
const same = (value: unknown) => value;
/** The content of a chunk for these values, with arbitrary data under nulls. */
const numbers =
  (array: { from(values: Iterable<number>): ChunkColumn['values'] }, rubbish: number) =>
  (values: readonly unknown[]) =>
    array.from(values.map((value) => (value === null ? rubbish : Number(value))));
const bigints = (values: readonly unknown[]) =>
  BigInt64Array.from(values.map((value) => (value === null ? -7n : (value as bigint))));
const codes =
  (array: { from(values: Iterable<number>): ChunkColumn['values'] }, list: readonly string[]) =>
  (values: readonly unknown[]) =>
    array.from(values.map((value) => (value === null ? 99_999 : list.indexOf(value as string))));
const halves = (values: readonly unknown[]): [BigInt64Array, BigInt64Array] => {
  const bytes = values.map((value) => Buffer.from((value as string | null) ?? 'fe'.repeat(16), 'hex'));
  const half = (from: number) => BigInt64Array.from(bytes.map((token) => token.readBigInt64LE(from)));
  return [half(0), half(8)];
};

const CASES: readonly Case[] = [
  {
    column: { name: 'i8', type: { kind: 'int8' }, nullable: true, metadata },
    values: fc.integer({ min: -128, max: 127 }),
    hold: numbers(Int8Array, 77),
    read: same,
  },
  {
    column: { name: 'i16', type: { kind: 'int16' }, nullable: true, metadata: {} },
    values: fc.integer({ min: -32_768, max: 32_767 }),
    hold: numbers(Int16Array, 777),
    read: same,
  },
  {
    column: { name: 'i32', type: { kind: 'int32' }, nullable: true, metadata },
    values: fc.integer(),
    hold: numbers(Int32Array, 7_777_777),
    read: same,
  },
  {
    column: { name: 'i64', type: { kind: 'int64' }, nullable: true, metadata },
    values: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    hold: bigints,
    read: same,
  },
  {
    column: { name: 'f64', type: { kind: 'float64' }, nullable: true, metadata },
    values: fc.double({ noNaN: true }),
    hold: numbers(Float64Array, Number.NaN),
    read: same,
  },
  {
    column: { name: 'flag', type: { kind: 'bool' }, nullable: true, metadata },
    values: fc.boolean(),
    hold: numbers(Uint8Array, 1),
    read: same,
  },
  {
    column: { name: 'day', type: { kind: 'date32' }, nullable: true, metadata },
    values: fc.integer({ min: -40_000, max: 40_000 }),
    hold: numbers(Int32Array, 12_345),
    read: (value) => Number(value) / 86_400_000,
  },
  {
    column: { name: 'at', type: { kind: 'timestamp-us' }, nullable: true, metadata },
    values: fc.bigInt({ min: -(10n ** 12n), max: 10n ** 12n }).map((ms) => ms * 1000n),
    hold: bigints,
    read: (value) => BigInt(value as number) * 1000n,
  },
  {
    column: { name: 'ward', type: { kind: 'dictionary', values: WARDS }, nullable: true, metadata },
    values: fc.constantFrom(...WARDS),
    hold: codes(Uint8Array, WARDS),
    read: same,
  },
  {
    column: { name: 'code', type: { kind: 'dictionary', values: MANY }, nullable: true, metadata },
    values: fc.constantFrom(...MANY),
    hold: codes(Uint32Array, MANY),
    read: same,
  },
  {
    column: {
      name: 'person',
      type: { kind: 'fixed-text', width: WIDTH, table: new Uint8Array(Buffer.from(PEOPLE.join(''))) },
      nullable: true,
      metadata,
    },
    values: fc.constantFrom(...PEOPLE),
    hold: codes(Int32Array, PEOPLE),
    read: same,
  },
  {
    column: {
      name: 'odd_person',
      // Three bytes a text, in a table that begins at an odd byte: cannot be copied by words.
      type: { kind: 'fixed-text', width: 3, table: new Uint8Array(Buffer.from('-onetwosix')).subarray(1) },
      nullable: true,
      metadata,
    },
    values: fc.constantFrom('one', 'two', 'six'),
    hold: codes(Uint16Array, ['one', 'two', 'six']),
    read: same,
  },
  {
    column: { name: 'record', type: { kind: 'hex-token' }, nullable: true, metadata },
    values: fc
      .uint8Array({ minLength: 16, maxLength: 16 })
      .map((bytes) => Buffer.from(bytes).toString('hex')),
    hold: halves,
    read: same,
  },
];
const COLUMNS = CASES.map(({ column }) => column);

/** A row is a value or null for each of the cases. */
type Row = readonly unknown[];
const anyRow: fc.Arbitrary<Row> = fc.tuple(...CASES.map(({ values }) => fc.option(values, { freq: 3 })));

/** Rows as a chunk. Bits after the end of a bitmap are set, because a reader must ignore them. */
function chunkOf(rows: readonly Row[]): OutputChunk {
  const columns = CASES.map(({ hold }, index) => {
    const values = rows.map((row) => row[index]);
    const validity = new Uint8Array(Math.ceil(rows.length / 8) + 1).fill(0xff);
    values.forEach((value, row) => {
      if (value === null) validity[row >> 3]! &= ~(1 << (row & 7));
    });
    return { values: hold(values), validity: values.includes(null) ? validity : null };
  });
  return { rows: rows.length, columns };
}

async function write(rows: readonly Row[], cuts: readonly number[], batchRows = 10) {
  const path = nextPath();
  const writer = await ArrowFileWriter.open(
    path,
    COLUMNS,
    { table: 'every_kind', agreement: 'demo' },
    { batchRows },
  );
  let from = 0;
  for (const size of [...cuts, rows.length]) {
    writer.append(chunkOf(rows.slice(from, from + size)));
    from = Math.min(rows.length, from + size);
  }
  return { path, ...(await writer.close()) };
}

function readBack(table: Table): unknown[][] {
  return Array.from({ length: table.numRows }, (_, row) =>
    CASES.map(({ read }, index) => {
      const value = table.getChildAt(index)!.get(row);
      return value === null ? null : read(value);
    }),
  );
}

describe('an Arrow file', () => {
  it('holds the written values, for every kind of column, with and without nulls, in any chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRow, { maxLength: 45, size: 'max' }),
        fc.array(fc.nat({ max: 15 }), { maxLength: 6, size: 'max' }),
        async (rows, cuts) => {
          const written = await write(rows, cuts);
          const table = tableFromIPC(await readFile(written.path));
          expect(readBack(table)).toEqual(rows);
          expect(written.rows).toBe(rows.length);
          expect(written.nulls).toEqual(
            CASES.map((_, index) => rows.filter((row) => row[index] === null).length),
          );
        },
      ),
      { numRuns: 60 },
    );
  });

  it('has the same bytes however the rows are divided into chunks, and the digest of those bytes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(anyRow, { maxLength: 45, size: 'max' }),
        fc.array(fc.nat({ max: 15 }), { maxLength: 6, size: 'max' }),
        async (rows, cuts) => {
          const cut = await write(rows, cuts);
          const whole = await write(rows, []);
          expect(cut.sha256).toBe(whole.sha256);
          expect(await digestFile(cut.path)).toEqual({ bytes: whole.bytes, sha256: whole.sha256 });
        },
      ),
      { numRuns: 40 },
    );
  });

  it('has the names, types, nullability and metadata of its columns, in order', async () => {
    const { path } = await write([], []);
    const { schema } = tableFromIPC(await readFile(path));
    expect([...schema.metadata]).toEqual([
      ['table', 'every_kind'],
      ['agreement', 'demo'],
    ]);
    expect(schema.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'i8 Int8',
      'i16 Int16',
      'i32 Int32',
      'i64 Int64',
      'f64 Float64',
      'flag Bool',
      'day Date32<DAY>',
      'at Timestamp<MICROSECOND>',
      'ward Dictionary<Int8, Utf8>',
      'code Dictionary<Int16, Utf8>',
      'person Utf8',
      'odd_person Utf8',
      'record Utf8',
    ]);
    expect([...schema.fields[2]!.metadata]).toEqual(Object.entries(metadata));
    expect(schema.fields.every(({ nullable }) => nullable)).toBe(true);
  });

  it('can be read as a stream too, because the schema precedes the batches', async () => {
    const { path } = await write([], []);
    const stream = (await readFile(path)).subarray(8);
    expect(RecordBatchReader.from(stream).open().schema.names).toEqual(COLUMNS.map(({ name }) => name));
  });
});
