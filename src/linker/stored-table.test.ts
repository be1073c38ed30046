import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import type { DuckDbEngine } from '../engine/duckdb/engine.ts';
import { openSmallEngine } from '../engine/duckdb/test-rig/small-engine.ts';
import type { PartColumn } from '../store/part-columns.ts';
import { PartReader } from '../store/part-reader.ts';
import { PartWriter } from '../store/part-writer.ts';
import { OpenParts } from './open-parts.ts';
import { StoredSubjects } from './stored-subjects.ts';
import { StoredTable } from './stored-table.ts';

let folder: string;
let parts: OpenParts;
let engine: DuckDbEngine;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-stored-'));
  parts = new OpenParts();
  engine = await openSmallEngine();
});
afterEach(() => {
  engine.close();
  parts.close();
  rmSync(folder, { recursive: true });
});

const COLUMNS: readonly PartColumn[] = [
  { name: 'at', type: 'int32' },
  { name: 'word', type: 'text' },
];

/** A part whose dictionary has the words in the order in which they are met. */
async function putPart(
  name: string,
  words: readonly (string | null)[],
  {
    first = 0,
    columns = COLUMNS,
  }: { readonly first?: number; readonly columns?: readonly PartColumn[] } = {},
): Promise<string> {
  const path = join(folder, name);
  const texts = [...new Set(words.filter((word) => word !== null))];
  const writer = await PartWriter.open(path, columns, { batchRows: 3 });
  const validity = new Uint8Array(Math.ceil(words.length / 8) + 8);
  for (const [row, word] of words.entries()) if (word !== null) validity[row >> 3]! |= 1 << (row & 7);
  writer.append({
    rows: words.length,
    columns: [
      { values: Int32Array.from(words, (_, row) => first + row), validity: null },
      { values: Int32Array.from(words, (word) => Math.max(0, texts.indexOf(word!))), validity },
    ],
  });
  await writer.close(new Map([[columns[1]!.name, texts]]));
  return path;
}

function register(paths: readonly string[]): void {
  engine.registerTables([new StoredTable('words', paths, parts)]);
}

const wordsBy = async (order: string) =>
  (
    await engine.query(
      `SELECT CAST(w.word AS VARCHAR) AS word FROM read_store('words') AS w ORDER BY ${order}`,
      'reading',
    )
  ).map(({ word }) => word);

it('is its parts, one below the other, with one dictionary', async () => {
  const a = ['b', 'a', null, 'b', 'z'];
  const b = [null, 'c', 'a', 'b'];
  register([await putPart('a.arrow', a), await putPart('b.arrow', b, { first: 5 })]);
  expect(await wordsBy('w.at')).toEqual([...a, ...b]);
  expect(await wordsBy('w.word NULLS LAST, w.at')).toEqual(['a', 'a', 'b', 'b', 'b', 'c', 'z', null, null]);
});

it('has its texts in the order of their bytes, and each row its own, whatever they are', async () => {
  const word = fc.option(fc.string({ unit: 'binary', maxLength: 4 }).filter((text) => !text.includes('\0')));
  let run = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.array(word, { maxLength: 9 }), { minLength: 1, maxLength: 3 }),
      async (all) => {
        run += 1;
        const own = await openSmallEngine();
        const paths = await Promise.all(
          all.map((words, at) => putPart(`${run}-${at}.arrow`, words, { first: 10 * at })),
        );
        own.registerTables([new StoredTable('words', paths, parts)]);
        const read = (order: string) =>
          own.query(
            `SELECT CAST(w.word AS VARCHAR) AS word FROM read_store('words') AS w ORDER BY ${order}`,
            'reading',
          );
        const words = all.flat();
        expect((await read('w.at')).map((row) => row['word'])).toEqual(words);
        const sorted = words
          .filter((one) => one !== null)
          .sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
        expect((await read('w.word NULLS LAST')).map((row) => row['word']).slice(0, sorted.length)).toEqual(
          sorted,
        );
        own.close();
      },
    ),
    { numRuns: 25 },
  );
});

it('with a column in one part only is refused', async () => {
  const columns: readonly PartColumn[] = [COLUMNS[0]!, { name: 'term', type: 'text' }];
  register([await putPart('a.arrow', ['a']), await putPart('b.arrow', ['a'], { columns })]);
  await expect(wordsBy('w.at')).rejects.toMatchObject({
    exitCode: 1,
    message: expect.stringContaining('b.arrow: has other columns than the first part of words'),
  });
});

it('with the number of a subject that its source does not have is refused, unless the row has none', async () => {
  const columns: readonly PartColumn[] = [
    { name: 'subject', type: 'int32' },
    { name: 'word', type: 'text' },
  ];
  const stored = (path: string, subjects: number) => new StoredTable('rows', [path], parts, subjects);
  const path = await putPart('a.arrow', ['a', 'b', 'c', 'd', 'e'], { columns });
  expect([0, 1].map((batch) => stored(path, 5).read(batch, 0).values)).toEqual([
    Int32Array.of(0, 1, 2),
    Int32Array.of(3, 4),
  ]);
  const refusal = /a\.arrow: is damaged: a row has the number of a subject that its source does not have/;
  expect(() => stored(path, 4).read(1, 0)).toThrow(refusal);
  expect(() => stored(path, 0).read(0, 0)).toThrow(refusal);
  const negative = await putPart('b.arrow', ['a'], { columns, first: -1 });
  expect(() => stored(negative, 5).read(0, 0)).toThrow('b.arrow: is damaged');
  const writer = await PartWriter.open(join(folder, 'c.arrow'), columns.slice(0, 1));
  writer.append({ rows: 1, columns: [{ values: Int32Array.of(9), validity: Uint8Array.of(0) }] });
  await writer.close(new Map());
  expect(stored(join(folder, 'c.arrow'), 0).read(0, 0).validity).toEqual(Uint8Array.of(0));
});

it('of subjects has the number of each, in whatever batches they are', async () => {
  const words = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];
  const path = await putPart('a.arrow', words, { first: 100 });
  engine.registerTables([new StoredSubjects('gp', path, words.length, parts)]);
  const read = await engine.query(
    "SELECT s.subject::INTEGER AS subject, s.at::INTEGER AS at FROM read_store('subjects of gp') AS s ORDER BY s.at",
    'reading',
  );
  expect(read).toEqual(words.map((_, subject) => ({ subject, at: 100 + subject })));
});

it('of subjects that are more or fewer than the store says is refused', async () => {
  const path = await putPart('a.arrow', ['a', 'b', 'c']);
  for (const subjects of [2, 4]) {
    expect(() => new StoredSubjects('gp', path, subjects, parts).columns).toThrow(
      `a.arrow: is damaged: it has 3 subjects, and its store says ${subjects}`,
    );
  }
});

it('of more parts than may be open at once is read whole, twice at the same time', async () => {
  const paths: string[] = [];
  for (let at = 0; at < 80; at += 1) paths.push(await putPart(`${at}.arrow`, [`w${at % 7}`], { first: at }));
  register(paths);
  const [row] = await engine.query(
    "SELECT count(*)::INTEGER AS n FROM read_store('words') AS a JOIN read_store('words') AS b ON a.at = b.at AND a.word = b.word",
    'reading',
  );
  expect(row).toEqual({ n: 80 });
});

it('keeps few parts open, those that were asked for last, and closes all of them', async () => {
  const paths: string[] = [];
  for (let at = 0; at < 40; at += 1) paths.push(await putPart(`${at}.arrow`, ['a']));
  const closed = vi.spyOn(PartReader.prototype, 'close');
  const readers = paths.map((path) => parts.reader(path));
  expect(closed).toHaveBeenCalledTimes(8);
  expect(closed.mock.contexts).toEqual(readers.slice(0, 8));
  expect(parts.reader(paths[8]!)).toBe(readers[8]);
  expect(parts.reader(paths[0]!)).not.toBe(readers[0]);
  expect(closed.mock.contexts.at(-1)).toBe(readers[9]);
  parts.close();
  expect(closed).toHaveBeenCalledTimes(41);
  closed.mockRestore();
});

it('keeps no more parts open than it may', async () => {
  const paths = [
    await putPart('a.arrow', ['a']),
    await putPart('b.arrow', ['b']),
    await putPart('c.arrow', ['c']),
  ];
  const few = new OpenParts(2);
  const closed = vi.spyOn(PartReader.prototype, 'close');
  const readers = paths.map((path) => few.reader(path));
  expect(closed.mock.contexts).toEqual(readers.slice(0, 1));
  few.close();
  closed.mockRestore();
});
