import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ExtractFile, type ExtractFileOptions } from './extract-file.ts';
import { Random } from './random.ts';

let directory: string;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'synth-file-'));
});
afterAll(() => rm(directory, { recursive: true }));

async function writeNumbers(count: number, options: ExtractFileOptions) {
  const file = await ExtractFile.open(directory, 'some/numbers.csv', 'number', options);
  for (let i = 0; i < count; i++) {
    const row = file.buffer;
    row.startRow();
    row.integer(i);
    row.endRow();
    if (file.isFull) await file.flush();
  }
  return file.close();
}

describe('ExtractFile', () => {
  const count = 300_000; // two chunks
  const lines = Array.from({ length: count }, (_, nth) => String(nth));

  it('writes a header and every row, and reports rows and bytes', async () => {
    const written = await writeNumbers(count, {});
    const text = await readFile(join(directory, 'some/numbers.csv'), 'utf8');
    expect(text).toBe(`number\n${lines.join('\n')}\n`);
    expect(written).toEqual({ path: 'some/numbers.csv', rows: count, bytes: text.length });
  });

  it('compresses to the same bytes each time, and leaves no uncompressed copy', async () => {
    const written = await writeNumbers(count, { gzip: true });
    const first = await readFile(join(directory, 'some/numbers.csv.gz'));
    await writeNumbers(count, { gzip: true });
    const second = await readFile(join(directory, 'some/numbers.csv.gz'));
    expect(await readdir(join(directory, 'some'))).toEqual(['numbers.csv.gz']);
    expect(first.equals(second)).toBe(true);
    expect(first.subarray(4, 8)).toEqual(Buffer.alloc(4)); // no time of modification
    expect(gunzipSync(first).toString()).toBe(`number\n${lines.join('\n')}\n`);
    expect(written.bytes).toBe(first.length);
  });

  it('shuffles rows without losing any, the header first', async () => {
    await writeNumbers(count, { shuffle: new Random(1, 'shuffle') });
    const [header, ...rows] = (await readFile(join(directory, 'some/numbers.csv'), 'utf8'))
      .trimEnd()
      .split('\n');
    expect(header).toBe('number');
    expect(rows.slice(0, 100)).not.toEqual(lines.slice(0, 100));
    expect(rows.toSorted((a, b) => Number(a) - Number(b)).join('\n')).toBe(lines.join('\n'));
  });

  it('reports a directory it cannot write to', async () => {
    await expect(ExtractFile.open('/dev/null', 'x.csv', 'x')).rejects.toThrow();
  });
});
