import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { PartColumn } from '../../store/part-columns.ts';
import { PartWriter } from '../../store/part-writer.ts';
import { type Row, valuesOf } from '../../store/test-rig/part-rows.ts';
import { SubjectNumbers } from '../tokenise/subject-numbers.ts';
import { type RowIdentity, type SharedRows, type StoredPart, sharedRows } from './shared-rows.ts';

let scratch: string;
let parts = 0;
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'tallystick-shared-'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

const COLUMNS: readonly PartColumn[] = [
  { name: 'record_a', type: 'int64' },
  { name: 'record_b', type: 'int64' },
  { name: 'flag', type: 'text' },
  { name: 'level', type: 'int32' },
  { name: 'score', type: 'float64' },
  { name: 'seen', type: 'date' },
  { name: 'is_new', type: 'bool' },
  { name: 'count', type: 'int64' },
];
const BY_EVERYTHING: RowIdentity = {
  who: ['record_a', 'record_b'],
  what: ['flag', 'level', 'score', 'seen', 'is_new', 'count'],
  isCertain: false,
  subjects: new SubjectNumbers('none'), // these rows name records
};
const ANY_SHARE = { warn: null, stop: 0 };

/** Writes rows as a part. Each file numbers its texts in the order in which it meets them. */
async function store(rows: readonly Row[], batchRows = 7): Promise<StoredPart> {
  const part = join(scratch, `${parts++}.arrow`);
  const flags = [...new Set(rows.map((row) => row[2]!).filter((flag) => flag !== null))] as string[];
  const writer = await PartWriter.open(part, COLUMNS, { batchRows });
  writer.append({
    rows: rows.length,
    columns: COLUMNS.map((column, index) =>
      valuesOf(
        column,
        rows.map((row) => row[index]!),
        flags,
      ),
    ),
  });
  await writer.close(new Map([['flag', flags]]));
  return { part, rows: rows.length };
}

/** What is shared, with no sampling, no hash and no file. All rows that have a first half count. */
function sharedPlainly(files: readonly (readonly Row[])[], isCertain: boolean) {
  const counts = files.map((rows) => {
    const own = new Map<string, number>();
    for (const row of rows.filter(([first]) => first !== null)) {
      const text = row.map((value) => `${typeof value} ${value}`).join('|');
      own.set(text, (own.get(text) ?? 0) + 1);
    }
    return own;
  });
  return counts.flatMap((own, lookedIn) =>
    counts.flatMap((other, foundIn) => {
      if (lookedIn === foundIn) return [];
      const both = [...own].filter(([row]) => other.has(row));
      const sampled = sum([...own.values()]);
      const as = sum(both.filter(([row, times]) => other.get(row) === times).map(([, times]) => times));
      const isWhole = files[lookedIn]!.length === files[foundIn]!.length && as === sampled;
      const found =
        isCertain || isWhole
          ? sum(both.map(([, times]) => times))
          : both.filter(([row, times]) => times === 1 && other.get(row) === 1).length;
      return found === 0 ? [] : [{ lookedIn, foundIn, sampled, found }];
    }),
  );
}

const sum = (values: readonly number[]) => values.reduce((total, value) => total + value, 0);
const plain = (shared: readonly SharedRows[]) =>
  shared
    .map(({ severity: _, ...one }) => one)
    .toSorted((a, b) => a.lookedIn - b.lookedIn || a.foundIn - b.foundIn);

const orNull = <T>(values: fc.Arbitrary<T>) => fc.option(values, { freq: 5 });
const anyRow: fc.Arbitrary<Row> = fc.tuple<(number | bigint | string | null)[]>(
  orNull(fc.constantFrom(1n, -2n, 2n ** 40n, 2n ** 40n + 1n)),
  fc.constantFrom(1n, 2n),
  orNull(fc.constantFrom('yes', 'no', 'élan', '')),
  fc.constantFrom(0, 1),
  orNull(fc.constantFrom(0, 0.5)),
  fc.constantFrom(0),
  fc.constantFrom(0, 1),
  orNull(fc.constantFrom(0n, 2n ** 32n)),
);

describe('rows that files share', () => {
  it('are those that a plain comparison finds, where alike rows are one record', async () => {
    const someFiles = fc.array(fc.array(anyRow, { maxLength: 40 }), { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(someFiles, async (files) => {
        const stored = await Promise.all(files.map((rows) => store(rows)));
        const identity = { ...BY_EVERYTHING, isCertain: true };
        expect(plain(sharedRows(stored, identity, ANY_SHARE))).toEqual(sharedPlainly(files, true));
      }),
      { numRuns: 60 },
    );
  });

  it('are found where each row is of its own, whatever code a file gives a text', async () => {
    const row = (index: number): Row => [
      BigInt(index) * 0x9e3779b97f4an,
      BigInt(index),
      `flag ${index % 9}`,
      index,
      index / 2,
      index % 7,
      index % 2,
      -BigInt(index),
    ];
    const rows = (from: number, to: number) =>
      Array.from({ length: to - from }, (_, index) => row(from + index));
    const files = [rows(0, 500), rows(100, 700).toReversed(), rows(900, 1000)];
    const stored = await Promise.all(files.map((one) => store(one)));
    const shared = sharedRows(stored, BY_EVERYTHING, ANY_SHARE);
    expect(plain(shared)).toEqual(sharedPlainly(files, false));
    expect(shared).toEqual([
      { lookedIn: 0, foundIn: 1, sampled: 500, found: 400, severity: 'stop' },
      { lookedIn: 1, foundIn: 0, sampled: 600, found: 400, severity: 'stop' },
    ]);
  });

  it.each<[string, number, (value: Row[number]) => Row[number]]>([
    ['the second half of the token', 1, () => 77n],
    ['a text', 2, () => 'other'],
    ['a text that is missing', 2, () => null],
    ['a whole number', 3, (value) => Number(value) + 1],
    ['a decimal', 4, (value) => Number(value) + 0.25],
    ['a day', 5, (value) => Number(value) + 1],
    ['a yes or no', 6, (value) => 1 - Number(value)],
    ['the high half of a number of 8 bytes', 7, (value) => BigInt(value!) + 2n ** 32n],
  ])('are no more those that differ in %s', async (_, column, change) => {
    const rows = Array.from(
      { length: 50 },
      (_, index): Row => [
        BigInt(index + 1) * 2n ** 33n,
        0n,
        'flag',
        index,
        index,
        index,
        index % 2,
        BigInt(index),
      ],
    );
    const changed = rows.map((row) => row.map((value, index) => (index === column ? change(value) : value)));
    const [one, same, other] = await Promise.all([store(rows), store(rows), store(changed)]);
    expect(sharedRows([one, same], BY_EVERYTHING, ANY_SHARE)).toHaveLength(2);
    expect(sharedRows([one, other], BY_EVERYTHING, ANY_SHARE)).toEqual([]);
  });

  it('are found by a sample in large files, also of another size, and in more files than are looked at together', async () => {
    const token = (index: number) => (BigInt(index) * 0x9e3779b97f4a7c15n) % 2n ** 63n;
    const rows = (from: number, to: number) =>
      Array.from(
        { length: to - from },
        (_, index): Row => [token(from + index), 1n, 'flag', from + index, null, 0, 0, 0n],
      );
    const large = await store(rows(0, 40_000), 10_000);
    const other = await store([...rows(50_000, 56_000), ...rows(1000, 7000)], 5000);
    const small = await Promise.all(
      Array.from({ length: 60 }, (_, index) => store(rows(100_000 + index * 10, 100_010 + index * 10))),
    );
    const repeat = await store(rows(100_590, 100_600));
    const shared = sharedRows([large, other, ...small, repeat], BY_EVERYTHING, { warn: null, stop: 0.1 });
    expect(shared.map(({ lookedIn, foundIn }) => [lookedIn, foundIn])).toEqual([
      [61, 62],
      [62, 61],
      [1, 0],
      [0, 1],
    ]);
    const [, , looked, back] = shared;
    expect(looked!.sampled).toBeGreaterThan(1500);
    expect(looked!.sampled).toBeLessThan(4500);
    expect(looked!.found / looked!.sampled).toBeCloseTo(1 / 2, 1);
    expect(back!.found / back!.sampled).toBeCloseTo(6000 / 40_000, 1);
  });

  describe('where nothing is certain', () => {
    const said = (index: number, flag: string, level = 0): Row => [
      BigInt(index + 1) * 2n ** 33n,
      0n,
      flag,
      level,
      null,
      null,
      0,
      null,
    ];
    const rows = (from: number, to: number, row: (index: number) => Row) =>
      Array.from({ length: to - from }, (_, index) => row(from + index));
    const limits = { warn: null, stop: 0.3 };
    const severities = async (...files: (readonly Row[])[]) =>
      sharedRows(await Promise.all(files.map((one) => store(one, 1000))), BY_EVERYTHING, limits).map(
        ({ severity }) => severity,
      );

    it('are a warning where two rows record the same in one of five cases', async () => {
      const meagre = (index: number) => said(index, `flag ${index % 5}`);
      const other = (index: number) => said(index, `other ${index % 5}`);
      expect(
        await severities(rows(0, 400, meagre), [...rows(0, 250, meagre), ...rows(0, 150, other)]),
      ).toEqual(['warn', 'warn']);
    });

    it('are nothing where nine in ten rows record the same', async () => {
      const attended = (month: number) => (index: number) =>
        said(index, (index * 7) % 10 === month ? 'missed' : 'attended');
      expect(await severities(rows(0, 390, attended(1)), rows(60, 400, attended(2)))).toEqual([]);
    });

    it('are nothing where few rows are distinct, and one delivery where each is in both as often', async () => {
      const few = (index: number) => said(index % 5, `flag ${index % 4}`);
      expect(await severities(rows(0, 500, few), rows(0, 450, few))).toEqual([]);
      expect(await severities(rows(0, 500, few), rows(0, 500, few).toReversed())).toEqual(['stop', 'stop']);
    });
  });
});
