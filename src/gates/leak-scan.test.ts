import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ArrowFileWriter } from '../write/arrow-file-writer.ts';
import { openArrowFile } from '../write/arrow-read.ts';
import type { ColumnKind, OutputColumn } from '../write/output-column.ts';
import { LeakScan, readCanaries } from './leak-scan.ts';
import { isNhsNumber } from './nhs-number-forms.ts';

const NHS = 9_990_548_609;
/** An NHS number whose leading zero is lost in a number, small enough for 32 bits. */
const SHORT = 123_456_789;

let folder: string;
let files = 0;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-leaks-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Column {
  readonly name?: string;
  readonly type: ColumnKind;
  readonly values: ArrayBufferView | readonly [ArrayBufferView, ArrayBufferView];
  readonly metadata?: Record<string, string>;
}

/** Writes one column and scans the file. */
async function scan(column: Column, rows: number, metadata: Record<string, string> = {}) {
  files += 1;
  const path = join(folder, `${files}.arrow`);
  const { name = 'value', type, values } = column;
  const output: OutputColumn = { name, type, nullable: false, metadata: column.metadata ?? {} };
  const writer = await ArrowFileWriter.open(path, [output], metadata);
  writer.append({ rows, columns: [{ values, validity: null }] });
  await writer.close();
  const leaks = new LeakScan(['quillfeather']);
  const arrow = await openArrowFile(path);
  leaks.schema('x.arrow', arrow);
  for await (const batch of arrow.batches()) leaks.batch('x.arrow', arrow.fields, batch);
  await arrow.close();
  return leaks.leaks.map(({ column, finding, count }) => `${column}: ${count} ${finding}`);
}

const text = (values: string[], metadata: Record<string, string> = {}) =>
  scan({ type: { kind: 'dictionary', values }, values: new Int32Array(1), metadata }, 1);

describe('the leak scan of an Arrow file', () => {
  it('finds identifiers in dictionary values, each value once', async () => {
    expect(await text(['a', '9990548609', '999 054 8609'])).toEqual(['value: 2 NHS number']);
    expect(await text(['SW1A 2AA'])).toEqual(['value: 1 postcode']);
    expect(await text(['Dr Quillfeather'])).toEqual(['value: 1 canary']);
    expect(await text(['53741008', '9990548609'], { system: 'snomed' })).toEqual(['value: 1 NHS number']);
  });

  it('finds nothing in codes, areas and organisations', async () => {
    expect(await text(['H33ZZ', 'XaZ89'], { system: 'read-v2' })).toEqual([]);
    expect(await text(['E01000001', 'C81001', 'RJ122'])).toEqual([]);
  });

  it('finds NHS numbers among 64-bit, 32-bit and floating numbers', async () => {
    const int64 = BigInt64Array.of(1n, BigInt(NHS), -BigInt(NHS));
    expect(await scan({ type: { kind: 'int64' }, values: int64 }, 3)).toEqual(['value: 1 NHS number']);
    const float64 = Float64Array.of(0.5, NHS, NHS + 0.5, SHORT);
    expect(await scan({ type: { kind: 'float64' }, values: float64 }, 4)).toEqual(['value: 2 NHS number']);
    const int32 = Int32Array.of(7, SHORT, SHORT + 1);
    expect(await scan({ type: { kind: 'int32' }, values: int32 }, 3)).toEqual(['value: 1 NHS number']);
  });

  it('takes no round number for an NHS number', async () => {
    const cells = Float64Array.from({ length: 900 }, (_, index) => 1_000_000_000 + index * 10_000_000);
    expect(await scan({ type: { kind: 'float64' }, values: cells }, 900)).toEqual([]);
  });

  it('passes a column of large numbers if it has no more NHS numbers than chance explains', async () => {
    const seconds = BigInt64Array.from({ length: 20_000 }, (_, index) => BigInt(1_770_000_001 + index * 61));
    expect(await scan({ type: { kind: 'int64' }, values: seconds }, 20_000)).toEqual([]);
    // with one more NHS number in twenty, chance is no explanation
    const planted = seconds.map((value, index) => (index % 20 === 0 ? BigInt(NHS) : value));
    expect(await scan({ type: { kind: 'int64' }, values: planted }, 20_000)).toHaveLength(1);
    // and a few numbers are too few to judge chance
    const few = BigInt64Array.from({ length: 20_000 }, (_, index) =>
      index % 40 === 0 ? BigInt(NHS) : BigInt(index),
    );
    expect(await scan({ type: { kind: 'int64' }, values: few }, 20_000)).toEqual(['value: 500 NHS number']);
  });

  it('finds identifiers in names of columns and in metadata', async () => {
    const values = Int32Array.of(1);
    expect(await scan({ name: 'SW1A 2AA', type: { kind: 'int32' }, values }, 1)).toEqual([
      '(a name that is withheld): 1 postcode',
    ]);
    const described = {
      type: { kind: 'int32' },
      values,
      metadata: { description: 'of 9990548609' },
    } as const;
    expect(await scan(described, 1)).toEqual(['value: 1 NHS number']);
    const plain = { type: { kind: 'int32' }, values } as const;
    expect(await scan(plain, 1, { run: 'quillfeather' })).toEqual(['run: 1 canary']);
  });

  it('finds texts in a column declared to hold hashes, if they have another width', async () => {
    const table = Buffer.from('Quillfeather');
    const type = { kind: 'fixed-text', width: 12, table } as const;
    const values = Int32Array.of(0);
    expect(await scan({ type, values, metadata: { role: 'record-id' } }, 1)).toHaveLength(1);
    const hash = { kind: 'fixed-text', width: 32, table: Buffer.from('ab'.repeat(16)) } as const;
    expect(await scan({ type: hash, values, metadata: { role: 'record-id' } }, 1)).toEqual([]);
  });
});

describe('the leak scan of texts', () => {
  it('checks every key and text of a JSON file, and reports the location', () => {
    const leaks = new LeakScan([]);
    leaks.json('manifest.json', {
      inputs: [{ file: 'patient-9990548609.csv', rows: 9_990_548_609 }],
      'SW1A 2AA': 1,
    });
    expect(leaks.leaks).toEqual([
      { file: 'manifest.json', column: 'inputs.file', finding: 'NHS number', count: 1 },
      { file: 'manifest.json', column: '', finding: 'postcode', count: 1 },
    ]);
  });

  it('checks every line of a text file', () => {
    const leaks = new LeakScan(['quillfeather']);
    leaks.lines('quarantine.csv', 'file,line\nQuillfeather.csv,2\nstays.csv,9\n');
    expect(leaks.leaks).toEqual([{ file: 'quarantine.csv', column: '', finding: 'canary', count: 1 }]);
    expect(leaks.looked).toBe(4);
  });

  it('accepts halves of tokens in a token list, and checks every other field', () => {
    const leaks = new LeakScan([]);
    const half = '-4611686018427387904';
    leaks.tokenList('opt-outs.csv', `kind,source,a,b\ntype-2,*,${half},9223372036854775807\n`);
    expect(leaks.leaks).toEqual([]);
    leaks.tokenList('opt-outs.csv', `type-2,*,9990548609,${half}\ntype-2,SW1A 2AA,${half},${half}\n`);
    expect(leaks.leaks.map(({ finding }) => finding)).toEqual(['NHS number', 'postcode']);
  });

  it('never reports the text that it found', () => {
    const leaks = new LeakScan(['quillfeather']);
    leaks.text('a', 'b', 'Dr Quillfeather, SW1A 2AA');
    expect(JSON.stringify(leaks.leaks)).not.toMatch(/quillfeather|sw1a/i);
  });
});

describe('the canary file', () => {
  it('holds one text on each line, and comments', () => {
    const path = join(folder, 'canaries.txt');
    writeFileSync(path, '# names\nQuillfeather-Zopp \r\n\n  Ünlü\n');
    expect(readCanaries(path)).toEqual(['quillfeather-zopp', 'ünlü']);
    expect(readCanaries(null)).toEqual([]);
  });

  it('must be there', () => {
    expect(() => readCanaries(join(folder, 'gone.txt'))).toThrow(/gone\.txt: the canary file cannot be read/);
  });
});

describe('seconds since 1970 in a column of texts', () => {
  const SPANS: readonly (readonly [string, number, number])[] = [
    ['2001 to 2026', 1_000_000_000, 770_000_000],
    ['three years', 1_704_067_200, 71_000_000],
    ['one day', 1_767_225_600, 86_400],
    ['a month that reads as birth dates', 1_701_000_000, 2_600_000],
  ];
  /** So many moments, evenly spread and odd enough to have every check digit. */
  const moments = (from: number, span: number, count: number) =>
    Array.from({ length: count }, (_, index) =>
      String(from + Math.floor(((index * 7919.37) % count) * (span / count))),
    );
  /** Numbers that pass, upwards from one. */
  const passing = (from: number, count: number) => {
    const found: string[] = [];
    for (let index = from; found.length < count; index += 1) {
      if (isNhsNumber(String(index))) found.push(String(index));
    }
    return found;
  };

  it.each(SPANS)('stop no run: %s', async (_, from, span) => {
    // of 300 over three years, fewer than a hundred could be birth dates: too few to distinguish chance from a number
    for (const count of span > 5e7 && span < 1e8 ? [3000] : [300, 3000])
      expect(await text(moments(from, span, count))).toEqual([]);
  });

  it('hide no number of England, and no Scottish one that is no moment like the others', async () => {
    const today = moments(1_767_225_600, 86_400, 300);
    expect(await text([...today, ...passing(4_505_577_100, 1)])).toEqual(['value: 1 NHS number']);
    expect(await text([...today, ...passing(1_503_850_000, 1)])).toEqual(['value: 1 NHS number']);
  });

  it('are no excuse for a column of Scottish numbers, nor for one in a sentence', async () => {
    expect(await text(passing(1_503_850_000, 150))).toEqual(['value: 150 NHS number']);
    expect(await text(passing(1_503_850_000, 5))).toEqual(['value: 5 NHS number']);
    const [one] = passing(1_767_225_600, 1);
    expect(await text([...moments(1_767_225_600, 86_400, 300), `see ${one}`])).toEqual([
      'value: 1 NHS number',
    ]);
  });
});
