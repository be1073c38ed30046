import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArrowFileWriter } from './arrow-file-writer.ts';
import { openArrowFile, type ReadBatch } from './arrow-read.ts';
import type { ChunkColumn, OutputColumn } from './output-column.ts';

const metadata = { role: 'category' };
const table = new Uint8Array(Buffer.from('adabea'));
/** Five rows of every kind; row 3 is null, with arbitrary data under it. */
const VALIDITY = Uint8Array.of(0b10111);
const COLUMNS: readonly [OutputColumn['type'], ChunkColumn['values']][] = [
  [{ kind: 'int8' }, Int8Array.of(1, -2, 3, 99, 5)],
  [{ kind: 'int16' }, Int16Array.of(1, -2, 3, 99, 5)],
  [{ kind: 'int32' }, Int32Array.of(1, -2, 3, 99, 5)],
  [{ kind: 'int64' }, BigInt64Array.of(1n, -2n, 3n, 99n, 5n)],
  [{ kind: 'float64' }, Float64Array.of(1.5, -2, 3, Number.NaN, 5)],
  [{ kind: 'bool' }, Uint8Array.of(1, 0, 1, 1, 1)],
  [{ kind: 'date32' }, Int32Array.of(1, -2, 3, 99, 5)],
  [{ kind: 'timestamp-us' }, BigInt64Array.of(1n, -2n, 3n, 99n, 5n)],
  [{ kind: 'dictionary', values: ['x', 'ÿ'] }, Uint8Array.of(0, 1, 0, 99, 1)],
  [{ kind: 'fixed-text', width: 3, table }, Int32Array.of(0, 1, 0, 99, 1)],
  [{ kind: 'hex-token' }, [new BigInt64Array(5).fill(0x0102030405060708n), new BigInt64Array(5).fill(-1n)]],
];

let scratch: string;
let path: string;
beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'tallystick-read-'));
  path = join(scratch, 'every-kind.arrow');
  const columns = COLUMNS.map(([type], index) => ({
    name: `c${index}`,
    type,
    nullable: index > 0,
    metadata,
  }));
  const writer = await ArrowFileWriter.open(path, columns, { agreement: 'demo' }, { batchRows: 4 });
  const chunk = COLUMNS.map(([, values], index) => ({ values, validity: index > 0 ? VALIDITY : null }));
  writer.append({ rows: 5, columns: chunk });
  await writer.close();
});
afterAll(() => rm(scratch, { recursive: true }));

async function readAll(): Promise<ReadBatch[]> {
  const file = await openArrowFile(path);
  const batches: ReadBatch[] = [];
  for await (const batch of file.batches()) batches.push(batch);
  await file.close();
  return batches;
}

describe('openArrowFile', () => {
  it('reads names, kinds, nullability, metadata and dictionaries', async () => {
    const file = await openArrowFile(path);
    expect([...file.metadata]).toEqual([['agreement', 'demo']]);
    expect(file.fields.map(({ kind }) => kind)).toEqual([
      'int8',
      'int16',
      'int32',
      'int64',
      'float64',
      'bool',
      'date32',
      'timestamp-us',
      'dictionary',
      'utf8',
      'utf8',
    ]);
    expect(file.fields.map(({ nullable }) => nullable).indexOf(true)).toBe(1);
    expect([...file.fields[8]!.metadata]).toEqual([['role', 'category']]);
    expect(file.fields[8]!.dictionary).toEqual(['x', 'ÿ']);
    expect(file.fields[9]!.dictionary).toBeNull();
    await file.close();
  });

  it('gives each batch as in the file, with zeros under the nulls', async () => {
    const [first, last] = (await readAll()) as [ReadBatch, ReadBatch];
    expect([first.rows, last.rows]).toEqual([4, 1]);
    const nulls = first.columns.map(({ nulls, validity }) => [nulls, validity?.[0] ?? null]);
    expect(nulls).toEqual(COLUMNS.map((_, index) => (index === 0 ? [0, null] : [1, 0b0111])));
    expect(last.columns.every(({ nulls, validity }) => nulls === 0 && validity === null)).toBe(true);
    expect(first.columns[3]).toMatchObject({ kind: 'int64', values: BigInt64Array.of(1n, -2n, 3n, 0n) });
    expect(first.columns[4]).toMatchObject({ kind: 'float64', values: Float64Array.of(1.5, -2, 3, 0) });
    expect(first.columns[5]).toMatchObject({ kind: 'bool', bits: expect.objectContaining({ 0: 0b0101 }) });
    expect(first.columns[6]).toMatchObject({ kind: 'date32', values: Int32Array.of(1, -2, 3, 0) });
    expect(first.columns[8]).toMatchObject({ codes: Int8Array.of(0, 1, 0, 0), dictionary: ['x', 'ÿ'] });
    expect(first.columns[9]).toMatchObject({
      offsets: Int32Array.of(0, 3, 6, 9, 9),
      bytes: new Uint8Array(Buffer.from('adabeaada')),
    });
    const token = last.columns[10]!;
    if (token.kind !== 'utf8') expect.fail('not text');
    expect(Buffer.from(token.bytes).toString()).toBe(`0807060504030201${'f'.repeat(16)}`);
  });

  it('can read the batches again', async () => {
    const file = await openArrowFile(path);
    for (const _ of [1, 2]) {
      let rows = 0;
      for await (const batch of file.batches()) rows += batch.rows;
      expect(rows).toBe(5);
    }
    await file.close();
  });

  it.each([
    ['cut short', (bytes: Buffer) => bytes.subarray(0, bytes.length - 100)],
    ['empty', () => Buffer.alloc(0)],
    ['something else', () => Buffer.from('patient_id,postcode\n1,AB1 2CD\n')],
  ])('refuses a file that is %s', async (_, spoil) => {
    const spoilt = join(scratch, 'spoilt.arrow');
    await writeFile(spoilt, spoil(await readFile(path)));
    await expect(openArrowFile(spoilt)).rejects.toMatchObject({ reason: 'not-arrow', path: spoilt });
  });

  it('reports a missing file', async () => {
    await expect(openArrowFile(join(scratch, 'none'))).rejects.toMatchObject({ reason: 'not-found' });
  });
});
