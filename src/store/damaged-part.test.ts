import {
  closeSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tableFromArrays, tableToIPC } from 'apache-arrow';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { TallystickError } from '../domain/problem.ts';
import { ArrowFileWriter } from '../write/arrow-file-writer.ts';
import { PartReader } from './part-reader.ts';
import { PartWriter } from './part-writer.ts';
import { anyRow, COLUMNS, chunkOf, DICTIONARIES, type Row, rowsIn } from './test-rig/part-rows.ts';

let scratch: string;
let whole: Buffer;
let rows: readonly Row[];
const pathOf = (name: string) => join(scratch, name);

beforeAll(async () => {
  scratch = mkdtempSync(join(tmpdir(), 'tallystick-damaged-'));
  const writer = await PartWriter.open(pathOf('whole.arrow'), COLUMNS, { batchRows: 10 });
  rows = fc.sample(anyRow, { numRuns: 23, seed: 7 });
  writer.append(chunkOf(rows, 0));
  await writer.close(DICTIONARIES);
  whole = readFileSync(pathOf('whole.arrow'));
});
afterAll(() => rmSync(scratch, { recursive: true }));

/** The rows of `damaged.arrow`, or the error at them. Any other error than one for people fails the test. */
function readDamaged(): readonly Row[] | TallystickError {
  let part: PartReader | null = null;
  try {
    part = PartReader.open(pathOf('damaged.arrow'));
    return rowsIn(part);
  } catch (fault) {
    if (fault instanceof TallystickError) return fault;
    throw fault;
  } finally {
    part?.close();
  }
}

/** The same for a file with these bytes. */
function readAll(bytes: Uint8Array): readonly Row[] | TallystickError {
  writeFileSync(pathOf('damaged.arrow'), bytes);
  return readDamaged();
}

const REFUSED = expect.objectContaining({
  exitCode: 1,
  message: expect.stringMatching(/damaged\.arrow: is damaged: it .*\n {4}fetch the store again/),
});

describe('a damaged part', () => {
  it('is refused wherever it is cut', () => {
    writeFileSync(pathOf('damaged.arrow'), whole);
    for (let bytes = whole.length - 1; bytes >= 0; bytes--) {
      truncateSync(pathOf('damaged.arrow'), bytes);
      expect(readDamaged(), `cut at byte ${bytes}`).toEqual(REFUSED);
    }
  });

  it('is refused without its beginning, with bytes behind its end, and with bytes between', () => {
    expect(readAll(whole.subarray(8))).toEqual(REFUSED);
    expect(readAll(Buffer.concat([whole, Buffer.alloc(8)]))).toEqual(REFUSED);
    // the footer is behind the added bytes: what it says is wrong for everything behind them
    expect(readAll(Buffer.concat([whole.subarray(0, 8), Buffer.alloc(8), whole.subarray(8)]))).toEqual(
      REFUSED,
    );
  });

  it('is refused, or has as many rows as before, whatever byte is changed', () => {
    writeFileSync(pathOf('damaged.arrow'), whole);
    const descriptor = openSync(pathOf('damaged.arrow'), 'r+');
    let refused = 0;
    for (let offset = 0; offset < whole.length; offset++) {
      writeSync(descriptor, Uint8Array.of(whole[offset]! ^ [0x01, 0x80, 0xff][offset % 3]!), 0, 1, offset);
      const read = readDamaged();
      writeSync(descriptor, whole, offset, 1, offset);
      if (Array.isArray(read)) expect(read.length, `byte ${offset}`).toBe(rows.length);
      else {
        expect(read, `byte ${offset}`).toEqual(REFUSED);
        refused += 1;
      }
    }
    closeSync(descriptor);
    expect(readDamaged()).toEqual(rows);
    expect(refused).toBeGreaterThan(whole.length / 10);
  });

  it('is refused with a code that has no text, and with other nulls than it says', () => {
    const word = COLUMNS.findIndex(({ name }) => name === 'word');
    const words = rows.slice(0, 10).map((row) => row[word]!);
    const codes = Int32Array.from(words, (text) =>
      text === null ? 0 : DICTIONARIES.get('word')!.indexOf(text as string),
    );
    const offset = whole.indexOf(Buffer.from(codes.buffer));
    // the bitmap is the buffer before the codes, padded to 8 bytes
    for (const [byte, value, message] of [
      [offset + 4 * words.findIndex((text) => text !== null), 5, 'a code without a text'],
      [offset - 8, 0, 'another number of nulls than it says'],
    ] as const) {
      const changed = Buffer.from(whole);
      changed[byte] = value;
      expect(readAll(changed)).toEqual(
        expect.objectContaining({ message: expect.stringContaining(message) }),
      );
    }
  });

  it('is refused with texts that are no UTF-8, or twice the same', () => {
    const offset = whole.indexOf('surgical');
    for (const [text, message] of [
      ['\xffurgical', 'a dictionary that cannot be read'],
      ['\xbfurgical', 'a dictionary that cannot be read'],
    ] as const) {
      const changed = Buffer.from(whole);
      changed.write(text, offset, 'latin1');
      expect(readAll(changed)).toEqual(
        expect.objectContaining({ message: expect.stringContaining(message) }),
      );
    }
    const letters = Buffer.from(whole);
    letters.write('aa', whole.lastIndexOf('ab'), 'latin1');
    expect(readAll(letters)).toEqual(
      expect.objectContaining({ message: expect.stringContaining('a dictionary with a text twice') }),
    );
  });
});

describe('what is no part', () => {
  it('is refused: another Arrow file', async () => {
    const writer = await ArrowFileWriter.open(
      pathOf('released.arrow'),
      [{ name: 'id', type: { kind: 'hex-token' }, nullable: true, metadata: {} }],
      {},
    );
    await writer.close();
    expect(readAll(readFileSync(pathOf('released.arrow')))).toEqual(REFUSED);
    expect(readAll(tableToIPC(tableFromArrays({ n: Int32Array.of(1) }), 'stream'))).toEqual(REFUSED);
  });

  it('is refused: a text file, a folder, and a file that is not there', () => {
    expect(readAll(Buffer.from('ARROW1\0\0'))).toEqual(REFUSED);
    expect(readAll(Buffer.from('key,seen,code\nk1,2026-03-01,44054006\n'))).toEqual(REFUSED);
    mkdirSync(pathOf('folder'));
    expect(() => PartReader.open(pathOf('folder'))).toThrow('is a folder, and not a plain file');
    expect(() => PartReader.open(pathOf('gone'))).toThrow(expect.objectContaining({ reason: 'not-found' }));
  });
});
