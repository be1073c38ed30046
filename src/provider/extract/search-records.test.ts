/** What the search reads of a file is what the plain reader reads, and what the engine does where both meet as many records. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { trimBlanks } from '../../domain/standardised-text.ts';
import type { ColumnSpec } from '../../pipeline/pipeline.ts';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import type { InputFile } from './find-files.ts';
import { structureFault } from './locate-faults.ts';
import { PlainReader } from './plain-reader.ts';
import { MAX_RECORD_BYTES, type ScannedRecord } from './scanned-record.ts';
import { RecordSearch } from './search-records.ts';
import { EngineReading } from './test-rig/engine-reading.ts';
import { inputFileAt } from './test-rig/input-file.ts';
import { BAD_QUOTE, BAD_QUOTE_IN_LINE, fileText, NAMES, RAGGED, ROW, utf8 } from './test-rig/nasty-file.ts';
import { BLOCKS, FORMAT } from './test-rig/read-rows.ts';

const HEADER = { names: NAMES, undeclared: [] };
/** `note` is not read: what is not UTF-8 there is no fault. */
const READ = ['key', 'code'].map((name, index) => ({ column: { name } as ColumnSpec, index }));

let folder: BenchFolder;
let engine: EngineReading;
beforeAll(async () => {
  folder = BenchFolder.make();
  engine = await EngineReading.open(folder.path);
});
afterAll(() => {
  engine.close();
  folder.remove();
});

const fileOf = (bytes: Buffer, compression: InputFile['compression'] = 'none') =>
  inputFileAt(folder.put('nasty', bytes), compression);

/** What is compared of a reading. */
interface Reading {
  readonly rows: number;
  readonly unparsed: readonly number[];
  readonly found: readonly (readonly [line: number, ...cells: string[]])[];
}

const shown = (record: ScannedRecord): [number, ...string[]] => [
  record.line,
  ...record.fields.slice(0, NAMES.length).map((field) => field.toString('latin1')),
];

const isAny = () => true;
/** Enough to find some and pass over others, of both columns. */
const isSome = (cell: string) => cell.length % 3 === 1;

async function searched(
  file: InputFile,
  blockBytes: number,
  isSought: (cell: string) => boolean,
  format = FORMAT,
): Promise<Reading> {
  const columns = ['key', 'code'].map((name) => ({ name, isSought }));
  const search = new RecordSearch(columns, null, blockBytes);
  const found: [number, ...string[]][] = [];
  const lines: number[] = [];
  const visitor = {
    found: (record: ScannedRecord) => void found.push(shown(record)),
    unparsed: (record: ScannedRecord) => void lines.push(record.line),
  };
  const { rows, unparsed } = await search.search(
    file,
    format,
    HEADER,
    READ,
    visitor,
    new AbortController().signal,
  );
  search.close();
  expect(unparsed).toBe(lines.length);
  return { rows, unparsed: lines, found };
}

/** Byte by byte, without blocks and without the kernel. */
function plainly(text: Buffer, isSought: (cell: string) => boolean): Reading {
  const reader = new PlainReader(0x2c, 0x22);
  const marked = text.subarray(0, 3).equals(Buffer.from('\ufeff')) ? text.subarray(3) : text;
  const [, ...records] = [...reader.read(marked), ...reader.end()];
  const isFaulty = (record: ScannedRecord) => structureFault(record, HEADER, READ) !== null;
  const parsed = records.filter((record) => !isFaulty(record));
  return {
    rows: records.length,
    unparsed: records.filter(isFaulty).map(({ line }) => line),
    found: parsed
      .filter(({ fields }) => fields.slice(0, 2).some((field) => isSought(field.toString('utf8'))))
      .map(shown),
  };
}

async function expectSame(text: Buffer): Promise<void> {
  const file = fileOf(text);
  for (const isSought of [isAny, isSome]) {
    const expected = plainly(text, isSought);
    for (const block of BLOCKS) expect(await searched(file, block, isSought)).toEqual(expected);
  }
}

describe('a search finds what the plain reader reads, at every size of a block', () => {
  it.each([
    ['of rows that can be parsed', ROW, 1],
    ['with ragged rows, empty lines and bytes of no encoding', RAGGED, 2],
    ['with faulty quotes', BAD_QUOTE, 1],
    ['with every fault', fc.oneof(RAGGED, BAD_QUOTE), 6],
  ])('in files %s', async (_, others, weight) => {
    await fc.assert(fc.asyncProperty(fileText(others, weight), expectSame), { numRuns: 30 });
  });

  it('where a quote, a quoted line end or a line end is at the border of a block', async () => {
    for (const block of BLOCKS) {
      // the largest takes a tenth of a second each
      for (const before of block > 16_384 ? [0] : [-3, -2, -1, 0, 1]) {
        for (const what of ['"a"', '"a"\r\n', '"a""b"', '"\n"', '"a"b', '\r\n', ' "a"', '"a\n,b"']) {
          const row = `k,${'y'.repeat(90)},n\n`;
          const start = block + before - 16;
          const filler = `key,code,note\n${row.repeat(Math.floor(start / row.length))}`;
          const text = `${filler}${'z'.repeat(block + before - filler.length - 2)},x,${what},1\nlast,"row",n\n`;
          const file = fileOf(utf8(text));
          expect(await searched(file, block, isSome)).toEqual(plainly(utf8(text), isSome));
        }
      }
    }
  });

  it('where a cell has four mebibytes: a row that is longer than the engine reads cannot be parsed', async () => {
    for (const length of [MAX_RECORD_BYTES - 10, MAX_RECORD_BYTES]) {
      for (const cell of ['x'.repeat(length), `"${'x\n'.repeat(length / 2)}"`]) {
        const text = utf8(`key,code,note\nk1,a,n\nk2,b,${cell}\nk3,c,n\n`);
        const isSought = (one: string) => one.startsWith('k');
        const expected = plainly(text, isSought);
        expect(expected.unparsed).toEqual(length === MAX_RECORD_BYTES ? [3] : []);
        expect(await searched(fileOf(text), length === MAX_RECORD_BYTES ? 524_288 : 4096, isSought)).toEqual(
          expected,
        );
      }
    }
  });

  it('where a row with a cell too many makes up for one with a cell too few, or for an empty line', async () => {
    for (const rows of [
      'k1,a\nk2,b,n,n\n',
      'k1,b,n,n\nk2,a\n',
      '\n\n\n',
      'k1,a\n\n',
      '\nk2,a,n,n,\nk3\n',
      'k1\nk2,n\nk3,a,n,n,n,\n',
    ]) {
      for (const end of ['\n', '\r\n']) {
        const text = `key,code,note\nk0,x,n\n${rows}k9,y,n\n`.repeat(3).replaceAll('\n', end);
        await expectSame(utf8(text));
      }
    }
  });

  it('of a file that is packed or in another encoding', async () => {
    const text = `key,code,note\n${'k1,a,n\nk2,Ä,"x\ny"\nk3,c\n'.repeat(300)}`;
    const expected = plainly(utf8(text), isSome);
    expect(await searched(fileOf(gzipSync(text), 'gzip'), 4096, isSome)).toEqual(expected);
    for (const encoding of ['windows-1252', 'latin-1', 'utf-16'] as const) {
      const name = encoding === 'latin-1' ? 'iso-8859-1' : encoding;
      const file = fileOf(iconv.encode(text, name, { addBOM: encoding === 'utf-16' }));
      expect(await searched(file, 4096, isSome, { ...FORMAT, encoding })).toEqual(expected);
    }
  });
});

it('a search for keys finds their rows and no others, blanks around them or not', async () => {
  const keys = new Set(['k1', 'k3', 'k7', 'é', 'x'.repeat(70), 'say "k"']);
  const isSought = (cell: string) => keys.has(trimBlanks(cell));
  const written = fc.constantFrom(
    'k1',
    ' k1',
    'k1\u00a0',
    '"k3"',
    '" k3 "',
    'k2',
    'k10',
    'K1',
    'é',
    'ké',
    '',
  );
  const rare = fc.constantFrom('x'.repeat(70), 'x'.repeat(71), '"say ""k"""', '\tk7', 'k7\0');
  const row = fc
    .oneof({ weight: 9, arbitrary: written }, { weight: 1, arbitrary: rare })
    .map((key) => `${key},k1,n`);
  let found = 0;
  await fc.assert(
    fc.asyncProperty(fileText(fc.oneof(row, RAGGED), 100), async (text) => {
      const file = fileOf(text);
      const parsed = plainly(text, () => true).found.filter(([, key]) =>
        isSought(Buffer.from(key!, 'latin1').toString('utf8')),
      );
      for (const block of BLOCKS) {
        const lines: [number, ...string[]][] = [];
        const visitor = { found: (one: ScannedRecord) => void lines.push(shown(one)), unparsed: () => {} };
        const search = new RecordSearch([{ name: 'key', isSought }], keys, block);
        await search.search(file, FORMAT, HEADER, READ, visitor, new AbortController().signal);
        search.close();
        expect(lines).toEqual(parsed);
      }
      found += parsed.length;
    }),
    { numRuns: 40 },
  );
  expect(found).toBeGreaterThan(30);
});

describe('a search and the engine', () => {
  it('read the same cells of a file without faulty quotes, and put as many rows aside', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fileText(RAGGED, 2), async (text) => {
        const file = fileOf(text);
        const engineRead = await engine.read(file);
        if (engineRead === null) return; // it refuses the file, and the run stops
        compared += 1;
        for (const block of BLOCKS) {
          const { found, unparsed } = await searched(file, block, isAny);
          const cells = found.map(([, key, code]) => [key, code]);
          const expected = engineRead.cells.map((row) => row.map((cell) => utf8(cell).toString('latin1')));
          expect({ cells, unparsed: unparsed.length }).toEqual({
            cells: expected,
            unparsed: engineRead.unparsed,
          });
        }
      }),
      { numRuns: 50 },
    );
    expect(compared).toBeGreaterThan(30);
  });

  it('read the same cells of a file with faulty quotes, where they meet as many rows', async () => {
    let compared = 0;
    await fc.assert(
      fc.asyncProperty(fileText(BAD_QUOTE_IN_LINE, 1), async (text) => {
        const file = fileOf(text);
        const engineRead = await engine.read(file);
        const { found, unparsed } = await searched(file, 16_384, isAny);
        if (engineRead === null || engineRead.unparsed !== unparsed.length) return;
        if (engineRead.cells.length !== found.length) return;
        compared += 1;
        const expected = engineRead.cells.map((row) => row.map((cell) => utf8(cell).toString('latin1')));
        expect(found.map(([, key, code]) => [key, code])).toEqual(expected);
      }),
      { numRuns: 50 },
    );
    expect(compared).toBeGreaterThan(10);
  });
});

it('a rule is asked once a distinct cell, whatever the number of blocks and files', async () => {
  const asked: string[] = [];
  const isSought = (cell: string) => {
    asked.push(cell);
    return false;
  };
  const search = new RecordSearch([{ name: 'code', isSought }], null, 4096);
  const nothing = { found: () => {}, unparsed: () => {} };
  for (const _ of [1, 2]) {
    const file = fileOf(utf8(`key,code,note\n${'k,a,n\nk,"b",n\n'.repeat(3000)}`));
    expect(await search.search(file, FORMAT, HEADER, READ, nothing, new AbortController().signal)).toEqual({
      rows: 6000,
      unparsed: 0,
    });
  }
  search.close();
  expect(asked.toSorted()).toEqual(['a', 'b', 'code']);
});
