import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WriteError } from '../write/write-error.ts';
import type { PartColumn } from './part-columns.ts';
import { PartReader } from './part-reader.ts';
import { PartWriter } from './part-writer.ts';
import { anyRow, COLUMNS, chunkOf, DICTIONARIES, type Row, rowsIn } from './test-rig/part-rows.ts';

let scratch: string;
let files = 0;
const nextPath = () => join(scratch, `${files++}.arrow`);

beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'tallystick-parts-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** @param cuts rows of each chunk; the last one has the rest */
async function write(rows: readonly Row[], cuts: readonly number[] = [], rubbish = 77, batchRows = 10) {
  const path = nextPath();
  const writer = await PartWriter.open(path, COLUMNS, { batchRows });
  let from = 0;
  for (const size of [...cuts, rows.length]) {
    writer.append(chunkOf(rows.slice(from, from + size), rubbish));
    from = Math.min(rows.length, from + size);
  }
  return { path, ...(await writer.close(DICTIONARIES)) };
}

const someRows = fc.array(anyRow, { maxLength: 45, size: 'max' });
const someCuts = fc.array(fc.nat({ max: 15 }), { maxLength: 6, size: 'max' });

describe('a part', () => {
  it('has the rows that were written, for every type of column, with and without nulls, in any chunks', async () => {
    await fc.assert(
      fc.asyncProperty(someRows, someCuts, async (rows, cuts) => {
        const { path, ...written } = await write(rows, cuts);
        const part = PartReader.open(path);
        expect(part.columns).toEqual(COLUMNS);
        expect(rowsIn(part)).toEqual(rows);
        expect([part.rows, written.rows]).toEqual([rows.length, rows.length]);
        part.close();
      }),
      { numRuns: 60 },
    );
  });

  it('has the same bytes however the rows are cut and whatever is under a null, and the digest of those bytes', async () => {
    await fc.assert(
      fc.asyncProperty(someRows, someCuts, fc.integer({ min: -99, max: 99 }), async (rows, cuts, rubbish) => {
        const cut = await write(rows, cuts, rubbish);
        const bytes = readFileSync(cut.path);
        expect(bytes.equals(readFileSync((await write(rows)).path))).toBe(true);
        expect(cut.bytes).toBe(bytes.length);
        expect(cut.sha256).toBe(createHash('sha256').update(bytes).digest('hex'));
      }),
      { numRuns: 60 },
    );
  });

  it('is an Arrow file for another reader, with its dictionaries behind the batches', async () => {
    const rows = fc.sample(anyRow, { numRuns: 33, seed: 1 });
    const table = tableFromIPC(readFileSync((await write(rows)).path));
    expect(table.batches.map(({ numRows }) => numRows)).toEqual([10, 10, 10, 3]);
    const text = COLUMNS.findIndex(({ name }) => name === 'word');
    expect(Array.from(table.getChild('word')!)).toEqual(rows.map((row) => row[text]));
    expect(table.schema.fields.map(({ name, type }) => `${name}: ${type}`)).toEqual([
      'i8: Int8',
      'i16: Int16',
      'i32: Int32',
      'i64: Int64',
      'f64: Float64',
      'flag: Bool',
      'day: Date32<DAY>',
      'at: Timestamp<MICROSECOND>',
      'word: Dictionary<Int32, Utf8>',
      'letter: Dictionary<Int32, Utf8>',
    ]);
  });

  it('has batches of 64,000 rows and a shorter last one', async () => {
    const path = nextPath();
    const writer = await PartWriter.open(path, [{ name: 'n', type: 'int32' }]);
    const rows = 2 * 64_000 + 11;
    // 2,048 does not divide 64,000: a chunk crosses each batch boundary. Every 1,000th row is null.
    const values = new Int32Array(2048);
    for (let from = 0; from < rows; from += 2048) {
      const count = Math.min(2048, rows - from);
      const validity = new Uint8Array(256).fill(0xff);
      for (let row = 0; row < count; row++) {
        values[row] = from + row;
        if ((from + row) % 1000 === 999) validity[row >> 3]! &= ~(1 << (row & 7));
      }
      writer.append({ rows: count, columns: [{ values, validity }] });
    }
    await writer.close(new Map());
    const part = PartReader.open(path);
    expect([0, 1, 2].map((batch) => part.rowsOf(batch))).toEqual([64_000, 64_000, 11]);
    const read = rowsIn(part);
    part.close();
    for (let row = 0; row < rows; row++) {
      const expected = row % 1000 === 999 ? null : row;
      if (read[row]![0] !== expected) expect.fail(`row ${row}`);
    }
  });

  it('may have no row, and no column with a value', async () => {
    const empty = PartReader.open((await write([])).path);
    expect([empty.rows, rowsIn(empty), empty.dictionary('word')]).toEqual([0, [], DICTIONARIES.get('word')]);
    empty.close();
    const path = nextPath();
    const columns: PartColumn[] = [
      { name: 'word', type: 'text' },
      { name: 'day', type: 'date' },
    ];
    const writer = await PartWriter.open(path, columns);
    const none = new Uint8Array(1);
    // codes under a null need no text
    writer.append({
      rows: 3,
      columns: [
        { values: Int32Array.of(7, -1, 0), validity: none },
        { values: new Int32Array(3), validity: none },
      ],
    });
    await writer.close(new Map([['word', []]]));
    const part = PartReader.open(path);
    expect([rowsIn(part), part.dictionary('word')]).toEqual([Array(3).fill([null, null]), []]);
    part.close();
  });

  it('may have 100,000 distinct texts', async () => {
    for (const text of [(index: number) => `code ${index}`, (index: number) => `ålder ${index} 😀`]) {
      const texts = Array.from({ length: 100_000 }, (_, index) => text(index));
      const path = nextPath();
      const writer = await PartWriter.open(path, [{ name: 'word', type: 'text' }]);
      const codes = Uint32Array.from(texts, (_, index) => texts.length - 1 - index);
      writer.append({ rows: codes.length, columns: [{ values: codes, validity: null }] });
      await writer.close(new Map([['word', texts]]));
      const part = PartReader.open(path);
      expect(part.dictionary('word')).toEqual(texts);
      const read = rowsIn(part).map(([word]) => word);
      part.close();
      expect(read).toEqual(texts.toReversed());
    }
  });

  it('may be read by its owner alone', async () => {
    const { path } = await write([]);
    expect(statSync(path).mode & 0o777).toBe(0o600);
  });

  it('is not written over a file', async () => {
    const path = nextPath();
    writeFileSync(path, 'mine');
    await expect(PartWriter.open(path, COLUMNS)).rejects.toMatchObject({ reason: 'already-there' });
    expect(readFileSync(path, 'utf8')).toBe('mine');
  });

  it('takes 8 whole bytes a row from any array, aligned or not', async () => {
    const bytes = new Uint8Array(8 * 3 + 1);
    const view = new DataView(bytes.buffer);
    [5n, -6n, 2n ** 62n].forEach((value, row) => {
      view.setBigInt64(1 + 8 * row, value, true);
    });
    const path = nextPath();
    const writer = await PartWriter.open(path, [{ name: 'a', type: 'int64' }]);
    writer.append({ rows: 3, columns: [{ values: bytes.subarray(1), validity: null }] });
    writer.append({ rows: 3, columns: [{ values: bytes.slice(1), validity: null }] });
    await writer.close(new Map());
    const part = PartReader.open(path);
    expect(rowsIn(part).flat()).toEqual([5n, -6n, 2n ** 62n, 5n, -6n, 2n ** 62n]);
    part.close();
  });
});

describe('a part that cannot be written', () => {
  const word: PartColumn = { name: 'word', type: 'text' };
  const refusals: [string, number[], [string, string[]][], RegExp][] = [
    [
      'a code without a text',
      [0, 1],
      [['word', ['a']]],
      /word: a code lies outside the dictionary of 1 values/,
    ],
    ['a negative code', [0, -1], [['word', ['a']]], /word: a code lies outside the dictionary of 1 values/],
    ['a text twice', [0, 1], [['word', ['a', 'a']]], /word: the dictionary holds a value twice/],
    ['no dictionary', [0, 1], [['other', ['a', 'b']]], /column word has no dictionary/],
  ];
  it.each(refusals)('is refused: %s', async (_, codes, dictionaries, message) => {
    const path = nextPath();
    const writer = await PartWriter.open(path, [word]);
    writer.append({ rows: 2, columns: [{ values: Int32Array.from(codes), validity: null }] });
    const closing = writer.close(new Map(dictionaries));
    await expect(closing).rejects.toThrow(message);
    await expect(closing).rejects.toBeInstanceOf(WriteError);
    await writer.abort();
    expect(statSync(path, { throwIfNoEntry: false })).toBeUndefined();
  });

  it('is refused: values of another type, fewer values than rows, another number of columns, two columns of one name', async () => {
    const writer = await PartWriter.open(nextPath(), [{ name: 'n', type: 'int16' }]);
    const append = (...columns: ArrayBufferView[]) =>
      writer.append({ rows: 2, columns: columns.map((values) => ({ values, validity: null })) });
    expect(() => append(new Int32Array(2))).toThrow('column n: expects Int16Array');
    expect(() => append(new Int16Array(1))).toThrow('column n: the chunk holds fewer values than rows');
    expect(() => append()).toThrow('a chunk has 0 columns instead of 1');
    await writer.abort();
    await expect(PartWriter.open(nextPath(), [word, word])).rejects.toThrow('two columns have one name');
  });
});
