import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { parseDate, parseTimestamp } from '../domain/date-format.ts';
import { hasCheckDigit, NHS_NUMBER_PLACEHOLDERS, standardiseNhsNumber } from '../domain/nhs-number.ts';
import { GIROBANK, standardisePostcode } from '../domain/postcode.ts';
import { TERRITORY_POSTCODES } from '../domain/postcode-pseudo.ts';
import { EXIT } from '../domain/problem.ts';
import { trimBlanks } from '../domain/standardised-text.ts';
import { ColumnReader } from './column-reader.ts';
import { CELL, type Cells } from './column-scanner.ts';
import { datePatternOf } from './date-pattern.ts';
import {
  BATCH,
  CELLS_GUARD_AT,
  PATTERN_GUARD_AT,
  POSTCODE_SHAPES_GUARD_AT,
  SCAN_BYTES,
  STATES_GUARD_AT,
  TEN_POWERS_GUARD_AT,
  VALUES_GUARD_AT,
} from './memory-layout.ts';
import { COMMA, columnLike, QUOTE } from './test-rig/written-cells.ts';

/** What a kernel makes of a cell: a value, or its state. */
type Reading = bigint | number | string | 'empty' | 'other';

const scanner = new ColumnReader();
const values = new ArrayBuffer(BATCH * 16);
const words = new Uint32Array(values);
const states = new Uint8Array(BATCH);

const int64At = (row: number): bigint => new BigInt64Array(values)[row]!;
const int32At = (row: number): number => new Int32Array(values)[row]!;
const doubleAt = (row: number): number => new Float64Array(values)[row]!;
const inlineAt = (row: number): string =>
  Buffer.from(values, row * 16 + 4, 12)
    .subarray(0, words[row * 4])
    .toString('latin1');

/** Whether there are zeros behind the text of a value of sixteen bytes. */
const isFilledUp = (row: number): boolean =>
  Buffer.from(values, row * 16 + 4 + words[row * 4]!, 12 - words[row * 4]!).every((byte) => byte === 0);

/**
 * @param read calls the kernel
 * @param valueAt its value of a row
 * @param rule the value of a plain cell, `other` of one that is not
 */
interface Comparison {
  readonly read: (cells: Cells) => number;
  readonly bytes: number;
  readonly valueAt: (row: number) => bigint | number | string;
  readonly rule: (cell: string, bytes: Buffer) => bigint | number | string | null;
}

function readingsOf({ count }: Cells, { bytes, valueAt }: Comparison): Reading[] {
  return Array.from({ length: count }, (_, row) => {
    if (states[row] === CELL.plain) return valueAt(row);
    const hasNoValue = new Uint8Array(values, row * bytes, bytes).every((byte) => byte === 0);
    if (!hasNoValue) return 'a value that should be 0';
    return states[row] === CELL.empty ? 'empty' : states[row] === CELL.other ? 'other' : 'no state';
  });
}

/** Reads a column, and compares each cell with the rule. Returns how many are plain. */
function compare(cells: readonly Buffer[], text: Buffer, place: Cells, comparison: Comparison): number {
  if (scanner.scan(text, COMMA, QUOTE) === null) throw new Error('the text is not regular');
  new Uint8Array(values).fill(255);
  states.fill(255);
  const others = comparison.read(place);
  const expected = cells.map((bytes) =>
    bytes.length === 0 ? 'empty' : (comparison.rule(bytes.toString('utf8'), bytes) ?? 'other'),
  );
  const rows = readingsOf(place, comparison).map((kernel, row) => ({
    cell: cells[row]!.toString('latin1'),
    kernel,
    rule: expected[row],
  }));
  expect(rows.filter(({ kernel, rule }) => !Object.is(kernel, rule))).toEqual([]);
  expect(others).toBe(expected.filter((reading) => reading === 'other').length);
  return expected.filter((reading) => reading !== 'other' && reading !== 'empty').length;
}

/** Many thousand cells of a kind; some hundreds of them at least are plain. */
function agree(good: fc.Arbitrary<string>, comparison: Comparison): void {
  let plain = 0;
  fc.assert(
    fc.property(columnLike(good), ({ cells, text, place }) => {
      plain += compare(cells, text, place, comparison);
    }),
    { numRuns: 40, endOnFailure: true },
  );
  expect(plain).toBeGreaterThan(1000);
}

/** Compares cells that need no quotes. */
function compareAll(cells: readonly string[], comparison: Comparison): number {
  let plain = 0;
  for (let from = 0; from < cells.length; from += BATCH) {
    const some = cells.slice(from, from + BATCH).map((cell) => Buffer.from(cell, 'latin1'));
    const text = Buffer.concat(some.flatMap((cell) => [cell, Buffer.from('\n')]));
    plain += compare(
      some,
      text,
      { column: 0, width: 1, from: 0, count: some.length, quote: QUOTE },
      comparison,
    );
  }
  return plain;
}

describe('NHS numbers', () => {
  const comparison = (allowTestRange: boolean): Comparison => ({
    read: (cells) => scanner.readNhsNumbers(cells, words, states, allowTestRange),
    bytes: 8,
    valueAt: int64At,
    rule: (cell) => {
      const { value, outcome } = standardiseNhsNumber(cell, { allowTestRange });
      return /^(\d{10}|\d{3} \d{3} \d{4})$/.test(cell) && outcome === 'valid' ? BigInt(value!) : null;
    },
  });
  const withCheckDigit = (first: string) =>
    first + (Array.from('0123456789').find((last) => hasCheckDigit(first + last)) ?? '0');
  const good = fc
    .oneof(
      fc.integer({ min: 0, max: 999_999_999 }).map((nine) => withCheckDigit(String(nine).padStart(9, '0'))),
      fc
        .integer({ min: 0, max: 99_999_999 })
        .map((eight) => withCheckDigit(`9${String(eight).padStart(8, '0')}`)),
      fc.constantFrom(...NHS_NUMBER_PLACEHOLDERS),
    )
    .chain((digits) =>
      fc.constantFrom(
        digits,
        digits,
        digits.slice(1),
        digits.replace(/(...)(...)/, '$1 $2 '),
        digits.replace(/(...)(...)/, '$1-$2-'),
      ),
    );

  it.each([true, false])('are read by the rule, with the test range taken: %s', (allowTestRange) => {
    agree(good, comparison(allowTestRange));
  });

  it('have the right one of ten last digits, and are no placeholder', () => {
    const firsts = Array.from({ length: 2000 }, (_, at) =>
      String((at * 499_979) % 1_000_000_000).padStart(9, '0'),
    );
    const cells = [
      ...firsts.flatMap((first) => Array.from('0123456789', (last) => first + last)),
      ...NHS_NUMBER_PLACEHOLDERS,
    ];
    for (const takes of [true, false]) expect(compareAll(cells, comparison(takes))).toBeGreaterThan(1500);
  });

  it('of the test range are not plain where nobody says so', () => {
    scanner.scan(Buffer.from('9000000033\n'), COMMA, QUOTE);
    expect(hasCheckDigit('9000000033')).toBe(true);
    const cells = { column: 0, width: 1, from: 0, count: 1, quote: QUOTE };
    expect(scanner.readNhsNumbers(cells, words, states)).toBe(1);
    expect(scanner.readNhsNumbers(cells, words, states, true)).toBe(0);
  });
});

const FORMATS = [
  ...['%d/%m/%Y', '%Y-%m-%d', '%Y%m%d', '%m/%d/%Y', '%d.%m.%Y', '%d %m %Y', '%Y-%d-%m', '%d%m%Y', '%m%d%Y'],
  ...['%Y/%m/%d', '%d-%m/%Y', "%d'%m'%Y", 'AD%Y|%m|%d_', '%d0%m0%Y', '%m-%Y-%d', '%d,%m,%Y'],
  ...['%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M', '%d/%m/%Y %H:%M', '%H%M%S %d %m %Y', '(%d) [%m] {%Y}.*'],
  ...['%d of %m, %Y, at %H.%M.%S hrs', '%Y-%m-%dT%H:%M:%S.000Z', '%H                   %Y%m%d'],
];
/** A quote is written twice in a cell, and is no quote of the format then. */
const QUOTED_FORMATS = ['%Y"%m"%d', '%Y""%m%d', '"%Y%m%d"'];

const MICROSECONDS = 1000n;

/** The three readings of a date, by the rule. */
function dateComparisons(format: string): Comparison[] {
  const pattern = datePatternOf(format)!;
  const isRead = (cell: string, year: number) =>
    year >= 1800 && year <= 2199 && trimBlanks(cell) === cell && !cell.includes('"');
  const dateRule = (as: 'yyyymmdd' | 'days') => (cell: string) => {
    const date = parseDate(cell, format);
    if (date === null || !isRead(cell, date.year)) return null;
    const { year, month, day } = date;
    return as === 'days' ? Date.UTC(year, month - 1, day) / 86_400_000 : (year * 100 + month) * 100 + day;
  };
  return [
    ...(['yyyymmdd', 'days'] as const).map((as) => ({
      read: (cells: Cells) => scanner.readDates(cells, pattern, as, new Int32Array(values), states),
      bytes: 4,
      valueAt: int32At,
      rule: dateRule(as),
    })),
    {
      read: (cells) => scanner.readTimestamps(cells, pattern, words, states),
      bytes: 8,
      valueAt: int64At,
      rule: (cell) => {
        const at = parseTimestamp(cell, format);
        if (at === null || !isRead(cell, at.year)) return null;
        return BigInt(Date.UTC(at.year, at.month - 1, at.day, at.hour, at.minute, at.second)) * MICROSECONDS;
      },
    },
  ];
}

/** Texts of a format, most of them dates. */
const writtenDates = (format: string): fc.Arbitrary<string> =>
  fc
    .record({
      Y: fc.oneof(
        fc.integer({ min: 1800, max: 2199 }),
        fc.constantFrom(0, 1, 99, 999, 1000, 1799, 1800, 1900, 2000, 2199, 2200, 9999),
      ),
      m: fc.oneof(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 13 })),
      d: fc.oneof(fc.integer({ min: 1, max: 31 }), fc.integer({ min: 0, max: 32 })),
      H: fc.integer({ min: 0, max: 24 }),
      M: fc.constantFrom(0, 9, 10, 30, 59, 60),
      S: fc.constantFrom(0, 9, 10, 30, 59, 60),
    })
    .map((fields) => writeDate(format, fields));

function writeDate(format: string, fields: Readonly<Record<string, number>>): string {
  return format.replace(/%(.)/g, (_all, name: string) =>
    String(fields[name]).padStart(name === 'Y' ? 4 : 2, '0'),
  );
}

describe('dates', () => {
  it.each(FORMATS)('written %s are read by the rule', (format) => {
    for (const comparison of dateComparisons(format)) agree(writtenDates(format), comparison);
  });

  it.each(QUOTED_FORMATS)('written %s are for the rule', (format) => {
    for (const comparison of dateComparisons(format)) {
      fc.assert(
        fc.property(columnLike(writtenDates(format)), ({ cells, text, place }) => {
          expect(compare(cells, text, place, comparison)).toBe(0);
        }),
        { numRuns: 20, endOnFailure: true },
      );
    }
  });

  it('are all days of four hundred years, and none of the missing ones', () => {
    const years = Array.from({ length: 410 }, (_, at) => 1795 + at);
    const cells = years.flatMap((Y) =>
      Array.from({ length: 14 * 33 }, (_, at) =>
        writeDate('%Y%m%d', { Y, m: Math.floor(at / 33), d: at % 33 }),
      ),
    );
    for (const comparison of dateComparisons('%Y%m%d').slice(0, 2)) {
      expect(compareAll(cells, comparison)).toBe(146_097); // days of 400 years
    }
  });

  it('of a format that is too long have no pattern', () => {
    expect(datePatternOf(`%Y%m%d${'-'.repeat(24)}`)?.width).toBe(32);
    expect(datePatternOf(`%Y%m%d${'-'.repeat(25)}`)).toBeNull();
  });
});

describe('postcodes', () => {
  const comparison: Comparison = {
    read: (cells) => scanner.readPostcodes(cells, words, states),
    bytes: 16,
    valueAt: (row) => (isFilledUp(row) ? inlineAt(row) : 'not filled up'),
    rule: (cell) => {
      const { value, outcome } = standardisePostcode(cell);
      const isWritten = /^(?=.{5,8}$)[A-Z0-9]{2,4} {0,3}[A-Z0-9]{3}$/.test(cell);
      return isWritten && outcome === 'valid' && value !== GIROBANK ? value : null;
    },
  };
  const shaped = (letters: string, digits: string) =>
    fc
      .constantFrom('A9', 'A99', 'AA9', 'AA99', 'A9A', 'AA9A', 'ZZ99', 'GIR', 'GX11', 'AAAA')
      .chain((outward) => {
        const drawn: Record<string, string> = { A: letters, 9: digits };
        const places = Array.from(`${outward} 9AA`, (place) => fc.constantFrom(...(drawn[place] ?? place)));
        return fc.tuple(...places).map((characters) => characters.join(''));
      });
  const good = fc
    .oneof(
      { weight: 4, arbitrary: shaped('ABDEFGHJLNPRSTUW', '123456789') },
      shaped('ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789'),
      shaped('OIGRSX01', '01OI'),
      shaped('abceop', '0123oi'),
      fc.constantFrom(
        'ZZ99 3VZ',
        'ZZ99 3WZ',
        'GIR 0AA',
        'GIR OAA',
        'G1R 0AA',
        'GXI1 1AA',
        ...TERRITORY_POSTCODES,
      ),
    )
    .chain((text) => fc.constantFrom(' ', ' ', '', '  ', '   ', '_').map((gap) => text.replace(' ', gap)));

  it('are read by the rule', () => agree(good, comparison));

  it('of each shape have no other character in any position', () => {
    const whole = ['A9', 'A99', 'AA9', 'AA99', 'A9A', 'AA9A'].flatMap((outward) => [
      `${outward}9AA`,
      `${outward} 9AA`,
    ]);
    const bytes = Array.from({ length: 256 }, (_, byte) => String.fromCharCode(byte));
    const allowed = bytes.filter((byte) => !'\n\r,"'.includes(byte));
    const cells = whole.flatMap((text) =>
      Array.from(text, (_, at) =>
        allowed.map((byte) => text.slice(0, at) + byte + text.slice(at + 1)),
      ).flat(),
    );
    expect(compareAll(cells, comparison)).toBeGreaterThan(1000);
    expect(compareAll(TERRITORY_POSTCODES, comparison)).toBe(0);
  });
});

describe('numbers', () => {
  const digits = fc
    .tuple(fc.integer({ min: 1, max: 16 }), fc.bigInt({ min: 0n, max: 10n ** 16n - 1n }))
    .map(([length, all]) =>
      String(all)
        .padStart(16, '0')
        .slice(16 - length),
    );
  const signed = fc.tuple(fc.constantFrom('', '', '-', '+'), digits).map(([sign, text]) => sign + text);
  const decimals = fc
    .tuple(signed, fc.nat(17))
    .map(([text, at]) => (at < text.length ? `${text.slice(0, at)}.${text.slice(at)}` : text));

  it.each([1, 4, 9, 15])('of up to %i digits are read as integers', (most) => {
    const isWritten = new RegExp(`^-?[0-9]{1,${most}}$`);
    agree(
      fc.oneof(
        signed,
        signed.map((text) => text.slice(0, most)),
      ),
      {
        read: (cells) => scanner.readIntegers(cells, most, words, states),
        bytes: 8,
        valueAt: int64At,
        rule: (cell) => (isWritten.test(cell) ? BigInt(cell) : null),
      },
    );
  });

  it.each([1, 4, 9, 15])('of up to %i digits are read as the nearest double', (most) => {
    const isShort = (cell: string) => cell.replaceAll(/\D/g, '').length <= most;
    agree(
      fc.oneof(
        decimals,
        decimals.map((text) => text.slice(0, most + 1)),
      ),
      {
        read: (cells) => scanner.readDecimals(cells, most, new Float64Array(values), states),
        bytes: 8,
        valueAt: doubleAt,
        rule: (cell) => (/^-?[0-9]+([.][0-9]*)?$/.test(cell) && isShort(cell) ? Number(cell) + 0 : null),
      },
    );
  });

  it('are read with the point in each place', () => {
    const texts = [
      '123456789012345',
      '999999999999999',
      '000000000000001',
      '900719925474099',
      '100000000000000',
    ];
    const cells = texts.flatMap((text) =>
      Array.from({ length: 16 }, (_, at) => `${text.slice(0, at)}.${text.slice(at)}`).flatMap((one) => [
        one,
        `-${one}`,
      ]),
    );
    const plain = compareAll([...cells, '-0', '-0.0', '0'], {
      read: (column) => scanner.readDecimals(column, 15, new Float64Array(values), states),
      bytes: 8,
      valueAt: doubleAt,
      rule: (cell) => (/^-?[0-9]/.test(cell) ? Number(cell) + 0 : null),
    });
    expect(plain).toBe(5 * 15 * 2 + 3);
  });

  it.each([0, 16, 1.5, Number.NaN])('of %d digits are not read', (most) => {
    const cells = { column: 0, width: 1, from: 0, count: 0, quote: QUOTE };
    expect(() => scanner.readIntegers(cells, most, words, states)).toThrow(RangeError);
    expect(() => scanner.readDecimals(cells, most, new Float64Array(1), states)).toThrow(RangeError);
  });
});

describe('texts', () => {
  let scanned: Buffer = Buffer.alloc(0);
  const comparison: Comparison = {
    read: (cells) => scanner.readTexts(cells, words, states),
    bytes: 16,
    valueAt: (row) => {
      const [length, start, middle, offset] = words.subarray(row * 4, row * 4 + 4);
      if (length! <= 12) return isFilledUp(row) ? inlineAt(row) : 'not filled up';
      const text = scanned.subarray(offset, offset! + length!);
      return text.readUInt32LE() === start && middle === 0 ? text.toString('latin1') : 'not its start';
    },
    rule: (cell, bytes) =>
      /^[!-~](.*[!-~])?$/s.test(cell) && !/["\0]/.test(cell) ? bytes.toString('latin1') : null,
  };
  const good = fc.oneof(
    fc.string({ maxLength: 40 }),
    fc.string({ unit: fc.constantFrom(...'abcXYZ019-'), minLength: 1, maxLength: 20 }),
    fc.nat(70).map((length) => 'x'.repeat(length)),
    fc.constantFrom(
      'é',
      'aéa',
      'aé',
      'a\u00a0',
      'a b',
      '\u00a0a',
      'a\0b',
      `${'y'.repeat(30)}\0z`,
      '\0',
      '\x7f',
    ),
  );

  it('are read where no rule has anything to say of them', () => {
    let plain = 0;
    fc.assert(
      fc.property(columnLike(good), ({ cells, text, place }) => {
        scanned = text;
        plain += compare(cells, text, place, comparison);
      }),
      { numRuns: 60, endOnFailure: true },
    );
    expect(plain).toBeGreaterThan(5000);
  });

  it('have no blank around them, so that trimming would change nothing', () => {
    const bytes = Array.from({ length: 128 }, (_, byte) => String.fromCharCode(byte));
    const cells = bytes
      .filter((byte) => !'\n\r,"'.includes(byte))
      .flatMap((byte) => [
        byte,
        `${byte}a`,
        `a${byte}`,
        `${byte}${'a'.repeat(20)}`,
        `${'a'.repeat(20)}${byte}`,
      ]);
    for (const cell of cells) {
      scanned = Buffer.from(`${cell}\n`);
      if (compareAll([cell], comparison) === 1) expect(trimBlanks(cell)).toBe(cell);
    }
  });
});

/** Each function, on one column. */
const kernels: readonly ((reader: ColumnReader, cells: Cells) => number)[] = [
  (reader, cells) => reader.readNhsNumbers(cells, words, states),
  (reader, cells) =>
    reader.readDates(cells, datePatternOf('%Y%m%d')!, 'days', new Int32Array(values), states),
  (reader, cells) => reader.readTimestamps(cells, datePatternOf('%Y%m%d%H%M')!, words, states),
  (reader, cells) => reader.readPostcodes(cells, words, states),
  (reader, cells) => reader.readIntegers(cells, 15, words, states),
  (reader, cells) => reader.readDecimals(cells, 15, new Float64Array(values), states),
  (reader, cells) => reader.readTexts(cells, words, states),
];

test('cells at either end of the longest text, and as many as can be read at once, stay within the regions', () => {
  const last = '4010232137';
  const bytes = Buffer.alloc(SCAN_BYTES, ',\n');
  bytes.write(`,${last}\n`, SCAN_BYTES - last.length - 2);
  const reader = new ColumnReader();
  const rows = reader.scan(bytes, COMMA, QUOTE)!.length / 2;
  for (const kernel of kernels) {
    for (const column of [0, 1]) {
      expect(kernel(reader, { column, width: 2, from: 0, count: BATCH, quote: QUOTE })).toBe(0);
      expect(states.every((state) => state === CELL.empty)).toBe(true);
      kernel(reader, { column, width: 2, from: rows - BATCH, count: BATCH, quote: QUOTE });
      expect(states[BATCH - 1] === CELL.empty).toBe(column === 0);
    }
  }
  expect(
    reader.readNhsNumbers({ column: 1, width: 2, from: rows - 1, count: 1, quote: QUOTE }, words, states),
  ).toBe(0);
  expect(int64At(0)).toBe(BigInt(last));
});

test.each([
  { column: 2, width: 2, from: 0, count: 1 },
  { column: -1, width: 2, from: 0, count: 1 },
  { column: 0, width: 2, from: -1, count: 1 },
  { column: 0, width: 2, from: 0, count: -1 },
  { column: 0, width: 2, from: 2, count: 2 },
  { column: 0, width: 1, from: 0, count: BATCH + 1 },
])('what the text does not have is refused: %o', (place) => {
  const reader = new ColumnReader();
  reader.scan(Buffer.from('a,b\n'.repeat(3)), COMMA, QUOTE);
  if (place.width === 1) reader.scan(Buffer.from('\n'.repeat(BATCH + 1)), COMMA, QUOTE);
  for (const kernel of kernels) expect(() => kernel(reader, { ...place, quote: QUOTE })).toThrow(RangeError);
});

test('no cell is read of a text that is not regular, or that was cleared', () => {
  const reader = new ColumnReader();
  const first = { column: 0, width: 2, from: 0, count: 1, quote: QUOTE };
  reader.scan(Buffer.from('a,b\n'), COMMA, QUOTE);
  expect(reader.readTexts(first, words, states)).toBe(0);
  expect(reader.scan(Buffer.from('a"b,c\n'), COMMA, QUOTE)).toBeNull();
  expect(() => reader.readTexts(first, words, states)).toThrow(RangeError);
  reader.scan(Buffer.from('a,b\n'), COMMA, QUOTE);
  reader.clear();
  expect(() => reader.readTexts(first, words, states)).toThrow(RangeError);
});

test('a byte written past a region is refused as a fault of the program', () => {
  const guards = [
    CELLS_GUARD_AT,
    VALUES_GUARD_AT,
    STATES_GUARD_AT,
    PATTERN_GUARD_AT,
    POSTCODE_SHAPES_GUARD_AT,
    TEN_POWERS_GUARD_AT,
  ];
  for (const guard of guards) {
    const reader = new ColumnReader();
    const { buffer } = reader.scan(Buffer.from('a,b\n'), COMMA, QUOTE)!;
    new Uint8Array(buffer)[guard]! ^= 1;
    for (const kernel of kernels) {
      states.fill(255);
      expect(() => kernel(reader, { column: 0, width: 2, from: 0, count: 1, quote: QUOTE })).toThrow(
        expect.objectContaining({ exitCode: EXIT.bug }),
      );
      expect(states[0]).toBe(255);
    }
  }
});

test('a run of rows that a kernel itself writes past its region is refused', () => {
  class Overrun extends ColumnReader {
    readTooMany(): void {
      this.code.readTexts(0, 1, 0, BATCH + 1, QUOTE);
    }
  }
  const reader = new Overrun();
  reader.scan(Buffer.from('abc\n'.repeat(BATCH + 1)), COMMA, QUOTE);
  const cells = { column: 0, width: 1, from: 0, count: BATCH, quote: QUOTE };
  expect(reader.readTexts(cells, words, states)).toBe(0);
  reader.readTooMany();
  expect(() => reader.readTexts(cells, words, states)).toThrow(
    expect.objectContaining({ exitCode: EXIT.bug }),
  );
});

test('clear leaves nothing of the values', () => {
  const reader = new ColumnReader();
  const { buffer } = reader.scan(Buffer.from('Quill,1\nfeather,2\n'), COMMA, QUOTE)!;
  reader.readTexts({ column: 0, width: 2, from: 0, count: 2, quote: QUOTE }, words, states);
  reader.scan(Buffer.from('a,b\n'), COMMA, QUOTE);
  expect(Buffer.from(buffer).includes('feather')).toBe(true);
  reader.clear();
  expect(Buffer.from(buffer).includes('Quill')).toBe(false);
  expect(Buffer.from(buffer).includes('feather')).toBe(false);
});
