/** What the row reader reads of a file is what the plain reader reads, and what the engine does where both meet as many records. */
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import iconv from 'iconv-lite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { refused, TallystickError } from '../../domain/problem.ts';
import { ColumnScanner } from '../../kernel/column-scanner.ts';
import type { FileFormat } from '../../pipeline/file-format.ts';
import type { ColumnSpec } from '../../pipeline/pipeline.ts';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import type { InputFile } from './find-files.ts';
import { LineEnds } from './line-ends.ts';
import { structureFault } from './locate-faults.ts';
import { PlainReader } from './plain-reader.ts';
import { VECTOR_ROWS } from './row-vector.ts';
import { EngineReading } from './test-rig/engine-reading.ts';
import { inputFileAt } from './test-rig/input-file.ts';
import { BAD_QUOTE, BAD_QUOTE_IN_LINE, fileText, NAMES, RAGGED, ROW, utf8 } from './test-rig/nasty-file.ts';
import { BLOCKS, FORMAT, readRows, TextReader } from './test-rig/read-rows.ts';

/**
 * Minutes that the comparison with the engine goes on, over files of new seeds; see README.md. Without it, it has a fixed number of files.
 */
const MINUTES = Number(process.env['TALLYSTICK_FUZZ_MINUTES'] ?? 0);

let folder: BenchFolder;
let engine: EngineReading;
let scanner: ColumnScanner;
beforeAll(async () => {
  folder = BenchFolder.make();
  engine = await EngineReading.open(folder.path);
  scanner = new ColumnScanner();
});
afterAll(() => {
  engine.close();
  folder.remove();
});

const fileOf = (bytes: Buffer, compression: InputFile['compression'] = 'none') =>
  inputFileAt(folder.put('nasty', bytes), compression);

interface Read {
  readonly rows: number;
  readonly unparsed: number;
  /** key and code of each row that can be parsed */
  readonly cells: readonly (readonly string[])[];
}

/** Key and code, in the order in which no file has them; and how many rows were read column by column. */
async function read(
  file: InputFile,
  blockBytes: number,
  format: FileFormat = FORMAT,
): Promise<Read & { readonly rowsOfBlocks: number }> {
  const code = new TextReader('code');
  const key = new TextReader('key');
  const { rows, unparsed, seen } = await readRows(scanner, file, {
    readers: [code, key],
    names: NAMES,
    blockBytes,
    shown: (row, fault) => (fault === 0 ? [key.texts[row]!, code.texts[row]!] : ['a fault', 'of no row']),
    format,
    read: ['key', 'code'],
  });
  return { rows, unparsed, cells: seen, rowsOfBlocks: key.rowsOfBlocks };
}

/** Byte by byte, without blocks and without the kernel; or the message with which a file of such line ends is refused. */
function plainly(text: Buffer): Read | string {
  const ends = new LineEnds();
  const reader = new PlainReader(0x2c, 0x22, ends);
  const marked = text.subarray(0, 3).equals(utf8('\ufeff')) ? text.subarray(3) : text;
  const all = [...reader.read(marked), ...reader.end()];
  const records = all.slice(1);
  const indexes = ['key', 'code'].map((name, index) => ({ column: { name } as ColumnSpec, index }));
  const problem = ends.problem('nasty', all.find(({ badQuote }) => badQuote)?.line ?? null);
  if (problem !== null) return refused(problem).message;
  const parsed = records.filter(
    (record) => structureFault(record, { names: NAMES, undeclared: [] }, indexes) === null,
  );
  return {
    rows: records.length,
    unparsed: records.length - parsed.length,
    cells: parsed.map((record) => [0, 1].map((index) => record.field(index)!.toString('utf8'))),
  };
}

/** A reading, or the message of its refusal. */
async function readOrRefused(file: InputFile, blockBytes: number) {
  try {
    return await read(file, blockBytes);
  } catch (fault) {
    if (fault instanceof TallystickError && fault.exitCode === 1) return fault.message;
    throw fault;
  }
}

/** Returns how many rows were read column by column. */
async function expectSame(text: Buffer, blocks = BLOCKS): Promise<number> {
  const file = fileOf(text);
  const expected = plainly(text);
  let fast = 0;
  for (const block of blocks) {
    const met = await readOrRefused(file, block);
    if (typeof met === 'string') expect(met).toBe(expected);
    else {
      const { rowsOfBlocks, ...others } = met;
      expect(others).toEqual(expected);
      fast += rowsOfBlocks;
    }
  }
  return fast;
}

describe('the row reader reads what the plain reader reads, at every size of a block', () => {
  it.each([
    ['of rows that can be parsed', ROW, 1, 30],
    ['with ragged rows, empty lines and bytes of no encoding', RAGGED, 2, 100],
    ['with faulty quotes', BAD_QUOTE, 1, 100],
    ['with every fault', fc.oneof(RAGGED, BAD_QUOTE), 6, 100],
  ])('in files %s', async (_, others, weight, numRuns) => {
    let fast = 0;
    const property = fc.asyncProperty(fileText(others, weight), async (text) => {
      fast += await expectSame(text);
    });
    await fc.assert(property, { numRuns });
    expect(fast).toBeGreaterThan(100);
  });

  it('where a quote, a quoted line end or a line end is at the border of a block', async () => {
    const block = 4096;
    let fast = 0;
    for (let before = -4; before <= 2; before += 1) {
      for (const what of ['"a"', '"a""b"', '"\n"', '"\r\n"', '"a"b', '\n', ' "a"', '"a\n,b"', 'é', '"é"']) {
        const row = `k,${'y'.repeat(90)},n\n`;
        const start = block + before - 16;
        const filler = `key,code,note\n${row.repeat(Math.floor(start / row.length))}`;
        const text = utf8(
          `${filler}${'z'.repeat(block + before - filler.length - 2)},${what},x,1\nlast,"row",n\n`,
        );
        fast += await expectSame(text, [block]);
      }
    }
    expect(fast).toBeGreaterThan(1000);
  });

  it('where a row with a cell too many makes up for one with a cell too few, or for an empty line', async () => {
    for (const rows of ['k1,a\nk2,b,n,n\n', 'k1,b,n,n\nk2,a\n', '\n\n\n', 'k1,a\n\n', '\nk2,a,n,n,\nk3\n']) {
      for (const end of ['\n', '\r\n'])
        await expectSame(utf8(`key,code,note\nk0,x,n\n${rows}k9,y,n\n`.repeat(3).replaceAll('\n', end)));
    }
  });

  it('of more rows than a vector has, and of a block than a vector', async () => {
    const rows = Array.from({ length: 3 * VECTOR_ROWS + 5 }, (_, index) => `k${index},c${index % 7},n\n`);
    expect(await expectSame(utf8(`key,code,note\n${rows.join('')}`))).toBe(3 * rows.length);
    // an empty line in the middle: that block is read record by record
    rows[VECTOR_ROWS] = '\n';
    const met = await read(fileOf(utf8(`key,code,note\n${rows.join('')}`)), 524_288);
    expect([met.rows, met.cells.length, met.rowsOfBlocks]).toEqual([rows.length - 1, rows.length - 1, 0]);
  });

  it('of files without rows, without a line end behind them, and of nothing', async () => {
    for (const text of [
      '',
      'key,code,note',
      'key,code,note\n',
      'key,code,note\r\n\r\n',
      '\ufeffkey,code,note\nk,c,n',
    ])
      await expectSame(utf8(text));
  });

  it('of a file that is packed or in another encoding', async () => {
    const text = `key,code,note\n${'k1,a,n\nk2,Ä,"x\ny"\nk3,c\n'.repeat(300)}`;
    const { cells } = plainly(utf8(text)) as Read;
    expect((await read(fileOf(gzipSync(text), 'gzip'), 4096)).cells).toEqual(cells);
    for (const encoding of ['windows-1252', 'latin-1', 'utf-16'] as const) {
      const name = encoding === 'latin-1' ? 'iso-8859-1' : encoding;
      const file = fileOf(iconv.encode(text, name, { addBOM: encoding === 'utf-16' }));
      expect((await read(file, 4096, { ...FORMAT, encoding })).cells).toEqual(cells);
    }
  });

  it('with another delimiter and quote', async () => {
    const text = utf8(`key;code;note\n${"k1;'a;''b';n\nk,2;'\n';n\n".repeat(300)}`);
    const { cells, rowsOfBlocks } = await read(fileOf(text), 4096, { ...FORMAT, delimiter: ';', quote: "'" });
    expect(cells).toEqual(
      Array.from(
        { length: 600 },
        (_, index) =>
          [
            ['k1', "a;'b"],
            ['k,2', '\n'],
          ][index % 2],
      ),
    );
    expect(rowsOfBlocks).toBe(600);
  });
});

describe('line ends', () => {
  const refusalOf = async (text: string) => {
    const met = await readOrRefused(fileOf(utf8(text)), 4096);
    return typeof met === 'string' ? met : null;
  };

  it.each([
    ['key,code,note\r\nk,c,n\nk,c,n\r\n', 'line ends of different kinds: 1 LF, 2 CRLF'],
    ['key,code,note\nk,c,n\r\n', 'line ends of different kinds: 1 LF, 1 CRLF'],
    ['key,code,note\nk,c\rk,c,n\n', '1 carriage return outside quotes that no line feed follows'],
    ['key,code,note\rk,c,n\rk,c,n\r', 'carriage returns outside quotes that no line feed follows'],
  ])('of different kinds stop the run: %j', async (text, message) => {
    expect(await refusalOf(text)).toContain(message);
  });

  it.each([
    'key,code,note\n"k\r\n","\r",n\n',
    'key,code,note\r\n"k\n","\r",n\r\n',
    'key,code,note\r\n"k" ,"\n" ,n \r\n\r\n',
    'key,code,note\r\nk,"x"y,n\r\nk,c,n\r\n',
    'key,code,note\r\nk,c\r\nk,"x\r\n',
  ])('of one kind do not, whatever is within quotes or faulty: %j', async (text) => {
    expect(await refusalOf(text)).toBe(null);
  });
});

it('an aborted signal stops the reading, with its reason', async () => {
  const file = fileOf(utf8(`key,code,note\n${'k,c,n\n'.repeat(5000)}`));
  const abort = new AbortController();
  const reason = new Error('stopped by the test');
  const reading = readRows(scanner, file, {
    readers: [new TextReader('key')],
    names: NAMES,
    blockBytes: 4096,
    shown: () => abort.abort(reason),
    signal: abort.signal,
  });
  await expect(reading).rejects.toBe(reason);
});

describe('the row reader and the engine', () => {
  /** Files of one seed after the other, until the time is up. */
  async function fuzz(
    others: fc.Arbitrary<string>,
    weight: number,
    compare: (text: Buffer) => Promise<boolean>,
  ) {
    const end = Date.now() + MINUTES * 60_000;
    let compared = 0;
    do {
      const property = fc.asyncProperty(fileText(others, weight), async (text) => {
        if (await compare(text)) compared += 1;
      });
      await fc.assert(property, { numRuns: 60 });
    } while (Date.now() < end);
    return compared;
  }
  const timeout = 60_000 * (MINUTES + 2);

  it('read the same cells of a file without faulty quotes, and put as many rows aside', {
    timeout,
  }, async () => {
    const compared = await fuzz(RAGGED, 2, async (text) => {
      const file = fileOf(text);
      const expected = await engine.read(file);
      if (expected === null) return false; // the engine refuses the file: there are no rows to compare
      for (const block of BLOCKS) {
        const { cells, unparsed } = await read(file, block);
        expect({ cells, unparsed }).toEqual(expected);
      }
      return true;
    });
    expect(compared).toBeGreaterThan(15);
  });

  it('read the same cells of a file with faulty quotes, where they meet as many rows', {
    timeout,
  }, async () => {
    const compared = await fuzz(BAD_QUOTE_IN_LINE, 1, async (text) => {
      const file = fileOf(text);
      const expected = await engine.read(file);
      const met = await readOrRefused(file, 16_384);
      if (typeof met === 'string') return false;
      const { cells, unparsed } = met;
      if (expected === null || expected.unparsed !== unparsed || expected.cells.length !== cells.length)
        return false;
      expect(cells).toEqual(expected.cells);
      return true;
    });
    expect(compared).toBeGreaterThan(5);
  });
});
