import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { EXIT } from '../domain/problem.ts';
import { ColumnScanner, MAX_ENTRIES, NO_CODE } from './column-scanner.ts';
import {
  CODES_GUARD_AT,
  DICTIONARY_GUARD_AT,
  ENTRIES_GUARD_AT,
  ENTRY_TEXTS_GUARD_AT,
  MAX_ENTRY_BYTES,
  MAX_ROWS,
  SCAN_BYTES,
  TABLE_GUARD_AT,
} from './memory-layout.ts';

const COMMA = 0x2c;
const QUOTE = 0x22;

/** The texts behind the codes of a column; null for NO_CODE. */
function textsOf(scanner: ColumnScanner, column: number, width: number, rows: number): (string | null)[] {
  const codes = [...scanner.encode(column, width, rows, QUOTE)];
  return codes.map((code) => (code === NO_CODE ? null : scanner.textOf(code).toString('utf8')));
}

const cell = fc.oneof(
  fc.constantFrom('', 'a', '9Nu0.', '827241000000103', 'é', ' x ', '\0', 'a\0', 'cr\r'),
  fc.nat(70).map((length) => 'x'.repeat(length)),
  fc.string({ maxLength: 20 }).map((text) => text.replaceAll(/["\n,]/g, '')),
  fc.constantFrom('a,b', 'two\nlines', 'say "ha"', '"', ''),
);
const table = fc.record({
  width: fc.integer({ min: 2, max: 4 }),
  cells: fc.array(cell, { maxLength: 80 }),
  isQuoted: fc.array(fc.boolean(), { minLength: 80, maxLength: 80 }),
  end: fc.constantFrom('\n', '\r\n'),
});

describe('the codes of a column', () => {
  it('lead back to its cells, and are the same for the same cell of any text', () => {
    const scanner = new ColumnScanner();
    const known = new Map<string, number>();
    fc.assert(
      fc.property(table, ({ width, cells, isQuoted, end }) => {
        const rows = Math.floor(cells.length / width);
        let text = '';
        for (let at = 0; at < rows * width; at += 1) {
          const needsQuotes = isQuoted[at] || /["\n\r,]/.test(cells[at]!);
          const written = needsQuotes ? `"${cells[at]!.replaceAll('"', '""')}"` : cells[at]!;
          text += written + (at % width === width - 1 ? end : ',');
        }
        if (scanner.scan(Buffer.from(text), COMMA, QUOTE)?.length !== rows * width) throw new Error('scan');
        for (let column = 0; column < width; column += 1) {
          const own = Array.from({ length: rows }, (_, row) => cells[row * width + column]!);
          const isLong = (one: string) => Buffer.byteLength(one) > MAX_ENTRY_BYTES;
          const expected = own.map((one) => (isLong(one) || one.includes('"') ? null : one));
          expect(textsOf(scanner, column, width, rows)).toEqual(expected);
          for (const [row, code] of [...scanner.encode(column, width, rows, QUOTE)].entries()) {
            if (code === NO_CODE) continue;
            expect(known.get(own[row]!) ?? code).toBe(code);
            known.set(own[row]!, code);
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(new Set(known.values()).size).toBe(known.size);
    expect(known.size).toBeGreaterThan(100);
  });

  it('are given out until the dictionary is full, and those that are known stay known', () => {
    const scanner = new ColumnScanner();
    const cells = Array.from({ length: MAX_ENTRIES + 500 }, (_, at) => `c${at}`);
    const met: (string | null)[] = [];
    for (let from = 0; from < cells.length; from += 10_000) {
      const some = cells.slice(from, from + 10_000);
      scanner.scan(Buffer.from(some.map((one) => `${one},\n`).join('')), COMMA, QUOTE);
      met.push(...textsOf(scanner, 0, 2, some.length));
    }
    const isTaken = met.map((text) => text !== null);
    // the empty cells of the other column are not asked for, so every code is of one of these
    expect(met.filter((text, at) => text !== null && text !== cells[at])).toEqual([]);
    expect(isTaken.filter(Boolean).length).toBe(MAX_ENTRIES);
    scanner.scan(Buffer.from('c7,\nnew,\n'), COMMA, QUOTE);
    expect(textsOf(scanner, 0, 2, 2)).toEqual(['c7', null]);
    scanner.clear();
    scanner.scan(Buffer.from('new,\n'), COMMA, QUOTE);
    expect(textsOf(scanner, 0, 2, 1)).toEqual(['new']);
  });

  it('stay within the regions where texts are as long as can be, and rows as many', () => {
    const scanner = new ColumnScanner();
    const rows = Array.from({ length: 7000 }, (_, at) => `${String(at).padStart(MAX_ENTRY_BYTES, 'x')},\n`);
    for (let round = 0; round < 12; round += 1) {
      scanner.scan(Buffer.from(rows.join('').replaceAll('x', String.fromCharCode(97 + round))), COMMA, QUOTE);
      scanner.encode(0, 2, rows.length, QUOTE);
    }
    expect(scanner.encode(0, 2, rows.length, QUOTE).includes(NO_CODE)).toBe(true);
    scanner.scan(Buffer.from(',\n'.repeat(MAX_ROWS)), COMMA, QUOTE);
    expect(scanner.encode(1, 2, MAX_ROWS, QUOTE).length).toBe(SCAN_BYTES / 2);
    for (const [column, width, count] of [
      [0, 1, 1],
      [2, 2, 1],
      [-1, 2, 1],
      [0, 2, MAX_ROWS + 1],
    ] as const) {
      expect(() => scanner.encode(column, width, count, QUOTE)).toThrow(RangeError);
    }
  });
});

describe('the sieve', () => {
  it('lets every cell through that is a marked text, and leaves those with blanks or long ones to the caller', () => {
    const key = fc.oneof(
      fc.constantFrom('k', 'k1', '9434765919', 'é', 'aéa', 'x'.repeat(64), 'y'.repeat(65), 'a b', '\u00a0'),
      fc.string({ minLength: 1, maxLength: 30 }).map((text) => text.replaceAll(/["\n\r,]/g, '-')),
    );
    let turnedAway = 0;
    fc.assert(
      fc.property(fc.array(key, { maxLength: 20 }), fc.array(key, { maxLength: 20 }), (keys, others) => {
        const scanner = new ColumnScanner();
        for (const one of keys) expect(scanner.mark(Buffer.from(one))).toBe(Buffer.byteLength(one) <= 64);
        const cells = [
          ...keys,
          ...keys.map((one) => ` ${one}`),
          ...keys.map((one) => `${one}\u00a0`),
          ...others,
          '',
        ];
        scanner.scan(Buffer.from(cells.map((one) => `n,${one}\r\n`).join('')), COMMA, QUOTE);
        for (const [row, sifted] of [...scanner.sift(1, 2, cells.length, QUOTE)].entries()) {
          const cell = cells[row]!;
          expect([0, 1, NO_CODE]).toContain(sifted);
          if (keys.includes(cell.replaceAll(/^[ \u00a0]+|[ \u00a0]+$/g, '')) && cell !== '')
            expect(sifted).not.toBe(0);
          if (sifted === 0 && cell !== '') turnedAway += 1;
        }
      }),
      { numRuns: 300 },
    );
    expect(turnedAway).toBeGreaterThan(500);
  });

  it('turns nearly all others away', () => {
    const scanner = new ColumnScanner();
    for (let at = 0; at < 10_000; at += 1) scanner.mark(Buffer.from(`key ${at}`));
    const cells = Array.from({ length: 20_000 }, (_, at) => `n,other ${at}\n`).join('');
    scanner.scan(Buffer.from(cells), COMMA, QUOTE);
    const through = [...scanner.sift(1, 2, 20_000, QUOTE)].filter((one) => one !== 0).length;
    expect(through).toBeLessThan(200); // a bit of 8 million for each of 10,000: 24 are expected
    scanner.clear();
    scanner.scan(Buffer.from('n,key 1\n'), COMMA, QUOTE);
    expect([...scanner.sift(1, 2, 1, QUOTE)]).toEqual([0]);
  });
});

it('a byte written past a region is refused as a fault of the program', () => {
  for (const guard of [
    CODES_GUARD_AT,
    DICTIONARY_GUARD_AT,
    TABLE_GUARD_AT,
    ENTRIES_GUARD_AT,
    ENTRY_TEXTS_GUARD_AT,
  ]) {
    const scanner = new ColumnScanner();
    const { buffer } = scanner.scan(Buffer.from('a,b\n'), COMMA, QUOTE)!;
    new Uint8Array(buffer)[guard]! ^= 1;
    expect(() => scanner.encode(0, 2, 1, QUOTE)).toThrow(expect.objectContaining({ exitCode: EXIT.bug }));
  }
});

it('clear leaves nothing of the cells', () => {
  const scanner = new ColumnScanner();
  const { buffer } = scanner.scan(Buffer.from('Quillfeather,1\n'), COMMA, QUOTE)!;
  scanner.encode(0, 2, 1, QUOTE);
  scanner.scan(Buffer.from('a,b\n'), COMMA, QUOTE);
  scanner.clear();
  expect(Buffer.from(buffer).includes('Quill')).toBe(false);
});

it('line ends are counted, those within quotes only where they are asked for', () => {
  const scanner = new ColumnScanner();
  const text = `a,"x\n\ny"\n${'b,c\n'.repeat(100)}`;
  scanner.scan(Buffer.from(text), COMMA, QUOTE);
  expect(scanner.lineEnds).toBe(101);
  expect([0, 4, 5, 6, 8, 9, 9 + 4 * 30, text.length].map((length) => scanner.countLineEnds(length))).toEqual([
    0, 0, 1, 2, 2, 3, 33, 103,
  ]);
});
