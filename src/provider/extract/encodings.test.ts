import { readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { type FlatSource, flatPipeline, NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';

const [a, b] = NHS_NUMBERS;
type Encoding = 'utf-8' | 'windows-1252' | 'latin-1' | 'utf-16';

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
});
afterEach(() => folder.remove());

async function read(content: Buffer, encoding: Encoding, source: FlatSource = {}) {
  folder.put('stays.csv', content);
  const published = await folder.publish(
    flatPipeline({ quarantine: '100%', ...source, format: { encoding } }),
  );
  const rows = await published.rows('stays');
  return { wards: rows.map((row) => row['ward']).sort(), quarantine: published.quarantine };
}

async function refusal(content: Buffer, encoding: Encoding): Promise<string> {
  folder.put('stays.csv', content);
  return folder.refusal(flatPipeline({ quarantine: '100%', format: { encoding } }));
}

const latin1 = (text: string) => Buffer.from(text, 'latin1');
const utf16 = (text: string) => Buffer.from(text, 'utf16le');
const bigEndian = (text: string) => utf16(text).swap16();

describe('a file in its declared encoding', () => {
  const text = `nhs,ward\n${a},café\n${b},y\n`;
  it.each<[string, Encoding, Buffer]>([
    ['utf-8', 'utf-8', Buffer.from(text)],
    ['latin-1', 'latin-1', latin1(text)],
    ['utf-16, little-endian', 'utf-16', utf16(text)],
    ['utf-16, little-endian with a mark', 'utf-16', utf16(`\ufeff${text}`)],
    ['utf-16, big-endian', 'utf-16', bigEndian(text)],
    ['utf-16, big-endian with a mark', 'utf-16', bigEndian(`\ufeff${text}`)],
    ['windows-1252', 'windows-1252', latin1(text)],
  ])('%s', async (_, encoding, content) => {
    expect(await read(content, encoding)).toEqual({ wards: ['café', 'y'], quarantine: [] });
  });

  it('windows-1252 has € and ’ where latin-1 has control characters', async () => {
    const content = latin1(`nhs,ward\n${a},\x80 5\n${b},d\x92Arcy\n`);
    expect((await read(content, 'windows-1252')).wards).toEqual(['d’Arcy', '€ 5']);
  });

  it('utf-16 has characters of two halves, also where a piece of the file ends between them', async () => {
    const long = 'x\u{1f600}'.repeat(400_000); // 2.4 MB: three pieces of 1 MiB
    const text = `nhs,ward,note\n${a},\u{1f600},${long}\n${b},y,${long.slice(1)}\n`;
    expect((await read(utf16(text), 'utf-16')).wards).toEqual(['y', '\u{1f600}']);
    expect((await read(bigEndian(`\ufeff${text}`), 'utf-16')).wards).toEqual(['y', '\u{1f600}']);
  });
});

describe('bytes that the declared encoding does not have', () => {
  it('quarantines the row, where a column that is read holds them', async () => {
    const ward = latin1(`nhs,ward\n${a},caf\xe9\n${b},y\n`);
    expect(await read(ward, 'utf-8')).toEqual({
      wards: ['y'],
      quarantine: ['stays.csv,2,ward,not in the declared encoding'],
    });
    const number = latin1(`nhs,ward\n${b},y\n${a}\xa0,x\n`);
    expect((await read(number, 'utf-8')).quarantine).toEqual([
      'stays.csv,3,nhs,not in the declared encoding',
    ]);
  });

  it('quarantines the row also where the column is further right than there are columns that are read', async () => {
    const rows = (bad: string) => latin1(`a,b,c,nhs,ward\n1,2,3,${a},x\n1,"2\n",3,${b},caf${bad}\n`);
    const expected = { wards: ['x'], quarantine: ['stays.csv,3,ward,not in the declared encoding'] };
    expect(await read(rows('\xe9'), 'utf-8')).toEqual(expected);
    expect(await read(rows('\x81'), 'windows-1252')).toEqual(expected);
  });

  it('passes them over in columns that are not read', async () => {
    const content = latin1(`nhs,ward,note\n${a},x,caf\xe9\n${b},y,\n`);
    expect(await read(content, 'utf-8')).toEqual({ wards: ['x', 'y'], quarantine: [] });
  });

  it('quarantines the five bytes that windows-1252 leaves open', async () => {
    const content = latin1(`nhs,ward,note\n${a},x\x81,\n${b},y,\x8d\n`);
    expect(await read(content, 'windows-1252')).toEqual({
      wards: ['y'],
      quarantine: ['stays.csv,2,ward,not in the declared encoding'],
    });
  });

  it('quarantines half a utf-16 character', async () => {
    const content = utf16(`\ufeffnhs,ward\n${a},\ud83d\n${b},y\n`);
    expect(await read(content, 'utf-16')).toEqual({
      wards: ['y'],
      quarantine: ['stays.csv,2,ward,not in the declared encoding'],
    });
  });

  it.each(['\x80', '\x92', '\x9f'])(
    'refuses windows-1252 that is declared as latin-1, and says so: %j',
    async (byte) => {
      const content = latin1(`nhs,ward\n${a},x\n${b},${byte} 5\n`);
      expect(await refusal(content, 'latin-1')).toMatch(
        /^exit 1: stays\.csv:3: is not in the declared encoding: .*80 to 9F.*\n.*windows-1252/,
      );
    },
  );

  it('refuses it in the second mebibyte of a file, and in a column that is not read', async () => {
    const content = latin1(`nhs,ward,note\n${`${a},x,\xa0\n`.repeat(100_000)}${b},y,\x93\n`);
    expect(await refusal(content, 'latin-1')).toMatch(/^exit 1: stays\.csv:100002: is not in the declared/);
  });
});

describe('another encoding than the declared one', () => {
  const text = `nhs,ward\n${a},café\n${b},y\n`;
  const header =
    /^exit 1: stays\.csv:1:nhs: the declared column is not in the header\n[\s\S]*check the delimiter and the encoding \(declared: (utf-8|utf-16)\)/;
  it('refuses utf-16 that is declared as utf-8, and the reverse: its first bytes show it, or no column has its name', async () => {
    expect(await refusal(utf16(text), 'utf-8')).toMatch(
      /is utf-16 without a byte order mark, and utf-8 is declared\n/,
    );
    expect(await refusal(utf16(`\ufeff${text}`), 'utf-8')).toMatch(/is utf-16, and utf-8 is declared\n/);
    expect(await refusal(Buffer.from(text), 'utf-16')).toMatch(header);
  });

  it('cannot recognise utf-8 that is declared as an eight-bit encoding: every byte is a character there', async () => {
    expect((await read(Buffer.from(text), 'latin-1')).wards).toEqual(['cafÃ©', 'y']);
    expect((await read(Buffer.from(text), 'windows-1252')).wards).toEqual(['cafÃ©', 'y']);
  });
});

describe('a file that is turned into utf-8', () => {
  it.each([
    ['more than a block (64 KiB)', 10_000],
    ['more than 10 MB', 700_000],
  ])('is read whole, %s, and leaves nothing behind', async (_, rows) => {
    const line = `${a},\x80\n`;
    const content = latin1(`nhs,ward\n${line.repeat(rows)}${b},\x92\n${a},"\x93\n${a}"x,\n`);
    const { wards, quarantine } = await read(content, 'windows-1252');
    expect(wards.length).toBe(rows + 1);
    expect(wards.filter((ward) => ward === '€').length).toBe(rows);
    expect(wards.filter((ward) => ward === '’').length).toBe(1);
    expect(quarantine).toEqual([`stays.csv,${rows + 3},,unbalanced quote`]);
    expect(readdirSync(folder.lastWork).filter((name) => name.includes('pipe'))).toEqual([]);
  });

  it('quarantines rows at the same lines as without it', async () => {
    const content = latin1(`nhs,ward\n${a},"x\ny"\n${a}\n${b},y\n${a},${'z'.repeat(65)}\n`);
    const expected = ['stays.csv,4,,too few columns', 'stays.csv,6,ward,too long for its role'];
    expect((await read(content, 'windows-1252')).quarantine).toEqual(expected);
    expect((await read(content, 'latin-1')).quarantine).toEqual(expected);
  });
});
