import { access, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArrowFileWriter } from './arrow-file-writer.ts';
import type { ChunkColumn, OutputColumn } from './output-column.ts';

let scratch: string;
let files = 0;
const nextPath = () => join(scratch, `${files++}.arrow`);

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'tallystick-refusals-'));
});
afterAll(() => rm(scratch, { recursive: true }));

describe('a chunk that does not fit', () => {
  const TABLE = new Uint8Array(8);
  const refusals: [string, OutputColumn['type'], ChunkColumn['values'], Uint8Array | null, RegExp][] = [
    ['the wrong array', { kind: 'int32' }, new Float64Array(2), null, /expects Int32Array/],
    ['too few values', { kind: 'int32' }, new Int32Array(1), null, /fewer values than rows/],
    ['too short a bitmap', { kind: 'int32' }, new Int32Array(2), new Uint8Array(0), /bitmap is shorter/],
    ['a null where none may be', { kind: 'int32' }, new Int32Array(2), Uint8Array.of(1), /has a null/],
    ['an unknown code', { kind: 'dictionary', values: ['a'] }, Uint8Array.of(0, 1), null, /outside the dict/],
    [
      'a negative code',
      { kind: 'dictionary', values: ['a'] },
      Int32Array.of(0, -1),
      null,
      /outside the dict/,
    ],
    ['text for codes', { kind: 'dictionary', values: ['a'] }, new Float64Array(2), null, /array of integers/],
    [
      'an ordinal',
      { kind: 'fixed-text', width: 8, table: TABLE },
      Int32Array.of(0, 1),
      null,
      /outside the table/,
    ],
    ['half a token', { kind: 'hex-token' }, new BigInt64Array(2), null, /expects two arrays/],
    ['a short half', { kind: 'hex-token' }, [new Uint8Array(16), new Uint8Array(15)], null, /fewer values/],
    ['bytes for a bool', { kind: 'bool' }, new Int32Array(2), null, /expects Uint8Array/],
  ];
  it.each(refusals)('is refused: %s', async (_, type, values, validity, message) => {
    const path = nextPath();
    const writer = await ArrowFileWriter.open(path, [{ name: 'c', type, nullable: false, metadata: {} }], {});
    const append = () => writer.append({ rows: 2, columns: [{ values, validity }] });
    expect(append).toThrow(message);
    expect(append).toThrow(expect.objectContaining({ name: 'WriteError', reason: 'bad-data', path }));
    await writer.abort();
    await expect(access(path)).rejects.toThrow('ENOENT');
  });

  it('is refused: another number of columns', async () => {
    const writer = await ArrowFileWriter.open(nextPath(), [], {});
    expect(() => writer.append({ rows: 1, columns: [{ values: new Int8Array(1), validity: null }] })).toThrow(
      '1 columns instead of 0',
    );
    await writer.abort();
  });
});

describe('opening', () => {
  const int: OutputColumn = { name: 'n', type: { kind: 'int8' }, nullable: false, metadata: {} };

  it('does not overwrite a file', async () => {
    const path = nextPath();
    await writeFile(path, 'mine');
    await expect(ArrowFileWriter.open(path, [int], {})).rejects.toMatchObject({ reason: 'already-there' });
    expect(await readFile(path, 'utf8')).toBe('mine');
  });

  it('refuses two columns of one name', async () => {
    await expect(ArrowFileWriter.open(nextPath(), [int, int], {})).rejects.toThrow('two columns are named n');
  });

  it('refuses a dictionary that holds a value twice', async () => {
    const twice: OutputColumn = { ...int, type: { kind: 'dictionary', values: ['a', 'a'] } };
    await expect(ArrowFileWriter.open(nextPath(), [twice], {})).rejects.toThrow('a value twice');
  });

  it('leaves nothing after an abort, nor after a second one', async () => {
    const path = nextPath();
    const writer = await ArrowFileWriter.open(path, [int], {}, { batchRows: 4 });
    writer.append({ rows: 9, columns: [{ values: new Int8Array(9), validity: null }] });
    await writer.abort();
    await writer.abort();
    await expect(access(path)).rejects.toThrow('ENOENT');
  });
});
