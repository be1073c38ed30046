/**
 * The readers of identifier columns are compared with the rules of the domain: same value, same outcome, for whatever a cell may
 * hold, however it is written, in blocks and record by record.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { BIRTH_DATE_PLACEHOLDERS, standardiseBirthDate } from '../../domain/birth-date.ts';
import { hasCheckDigit, NHS_NUMBER_PLACEHOLDERS, standardiseNhsNumber } from '../../domain/nhs-number.ts';
import { standardisePostcode } from '../../domain/postcode.ts';
import { TERRITORY_POSTCODES } from '../../domain/postcode-pseudo.ts';
import { standardiseSex } from '../../domain/sex.ts';
import { outcomeOf, type Standardised } from '../../domain/standardised.ts';
import { ColumnScanner } from '../../kernel/column-scanner.ts';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import { TEXT_WORDS } from '../extract/row-vector.ts';
import { columnSpec } from '../extract/test-rig/column-spec.ts';
import { cellsLike, readCells, type Writing, writings } from '../extract/test-rig/written-cells.ts';
import {
  BirthDateColumn,
  type IdentifierColumn,
  identifierColumnsOf,
  NhsNumberColumn,
  PostcodeColumn,
  SexColumn,
} from './identifier-columns.ts';

const RUN_DATE = '2024-03-01';
const PLAIN: Writing = { delimiter: ',', quote: '"', end: '\n', quoted: [false], faultyEvery: 0 };

let folder: BenchFolder;
let scanner: ColumnScanner;
beforeAll(() => {
  folder = BenchFolder.make();
  scanner = new ColumnScanner();
});
beforeEach(() => scanner.clear());
afterAll(() => folder.remove());

/** A reader, and the canonical value that it has of a row: null for 0 and for an empty text. */
interface Case {
  readonly reader: IdentifierColumn;
  readonly canonicalOf: (row: number) => string | null;
}

function nhsNumbers(allowTestRange: boolean): Case {
  const reader = new NhsNumberColumn(columnSpec('nhs-number'), { synthetic: allowTestRange });
  const numbers = new BigInt64Array(reader.values.buffer);
  return {
    reader,
    canonicalOf: (row) => (numbers[row] === 0n ? null : String(numbers[row]).padStart(10, '0')),
  };
}

function birthDates(format: string): Case {
  const reader = new BirthDateColumn(columnSpec('date-of-birth', { format }), RUN_DATE);
  const canonicalOf = (row: number) =>
    reader.values[row] === 0 ? null : String(reader.values[row]).replace(/(....)(..)(..)/, '$1-$2-$3');
  return { reader, canonicalOf };
}

function postcodes(): Case {
  const reader = new PostcodeColumn(columnSpec('postcode'));
  const bytes = Buffer.from(reader.words.buffer);
  const canonicalOf = (row: number) => {
    const start = row * TEXT_WORDS * 4;
    const length = bytes.readUInt32LE(start);
    // what is compared and hashed by words needs the zeros
    expect(bytes.subarray(start + 4 + length, start + TEXT_WORDS * 4).every((byte) => byte === 0)).toBe(true);
    return length === 0 ? null : bytes.toString('latin1', start + 4, start + 4 + length);
  };
  return { reader, canonicalOf };
}

function sexes(map: Readonly<Record<string, number>>): Case {
  const reader = new SexColumn(columnSpec('sex', { map }));
  return { reader, canonicalOf: (row) => (reader.values[row] === 0 ? null : String(reader.values[row])) };
}

type Rule = (cell: string) => Standardised<string>;

async function differences(
  cells: readonly string[],
  writing: Writing,
  { reader, canonicalOf }: Case,
  rule: Rule,
) {
  const shown = (row: number, fault: number) => ({
    value: canonicalOf(row),
    outcome: outcomeOf(reader.outcomes[row]!),
    fault,
  });
  const read = await readCells(folder, scanner, cells, writing, reader, shown);
  const expected = cells.map((cell) => ({ ...rule(cell), fault: 0 }));
  const different = read.seen.flatMap((seen) =>
    cells.flatMap((cell, index) =>
      JSON.stringify(seen[index]) === JSON.stringify(expected[index])
        ? []
        : [{ cell, read: seen[index], rule: expected[index] }],
    ),
  );
  return { ...read, different };
}

/** Files are not shrunk: the cells on which the two differ are shown. */
async function agree(good: fc.Arbitrary<string>, one: Case, rule: Rule) {
  let [fast, slow] = [0, 0];
  const property = fc.asyncProperty(cellsLike(good), writings, async (cells, writing) => {
    const { different, rowsOfBlocks, rowsOfRecords } = await differences(cells, writing, one, rule);
    expect(different).toEqual([]);
    fast += rowsOfBlocks;
    slow += rowsOfRecords;
  });
  await fc.assert(property, { numRuns: 25, endOnFailure: true });
  expect(fast).toBeGreaterThan(300);
  expect(slow).toBeGreaterThan(300);
}

describe('NHS numbers', () => {
  const grouped = fc
    .oneof(
      fc.integer({ min: 0, max: 999_999_999 }).map((nine) => {
        const first = String(nine).padStart(9, '0');
        return first + (Array.from('0123456789').find((last) => hasCheckDigit(first + last)) ?? '0');
      }),
      fc.integer({ min: 0, max: 99_999_999 }).map((eight) => `${String(eight).padStart(8, '0')}00`),
      fc.constantFrom(...NHS_NUMBER_PLACEHOLDERS),
    )
    .chain((digits) =>
      fc.constantFrom(
        digits,
        digits,
        digits.slice(1),
        digits.replace(/^0+/, ''),
        digits.replace(/(...)(...)/, '$1 $2 '),
        digits.replace(/(...)(...)/, '$1-$2-'),
      ),
    );

  test.each([true, false])('with the test range taken: %s', async (allowTestRange) => {
    await agree(grouped, nhsNumbers(allowTestRange), (cell) =>
      standardiseNhsNumber(cell, { allowTestRange }),
    );
  });

  test('what another program would take for a number', async () => {
    const cells = [
      ...['0x12345678', '0xFFFFFFFF', '0b10101010', '12345678e2', '1.234567e9', '40102321e2', '1_23456789'],
      ...['+401023213', ' 401023213', '401023213 ', '401023213.', '4010232137.0', '1e9', '1e999'],
      ...['４０１０２３２１３７', '123 456 7e2', '1.2 345 67e9', '401 023 213 ', '401 0232 137'],
      ...['4  0 023 2137', '401023 2137', '401\x132137', '4010232137\0', '\u00a04010232137', '401 023 2137'],
    ];
    for (const allowTestRange of [true, false]) {
      const rule: Rule = (cell) => standardiseNhsNumber(cell, { allowTestRange });
      expect((await differences(cells, PLAIN, nhsNumbers(allowTestRange), rule)).different).toEqual([]);
    }
  });
});

test('postcodes', async () => {
  const shaped = (letters: string, digits: string) =>
    fc
      .constantFrom('A9', 'A99', 'AA9', 'AA99', 'A9A', 'AA9A', 'ZZ99', 'GIR', 'GX11', 'AAAA')
      .chain((outward) => {
        const drawn: Record<string, string> = { A: letters, 9: digits };
        const arbitraries = Array.from(`${outward} 9AA`, (character) =>
          fc.constantFrom(...(drawn[character] ?? character)),
        );
        return fc.tuple(...arbitraries).map((characters) => characters.join(''));
      });
  const special = [
    'ZZ99 3VZ',
    'ZZ99 3WZ',
    'GIR 0AA',
    'GIR OAA',
    'G1R 0AA',
    'GXI1 1AA',
    ...TERRITORY_POSTCODES,
  ];
  const good = fc
    .oneof(
      shaped('ABCDEFGHIJKLMNOPQRSTUVWXYZ', '0123456789'),
      shaped('OIGRSX01', '01OI'),
      shaped('abceop', '0123oi'),
      fc.constantFrom(...special),
    )
    .chain((text) =>
      fc.constantFrom(' ', '', '  ', '   ', '    ', '_', '_ ').map((gap) => text.replace(' ', gap)),
    );
  await agree(good, postcodes(), standardisePostcode);
});

const FORMATS = [
  ...['%d/%m/%Y', '%Y-%m-%d', '%Y%m%d', '%m/%d/%Y', '%d.%m.%Y', '%d %m %Y', '%Y-%d-%m', '%d%m%Y', '%m%d%Y'],
  ...['%Y/%m/%d', '%d-%m/%Y', "%d'%m'%Y", 'AD%Y|%m|%d_', '%d0%m0%Y', '%m-%Y-%d'],
  ...['%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M', '%d/%m/%Y %H:%M', '%H%M%S %d %m %Y', '(%d) [%m] {%Y}.*'],
  ...['a date of more than thirty-two bytes: %Y-%m-%d', '%Y"%m,%d'],
];

describe('birth dates', () => {
  /** Texts of a format, most of them dates. */
  const written = (format: string): fc.Arbitrary<string> =>
    fc
      .record({
        Y: fc.oneof(
          fc.integer({ min: 1890, max: 2030 }),
          fc.constantFrom(0, 1, 99, 198, 999, 1000, 1799, 1800, 1900, 2199, 2200, 9999),
        ),
        m: fc.integer({ min: 0, max: 13 }),
        d: fc.integer({ min: 0, max: 32 }),
        H: fc.integer({ min: 0, max: 24 }),
        M: fc.constantFrom(0, 9, 59, 60),
        S: fc.constantFrom(0, 9, 59, 60),
      })
      .map((fields) =>
        format.replace(/%(.)/g, (_all, name: keyof typeof fields) =>
          String(fields[name]).padStart(name === 'Y' ? 4 : 2, '0'),
        ),
      );

  test.each(FORMATS)('written %s', async (format) => {
    await agree(written(format), birthDates(format), (cell) => standardiseBirthDate(cell, format, RUN_DATE));
  });

  test.each(['%d/%m/%Y', '%Y-%m-%d', '%Y%m%d'])(
    'of every day and every missing day near them, written %s',
    async (format) => {
      const years = [1, 198, 1800, 1894, 1895, 1900, 1904, 1999, 2000, 2023, 2024, 2100];
      const cells = years.flatMap((year) =>
        Array.from({ length: 14 * 40 }, (_, index) =>
          format
            .replace('%Y', String(year).padStart(4, '0'))
            .replace('%m', String(Math.floor(index / 40)).padStart(2, '0'))
            .replace('%d', String(index % 40).padStart(2, '0')),
        ),
      );
      const rule: Rule = (cell) => standardiseBirthDate(cell, format, RUN_DATE);
      const { different, rowsOfRecords } = await differences(cells, PLAIN, birthDates(format), rule);
      expect(different).toEqual([]);
      expect(rowsOfRecords).toBe(0);
    },
  );

  test('that are placeholders, and the days around them, the earliest and the run date', async () => {
    const days = [...BIRTH_DATE_PLACEHOLDERS, '1895-01-01', RUN_DATE].flatMap((day) =>
      [-1, 0, 1].map((shift) => new Date(Date.parse(day) + shift * 86_400_000).toISOString().slice(0, 10)),
    );
    const rule: Rule = (cell) => standardiseBirthDate(cell, '%Y-%m-%d', RUN_DATE);
    const outcomes = new Set(days.map((day) => rule(day).outcome));
    expect(outcomes).toEqual(new Set(['valid', 'placeholder', 'implausible']));
    expect((await differences(days, PLAIN, birthDates('%Y-%m-%d'), rule)).different).toEqual([]);
  });
});

test.each([{}, { M: 1, F: 2, I: 9, X: 9, U: 0 }, { '1': 2, '2': 1, "it's": 1, ' f ': 2, '': 1 }])(
  'sex under the map %j',
  async (map) => {
    const good = fc.constantFrom('0', '1', '2', '9', 'M', 'F', 'I', 'X', 'U', 'f', "it's", '01');
    await agree(good, sexes(map), (cell) => standardiseSex(cell, map));
  },
);

test('of a row that has no value there is none left of the row before', async () => {
  const cells = {
    nhs: ['4010232137', ''],
    dob: ['1980-01-31', 'x'],
    sex: ['1', ''],
    postcode: ['SW1A 2AA', '?'],
  };
  const cases: [string[], Case][] = [
    [cells.nhs, nhsNumbers(false)],
    [cells.dob, birthDates('%Y-%m-%d')],
    [cells.sex, sexes({})],
    [cells.postcode, postcodes()],
  ];
  for (const [[good, bad], one] of cases) {
    for (const faultyEvery of [0, 1]) {
      const order = [good!, bad!, bad!, good!];
      const { seen } = await readCells(
        folder,
        scanner,
        order,
        { ...PLAIN, faultyEvery },
        one.reader,
        (row) => (one.canonicalOf(row) === null ? 'none' : 'a value'),
      );
      expect(seen).toEqual(seen.map(() => ['a value', 'none', 'none', 'a value']));
      const backwards = [bad!, good!, good!, bad!];
      const read = await readCells(
        folder,
        scanner,
        backwards,
        { ...PLAIN, faultyEvery },
        one.reader,
        (row) => (one.canonicalOf(row) === null ? 'none' : 'a value'),
      );
      expect(read.seen).toEqual(read.seen.map(() => ['none', 'a value', 'a value', 'none']));
    }
  }
});

test('a table has readers of those identifier columns that it has', () => {
  const columns = [columnSpec('nhs-number', { name: 'who' }), columnSpec('postcode', { name: 'where' })];
  const readers = identifierColumnsOf([columnSpec('name'), ...columns], { synthetic: false }, RUN_DATE);
  expect(Object.entries(readers).map(([role, { name }]) => [role, name])).toEqual([
    ['nhs-number', 'who'],
    ['postcode', 'where'],
  ]);
});
