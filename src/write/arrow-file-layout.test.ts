import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromIPC } from 'apache-arrow';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArrowFileWriter } from './arrow-file-writer.ts';
import { BATCH_ROWS } from './batch-gatherer.ts';
import type { OutputColumn } from './output-column.ts';

let scratch: string;
let files = 0;
const nextPath = () => join(scratch, `${files++}.arrow`);

beforeAll(async () => {
  scratch = await mkdtemp(join(tmpdir(), 'tallystick-layout-'));
});
afterAll(() => rm(scratch, { recursive: true }));

describe('the layout of an Arrow file', () => {
  it('has batches of 64,000 rows and a shorter last one', async () => {
    const path = nextPath();
    const column: OutputColumn = { name: 'n', type: { kind: 'int32' }, nullable: true, metadata: {} };
    const writer = await ArrowFileWriter.open(path, [column], {});
    const rows = 2 * BATCH_ROWS + 11;
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
    expect(await writer.close()).toMatchObject({ rows, nulls: [128] });
    const table = tableFromIPC(await readFile(path));
    expect(table.batches.map(({ numRows }) => numRows)).toEqual([64_000, 64_000, 11]);
    const read = table.getChild('n')!;
    for (let row = 0; row < rows; row++) {
      const expected = row % 1000 === 999 ? null : row;
      if (read.get(row) !== expected) expect.fail(`row ${row}`);
    }
  });

  it('takes one byte per row for up to 128 categories, two for up to 32,768, else four', async () => {
    for (const [size, type] of [
      [0, 'Int8'],
      [128, 'Int8'],
      [129, 'Int16'],
      [32_768, 'Int16'],
      [32_769, 'Int32'],
    ] as const) {
      const values = Array.from({ length: size }, (_, i) => String(i));
      const column: OutputColumn = {
        name: 'c',
        type: { kind: 'dictionary', values },
        nullable: true,
        metadata: {},
      };
      const path = nextPath();
      const writer = await ArrowFileWriter.open(path, [column], {});
      const last = Uint16Array.of(Math.max(0, size - 1));
      writer.append({ rows: 1, columns: [{ values: last, validity: size > 0 ? null : Uint8Array.of(0) }] });
      await writer.close();
      const table = tableFromIPC(await readFile(path));
      expect(`${table.schema.fields[0]!.type}`).toBe(`Dictionary<${type}, Utf8>`);
      expect(table.getChild('c')!.get(0)).toBe(size > 0 ? String(size - 1) : null);
    }
  });
});
