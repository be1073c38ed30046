import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { TableSpec } from '../../pipeline/pipeline.ts';
import { digestFiles, digestInputs } from './digest-inputs.ts';
import { findFiles, type InputFile, isUnchanged } from './find-files.ts';
import { scanRecords } from './scan-records.ts';
import type { ScannedRecord } from './scanned-record.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-inputs-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

const EXPECT = { rows: null, sha256: null };

function find(...patterns: string[]): readonly InputFile[] {
  const files = patterns.map((shownAs) => ({ path: join(folder, shownAs), shownAs, expect: EXPECT }));
  return findFiles({ source: 's', name: 't', files } as unknown as TableSpec);
}

describe('a glob', () => {
  it('finds whole names in its folder, in order, and nothing hidden', () => {
    for (const name of ['b1.csv', 'a1.csv', 'a22.csv', '.a3.csv', 'a4.csv.gz', 'a5xcsv', 'a(6).csv']) {
      writeFileSync(join(folder, name), 'x');
    }
    const names = (pattern: string) => find(pattern).map(({ shownAs }) => shownAs);
    expect(names('a*.csv')).toEqual(['a(6).csv', 'a1.csv', 'a22.csv']);
    expect(names('a?.csv')).toEqual(['a1.csv']);
    expect(names('a(?).csv')).toEqual(['a(6).csv']);
    expect(names('*.gz')).toEqual(['a4.csv.gz']);
    expect(find('a4*')[0]?.compression).toBe('gzip');
  });
});

describe('a file that was found', () => {
  it('is the same only as long as it is not written to', () => {
    writeFileSync(join(folder, 'a.csv'), 'x');
    const [file] = find('a.csv');
    expect(isUnchanged(file!)).toBe(true);
    writeFileSync(join(folder, 'a.csv'), 'y');
    utimesSync(join(folder, 'a.csv'), new Date(), new Date('2020-01-01'));
    expect(isUnchanged(file!)).toBe(false);
    rmSync(join(folder, 'a.csv'));
    expect(isUnchanged(file!)).toBe(false);
  });
});

describe('digesting', () => {
  it('stops when its signal is aborted', async () => {
    writeFileSync(join(folder, 'a.csv'), Buffer.alloc(1 << 20));
    const files = Array.from({ length: 2_000 }, () => find('a.csv')[0]!);
    const controller = new AbortController();
    const digests = digestInputs(files, controller.signal);
    controller.abort();
    await expect(digests).rejects.toThrow('the digest thread stopped');
  });

  it('is the same for few bytes, which are digested without the thread, and stops there as well', async () => {
    writeFileSync(join(folder, 'a.csv'), 'abc');
    writeFileSync(join(folder, 'b.csv'), 'hello');
    const files = [...find('a.csv'), ...find('b.csv')];
    const controller = new AbortController();
    const { signal } = controller;
    const digests = await digestInputs(files, signal);
    expect(digests).toEqual([
      'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad',
      '2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824',
    ]);
    expect((await digestFiles(files, signal, 0)).map(({ sha256 }) => sha256)).toEqual(digests);
    controller.abort(new Error('interrupted'));
    await expect(digestInputs(files, signal)).rejects.toThrow('interrupted');
  });

  it('rejects for a file that is gone', async () => {
    writeFileSync(join(folder, 'a.csv'), 'x');
    const files = find('a.csv');
    rmSync(join(folder, 'a.csv'));
    await expect(digestInputs(files, new AbortController().signal)).rejects.toThrow();
  });
});

describe('records and their lines', () => {
  async function scan(text: string, ...cuts: number[]): Promise<string[]> {
    const bytes = Buffer.from(text);
    async function* cut() {
      let from = 0;
      for (const to of [...cuts, bytes.length]) {
        yield bytes.subarray(from, to);
        from = to;
      }
    }
    const records: ScannedRecord[] = [];
    for await (const record of scanRecords(cut(), ',', '"')) records.push(record);
    return records.map(({ line, fields, badQuote, endsFile }) => {
      const flags = `${badQuote ? ' bad quote' : ''}${endsFile ? ' end' : ''}`;
      return `${line}: ${fields.map((field) => field.toString()).join('|')}${flags}`;
    });
  }

  it('count from 1, whatever is inside quotes', async () => {
    expect(await scan('a,b\n"1\n2",3\n\n"x""y",\r\n,\n')).toEqual(['1: a|b', '2: 1\n2|3', '5: x"y|', '6: |']);
  });

  it('are the same wherever the pieces are cut', async () => {
    const text = '\ufeffa,b\r\n"1\r\n""2""",é\n\nx,"y\n';
    const whole = await scan(text);
    expect(whole).toEqual(['1: a|b', '2: 1\r\n"2"|é', '5: x|y\n bad quote end']);
    for (let size = 3; size < Buffer.byteLength(text); size += 1)
      expect(await scan(text, size)).toEqual(whole);
  });

  it('with a bad quote end at the next line end, and lose nothing before it', async () => {
    expect(await scan('a\n"b"c,"d\ne\n')).toEqual(['1: a', '2: bc,"d bad quote', '3: e']);
  });

  it('show whether the file ended before their line did', async () => {
    expect(await scan('a,b')).toEqual(['1: a|b end']);
    expect(await scan('a,')).toEqual(['1: a| end']);
    expect(await scan('')).toEqual([]);
  });
});
