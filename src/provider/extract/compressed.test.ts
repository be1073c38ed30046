import { createHash, randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { type FlatSource, flatPipeline, NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';
import { zstdFrames } from './zstd-frames.ts';

const [a, b] = NHS_NUMBERS;
const HEAD = `nhs,ward\n${a},x\n`;
const TAIL = `${b},y\n`;
/** HEAD and TAIL as `zstd -c` writes them: a frame each, with its checksum. */
const ZSTD_HEAD = Buffer.from(
  '28b52ffd0458b100006e68732c776172640a393939303534383630392c780a162fb63f',
  'hex',
);
const ZSTD_TAIL = Buffer.from('28b52ffd0458690000393939303030303031382c790abae382b3', 'hex');

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
});
afterEach(() => folder.remove());

async function wards(files: string, content: Buffer, source: FlatSource = {}) {
  folder.put(files, content);
  const published = await folder.publish(flatPipeline({ ...source, files }));
  return (await published.rows('stays')).map((row) => row['ward']).sort();
}

async function refusal(files: string, content: Buffer, source: FlatSource = {}): Promise<string> {
  folder.put(files, content);
  return folder.refusal(flatPipeline({ quarantine: '100%', ...source, files }));
}

describe('gzip', () => {
  it('is read, in one member or in several', async () => {
    expect(await wards('stays.csv.gz', gzipSync(HEAD + TAIL))).toEqual(['x', 'y']);
    const members = Buffer.concat([gzipSync(HEAD.slice(0, 12)), gzipSync(HEAD.slice(12)), gzipSync(TAIL)]);
    expect(await wards('stays.csv.gz', members)).toEqual(['x', 'y']);
  });

  it('is turned into utf-8 behind the unpacking', async () => {
    const content = gzipSync(Buffer.from(`${HEAD}${b},\x80\n`, 'latin1'));
    expect(await wards('stays.csv.gz', content, { format: { encoding: 'windows-1252' } })).toEqual([
      'x',
      '€',
    ]);
  });

  it('may be padded with zeros', async () => {
    const padded = Buffer.concat([gzipSync(HEAD + TAIL), Buffer.alloc(512)]);
    expect(await wards('stays.csv.gz', padded)).toEqual(['x', 'y']);
  });

  it('that ends in mid-row is refused like any other file', async () => {
    const message = await refusal('stays.csv.gz', gzipSync(`${HEAD}${b}`));
    expect(message).toMatch(/^exit 1: stays\.csv\.gz:3: the file ends in mid-row/);
  });

  it('that holds nothing is refused', async () => {
    expect(await refusal('stays.csv.gz', gzipSync(''))).toMatch(
      /^exit 1: stays\.csv\.gz:1: has no header line/,
    );
  });

  it('is refused when it is no gzip file, or goes on with something else', async () => {
    const refused = /^exit 1: stays\.csv\.gz: is not a whole gzip file\n/;
    expect(await refusal('stays.csv.gz', Buffer.from(HEAD))).toMatch(refused);
    expect(await refusal('stays.csv.gz', Buffer.concat([gzipSync(HEAD), Buffer.from(TAIL)]))).toMatch(
      refused,
    );
  });

  /** Larger than what is unpacked for the header, so that only a look at the whole file can find the damage. */
  const rows = Array.from({ length: 60_000 }, () => `${a},x,${randomBytes(15).toString('base64')}\n`).join(
    '',
  );
  const whole = gzipSync(`nhs,ward,note\n${rows}`, { level: 1 });
  const flipped = (byte: number) => {
    const copy = Buffer.from(whole);
    copy[byte]! ^= 0x55;
    return copy;
  };
  it.each<[string, Buffer]>([
    ['its second half is missing', whole.subarray(0, whole.length >> 1)],
    ['a piece of its checksum is missing', whole.subarray(0, -6)],
    ['its checksum is another', flipped(whole.length - 8)],
    ['a byte in the middle is another', flipped(whole.length >> 1)],
    ['something follows the zeros behind it', Buffer.concat([whole, Buffer.alloc(8), gzipSync('x')])],
  ])('is refused when %s', async (_, content) => {
    expect(await refusal('stays.csv.gz', content)).toMatch(
      /^exit 1: stays\.csv\.gz: is not a whole gzip file\n/,
    );
  });
});

describe('zstd', () => {
  it('is read, in one frame or in several', async () => {
    expect(await wards('stays.csv.zst', ZSTD_HEAD)).toEqual(['x']);
    expect(await wards('stays.csv.zst', Buffer.concat([ZSTD_HEAD, ZSTD_TAIL]))).toEqual(['x', 'y']);
  });

  it('is turned into utf-8 behind the unpacking', async () => {
    const content = Buffer.concat([ZSTD_HEAD, ZSTD_TAIL]);
    expect(await wards('stays.csv.zst', content, { format: { encoding: 'windows-1252' } })).toEqual([
      'x',
      'y',
    ]);
  });

  it.each<[string, Buffer]>([
    ['it is cut short', ZSTD_HEAD.subarray(0, -6)],
    ['its checksum is cut short', ZSTD_HEAD.subarray(0, -1)],
    ['its second frame is cut short', Buffer.concat([ZSTD_HEAD, ZSTD_TAIL.subarray(0, 7)])],
    ['it is no zstd file', Buffer.from(HEAD)],
    ['it goes on with something else', Buffer.concat([ZSTD_HEAD, Buffer.from(TAIL)])],
  ])('is refused when %s', async (_, content) => {
    expect(await refusal('stays.csv.zst', content)).toMatch(
      /^exit 1: stays\.csv\.zst: is not a whole zstd file\n/,
    );
  });

  const notWhole = /^exit 1: stays\.csv\.zst: is not a whole zstd file\n/;
  it.each([
    ['a byte of its text', 20],
    ['a byte of its checksum', ZSTD_HEAD.length - 1],
  ])('is refused when %s is another: its checksum shows it', async (_, byte) => {
    const content = Buffer.from(ZSTD_HEAD);
    content[byte]! ^= 0x02;
    expect(await refusal('stays.csv.zst', content)).toMatch(notWhole);
    expect(await refusal('stays.csv.zst', Buffer.concat([content, ZSTD_TAIL]))).toMatch(notWhole);
  });

  it('is checked in every frame that has a checksum, and read where a frame has none', async () => {
    const tail = Buffer.from(ZSTD_TAIL);
    tail[tail.length - 1]! ^= 0x02;
    expect(await refusal('stays.csv.zst', Buffer.concat([ZSTD_HEAD, tail]))).toMatch(notWhole);
    const unchecked = Buffer.from(ZSTD_TAIL.subarray(0, -4));
    unchecked[4]! &= ~0x04; // the flag of the checksum
    const skippable = Buffer.from('502a4d1803000000616263', 'hex');
    const whole = Buffer.concat([skippable, ZSTD_HEAD, skippable, unchecked, skippable]);
    expect(await wards('stays.csv.zst', whole)).toEqual(['x', 'y']);
  });

  it('finds the end of frames, and of skippable ones', () => {
    const skippable = Buffer.concat([Buffer.from('502a4d1803000000', 'hex'), Buffer.from('abc')]);
    const isWhole = (...pieces: Buffer[]) => zstdFrames(folder.put('x.zst', Buffer.concat(pieces))) !== null;
    expect(isWhole(ZSTD_HEAD)).toBe(true);
    expect(isWhole(skippable, ZSTD_HEAD, skippable)).toBe(true);
    expect(isWhole(ZSTD_HEAD, skippable.subarray(0, -1))).toBe(false);
    expect(isWhole()).toBe(false);
    for (let bytes = 1; bytes < ZSTD_HEAD.length; bytes += 1) {
      expect(isWhole(ZSTD_HEAD.subarray(0, bytes)), `${bytes} bytes`).toBe(false);
    }
  });
});

describe('what a file is expected to be', () => {
  const content = Buffer.from(HEAD + TAIL);
  const sha256 = createHash('sha256').update(content).digest('hex');
  const expecting = (expect: object) => ({ files: { path: 'stays.csv', expect } });

  it('is published when it is that', async () => {
    folder.put('stays.csv', content);
    const published = await folder.publish(flatPipeline(expecting({ rows: 2, sha256 })));
    expect(JSON.parse(published.text('operator/receipts.json')).inputs).toEqual([
      { source: 'acute', table: 'stays', file: 'stays.csv', bytes: content.length, sha256, rows: 2 },
    ]);
  });

  it('is refused when it has other rows, and faulty ones count', async () => {
    folder.put('stays.csv', content);
    expect(await folder.refusal(flatPipeline(expecting({ rows: 3 })))).toBe(
      'exit 1: stays.csv: has 2 rows; 3 were expected',
    );
    folder.put('stays.csv', `${HEAD}${b}\n${b},y\n`);
    const lenient = flatPipeline({ ...expecting({ rows: 3 }), quarantine: '50%' });
    expect((await folder.publish(lenient)).quarantine).toEqual(['stays.csv,3,,too few columns']);
  });

  it('is refused when it has other bytes', async () => {
    folder.put('stays.csv', Buffer.from(`${HEAD}${b},z\n`));
    expect(await folder.refusal(flatPipeline(expecting({ sha256 })))).toMatch(
      /^exit 1: stays\.csv: is not the file that was expected: its SHA-256 differs\n/,
    );
  });
});
