import { createHash } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { ArrowFileWriter } from '../write/arrow-file-writer.ts';
import type { OutputColumn } from '../write/output-column.ts';
import { rewriteTable } from './rewrite-table.ts';

const folder = mkdtempSync(join(tmpdir(), 'tallystick-rewrite-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A row: whose it is, and what all its other columns are made of; null for nulls. */
interface TestRow {
  readonly person: number;
  readonly value: number | null;
}
const hashOf = (number: number) => createHash('md5').update(String(number)).digest();
const textOf = (number: number) => `text ${number}`;

/** Writes rows in the order of pseudonyms, with a column of every kind. */
async function write(path: string, rows: readonly TestRow[]): Promise<void> {
  const used = new Set(rows.flatMap(({ value }) => (value === null ? [] : [value])));
  const values = [...used].sort((a, b) => a - b).map(textOf);
  const column = (name: string, type: OutputColumn['type']): OutputColumn => ({
    name,
    type,
    nullable: name !== 'person',
    metadata: { role: name },
  });
  const writer = await ArrowFileWriter.open(
    path,
    [
      column('person', { kind: 'hex-token' }),
      ...(['int8', 'int16', 'int32', 'int64', 'float64', 'bool', 'date32', 'timestamp-us'] as const).map(
        (kind) => column(kind, { kind }),
      ),
      column('dictionary', { kind: 'dictionary', values }),
      column('record', { kind: 'hex-token' }),
    ],
    { run: 'a run' },
  );
  const numbers = rows.map(({ value }) => value ?? 77);
  const bits = new Uint8Array(Math.ceil(rows.length / 8));
  for (const [row, { value }] of rows.entries()) if (value !== null) bits[row >> 3]! |= 1 << (row & 7);
  const half = (of: readonly number[], at: number) =>
    new Uint8Array(Buffer.concat(of.map((number) => hashOf(number).subarray(at, at + 8))));
  const halves = (of: readonly number[]) => [half(of, 0), half(of, 8)] as const;
  writer.append({
    rows: rows.length,
    columns: [
      { values: halves(rows.map(({ person }) => person)), validity: null },
      ...[Int8Array.from(numbers), Int16Array.from(numbers), Int32Array.from(numbers)].map((one) => ({
        values: one,
        validity: bits,
      })),
      { values: BigInt64Array.from(numbers, BigInt), validity: bits },
      { values: Float64Array.from(numbers, (number) => number / 3), validity: bits },
      { values: Uint8Array.from(numbers, (number) => number & 1), validity: bits },
      { values: Int32Array.from(numbers), validity: bits },
      { values: BigInt64Array.from(numbers, BigInt), validity: bits },
      {
        values: Int32Array.from(rows, ({ value }) => (value === null ? 0 : values.indexOf(textOf(value)))),
        validity: bits,
      },
      { values: halves(numbers), validity: bits },
    ],
  });
  await writer.close();
}

it('a table without a person has the bytes of one in which the person never was', async () => {
  let tried = 0;
  const row = fc.record({ person: fc.nat(4), value: fc.option(fc.nat(9), { freq: 4 }) });
  await fc.assert(
    fc.asyncProperty(fc.array(row, { maxLength: 40 }), fc.nat(5), async (unsorted, who) => {
      tried += 1;
      const [before, after, never] = ['before', 'after', 'never'].map((name) =>
        join(folder, `${name}-${tried}.arrow`),
      ) as [string, string, string];
      const rows = [...unsorted].sort((a, b) => hashOf(a.person).compare(hashOf(b.person)));
      await write(before, rows);
      await write(
        never,
        rows.filter(({ person }) => person !== who),
      );
      const { erased } = await rewriteTable(before, after, new Set([hashOf(who).toString('hex')]));
      expect(erased).toBe(rows.filter(({ person }) => person === who).length);
      expect(readFileSync(after).equals(readFileSync(never))).toBe(true);
    }),
    { numRuns: 60 },
  );
}, 60_000);
