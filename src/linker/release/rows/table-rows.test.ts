/** A table's file: its rows against a plain sort, and its bytes, however little memory there is. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { linkColumns } from '../../../domain/added-column.ts';
import { LADDERS } from '../../../domain/match-rank.ts';
import type { ReleaseRule } from '../../../domain/release-rule.ts';
import type { Role } from '../../../domain/role.ts';
import type { ColumnSpec } from '../../../pipeline/pipeline.ts';
import { Turns } from '../../../program/turns.ts';
import { readRows } from '../../../run/test-rig/read-rows.ts';
import { planColumn } from '../../de-identify/plan-column.ts';
import { ALONE } from '../../opt-outs/held-code.ts';
import { countRows, fileOutputs, type PartReader, sortRanges } from './divide-rows.ts';
import { NOBODYS, type Owners } from './owners.ts';
import { personRanges } from './person-ranges.ts';
import { RangeMemory } from './range-memory.ts';
import { NO_VALUE } from './ranks.ts';
import { Rooms } from './rooms.ts';
import { bytesOfRow } from './row-layout.ts';
import { keepOwners } from './row-owners.ts';
import { sharedInts } from './shared-arrays.ts';
import { TableRows } from './table-rows.ts';
import { tableInMemory } from './test-rig/rows-in-memory.ts';
import { TokenIndex } from './token-index.ts';
import { writeRows } from './write-rows.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-rows-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const spec = (name: string, role: Role): ColumnSpec => ({
  ...{ name, role, format: '', map: {}, system: null, references: null, provider: null },
  ...{ codeShape: null, missing: [], flag: null, description: '' },
});
const keep: ReleaseRule = { rule: 'keep' };
const COLUMNS = (
  [
    ['id', 'record-id', keep],
    ['ward', 'category', { rule: 'truncate', length: 1 }],
    ['seen', 'date', { rule: 'month' }],
    ['left', 'timestamp', keep],
    ['beds', 'integer', keep],
    ['weight', 'decimal', keep],
  ] as const
).map(([name, role, rule]) => planColumn(spec(name, role), rule, { source: 'acute', name: 'stays' }));
const LINKS = linkColumns(LADDERS['two-step'], true);
const PERSONS = 5;
/** Subject s is person s % 6; the sixth is not released. */
const SUBJECTS = 12;
/** The second reason of the order holds it and one other, whom another reason holds too. */
const HELD_ALONE = 5;

/** Subjects by their numbers, or records by their tokens; behind those with a person are two orphans. */
function owners(by: 'subject' | 'parent'): Owners {
  const all = SUBJECTS + 2;
  const of = (say: (subject: number) => number) => Int32Array.from({ length: all }, (_, index) => say(index));
  const isReleased = (index: number) => index < SUBJECTS && index % 6 < PERSONS;
  return {
    index: by === 'subject' ? null : indexOf(SUBJECTS),
    persons: of((index) => (isReleased(index) ? index % 6 : -1)),
    reasons: Int8Array.from(
      of((index) =>
        isReleased(index) ? 0 : index < SUBJECTS ? (index === HELD_ALONE ? 2 + ALONE : 2) : NOBODYS,
      ),
    ),
    links: [
      { ranks: of((index) => (index < 6 ? 1 : 8)), values: { kind: 'itself' } },
      {
        ranks: of((index) => (index % 3 === 0 ? NO_VALUE : index % 2)),
        values: { kind: 'words', words: new Uint32Array(Float64Array.of(1.25, 2.5).buffer) },
      },
    ],
  };
}

function indexOf(records: number): TokenIndex {
  const tokens = new Uint32Array(
    BigUint64Array.from({ length: records }, (_, token) => BigInt(token)).buffer,
  );
  const index = new TokenIndex(records);
  for (let row = 0; row < records; row += 1) index.add(tokens, tokens, row);
  return index;
}

/** Released ids are the stored ones, so that their order can be seen. */
const hasher = { hashPairs: (first: Uint8Array, second: Uint8Array) => ({ first, second }) };

const pseudonyms = new Uint8Array(
  Buffer.from(Array.from({ length: PERSONS }, (_, index) => String(index).repeat(32)).join('')),
);

const missing = <T>(value: fc.Arbitrary<T>) => fc.option(value, { freq: 4 });
const row = fc.record({
  subject: missing(fc.bigInt({ min: 0n, max: 13n })),
  id: missing(fc.bigInt({ min: 0n, max: 4n })),
  ward: missing(fc.constantFrom('north', 'nord', 'south', 'x', 'é')),
  seen: missing(fc.integer({ min: 20_000, max: 20_100 })),
  left: missing(fc.bigInt({ min: -2n, max: 2n }).map((second) => second * 1_000_000n)),
  beds: missing(fc.constantFrom(-(2n ** 63n), -1n, 0n, 3n, 2n ** 63n - 1n)),
  weight: missing(fc.constantFrom(-1.5, 0, 0.25, 1e300)),
});

type Row = typeof row extends fc.Arbitrary<infer R> ? R : never;

/** Parts are read by one after another of these, as threads do: each reads one part at a time. */
function readerOf(all: readonly PartReader[]): PartReader {
  const turns = all.map(() => new Turns(1));
  let asked = 0;
  const next = <T>(read: (reader: PartReader) => Promise<T>): Promise<T> => {
    const index = asked % all.length;
    asked += 1;
    return turns[index]!.take(() => read(all[index]!));
  };
  return {
    count: (...of) => next((reader) => reader.count(...of)),
    sort: (...of) => next((reader) => reader.sort(...of)),
  };
}

/** How the work is divided. */
interface Division {
  readonly batchRows: number;
  readonly memory: number;
  readonly isKept: boolean;
  readonly partRows: number;
  readonly rooms: number;
}

const WHOLE: Division = { batchRows: 1000, memory: 2 ** 30, isKept: true, partRows: 1000, rooms: 1 };

async function write(
  rows: readonly Row[],
  { batchRows, memory, isKept, partRows, rooms }: Division,
  by: 'subject' | 'parent' = 'subject',
) {
  const stored = tableInMemory(
    [
      ...(by === 'subject'
        ? [
            {
              name: 'subject',
              type: 'integer' as const,
              values: rows.map(({ subject }) => numberOf(subject)),
            },
          ]
        : ['parent_a', 'parent_b'].map((name) => ({
            ...{ name, type: 'bigint' as const, values: rows.map(({ subject }) => subject) },
          }))),
      { name: 'record_a', type: 'bigint', values: rows.map(({ id }) => id) },
      { name: 'record_b', type: 'bigint', values: rows.map(({ id }) => id) },
      { name: 'ward', type: 'text', values: rows.map(({ ward }) => ward) },
      { name: 'seen', type: 'date', values: rows.map(({ seen }) => seen) },
      { name: 'left', type: 'timestamp', values: rows.map(({ left }) => left) },
      { name: 'beds', type: 'bigint', values: rows.map(({ beds }) => beds) },
      { name: 'weight', type: 'double', values: rows.map(({ weight }) => weight) },
    ],
    batchRows,
  );
  const release = {
    table: { parent: by === 'subject' ? null : 'wards', links: LINKS },
    columns: COLUMNS,
    date: 'seen',
  };
  const input = {
    release,
    table: stored,
    owners: owners(by),
    kept: isKept ? keepOwners(stored) : null,
    excluded: [],
    checked: [],
    hasher,
    rowsOf: sharedInts(PERSONS),
    seen: null,
    memory: new RangeMemory(),
  };
  const reader = readerOf(
    Array.from({ length: rooms }, () => new TableRows({ ...input, memory: new RangeMemory() })),
  );
  const noWait = () => Promise.resolve();
  const counted = await countRows(input, reader, partRows, noWait);
  const ranges = personRanges(counted.rowsOf, Math.floor(memory / bytesOfRow(release)));
  const path = join(folder, 'stays.arrow');
  rmSync(path, { force: true });
  const sorted = sortRanges(release, counted, ranges, reader, new Rooms(rooms), noWait);
  await writeRows(fileOutputs(release, counted, pseudonyms), new Map(), path, sorted, noWait);
  return { counted, ranges: ranges.length, bytes: readFileSync(path), rows: await readRows(path) };
}

test('the bytes are the same for any size of batches and of memory, and any order of the source', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(row, { minLength: 20, maxLength: 60 }), async (rows) => {
      const whole = await write(rows, WHOLE);
      const parts = await write(rows.toReversed(), {
        batchRows: 7,
        memory: 500,
        isKept: false,
        partRows: 10,
        rooms: 3,
      });
      const alone = await write(
        rows.toSorted((a, b) => Number(a.left) - Number(b.left)),
        { batchRows: 16, memory: 1, isKept: true, partRows: 1, rooms: 2 },
      );
      expect(whole.ranges).toBe(1);
      expect(parts.ranges).toBeGreaterThan(1);
      expect(alone.ranges).toBeGreaterThanOrEqual(parts.ranges);
      expect(parts.bytes.equals(whole.bytes)).toBe(true);
      expect(alone.bytes.equals(whole.bytes)).toBe(true);
      expect(parts.counted).toEqual(whole.counted);
    }),
    { numRuns: 15 },
  );
});

const numberOf = (subject: bigint | null) => (subject === null ? null : Number(subject));

test.each(['subject', 'parent'] as const)(
  'by their %s, rows are those of released persons, in the order of what is released of them',
  async (by) => {
    await fc.assert(
      fc.asyncProperty(fc.array(row, { maxLength: 120 }), async (rows) => {
        const { rows: released, counted } = await write(rows, { ...WHOLE, batchRows: 50, partRows: 60 }, by);
        const isReleased = ({ subject }: Row) => subject !== null && subject < 12n && Number(subject) % 6 < 5;
        const rowsOf = (isMeant: (subject: number) => boolean) =>
          rows.filter(({ subject }) => subject !== null && isMeant(Number(subject))).length;
        const { held, alone, ...others } = counted.leftOut;
        expect(held).toEqual(
          held.map((_, index) => (index === 1 ? rowsOf((one) => one < 12 && one % 6 === 5) : 0)),
        );
        expect(alone).toEqual(
          held.map((_, index) => (index === 1 ? rowsOf((one) => one === HELD_ALONE) : 0)),
        );
        expect(others).toEqual({
          sensitive: 0,
          unknown: rows.filter(({ subject }) => subject === null).length,
          orphaned: rowsOf((one) => one >= 12),
        });
        expect(released.length).toBe(rows.filter(isReleased).length);
        const keys = [
          'person',
          'seen',
          'id',
          'ward',
          'left',
          'beds',
          'weight',
          'match_rank',
          'linkage_weight',
        ];
        const values = released.map((one) => keys.map((key) => one[key] ?? null));
        const sorted = values.toSorted((a, b) => {
          const differing = a.findIndex((value, key) => value !== b[key]);
          if (differing < 0) return 0;
          if (a[differing] === null) return 1;
          return b[differing] === null || a[differing]! < b[differing]! ? -1 : 1;
        });
        expect(values).toEqual(sorted);
      }),
      { numRuns: 25 },
    );
  },
);
