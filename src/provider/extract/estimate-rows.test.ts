import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, it } from 'vitest';
import { estimateRows } from './estimate-rows.ts';
import type { InputFile } from './find-files.ts';

const folder = mkdtempSync(join(tmpdir(), 'tallystick-estimate-'));
afterAll(() => rmSync(folder, { recursive: true }));

const ROWS = 100_000;
const text = Array.from({ length: ROWS }, (_, row) => `${1_000_000 + row},${(row * 7919) % 9973},F\n`).join(
  '',
);

function inputFile(name: string, bytes: Buffer, compression: InputFile['compression']): InputFile {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return {
    path,
    shownAs: name,
    bytes: bytes.length,
    modified: 0,
    compression,
    expect: { rows: null, sha256: null },
  };
}

describe('how many rows files seem to hold', () => {
  const plain = inputFile('a.csv', Buffer.from(text), 'none');

  it('is right within a few per cent, from the beginning of a file', () => {
    expect(estimateRows([plain])! / ROWS).toBeCloseTo(1, 1);
    expect(estimateRows([inputFile('a.csv.gz', gzipSync(text), 'gzip')])! / ROWS).toBeCloseTo(1, 1);
  });

  it('adds up over files', () => {
    expect(estimateRows([plain, plain])! / ROWS).toBeCloseTo(2, 1);
    expect(estimateRows([])).toBe(0);
  });

  it('is not known for zstd, or for a file that cannot be read', () => {
    expect(estimateRows([plain, { ...plain, compression: 'zstd' }])).toBeNull();
    expect(estimateRows([{ ...plain, path: join(folder, 'none') }])).toBeNull();
    expect(estimateRows([inputFile('b.csv.gz', Buffer.from('not gzip'), 'gzip')])).toBeNull();
  });
});
