/**
 * The rules in SQL are held to the rules in TypeScript: same value, same outcome, for whatever a cell may
 * hold. Cells are near misses of good ones above all, for that is where a cast or a pattern gives way.
 */
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { standardiseBirthDate } from '../../domain/birth-date.ts';
import { isoDate, parseDate, parseTimestamp } from '../../domain/date-format.ts';
import { hasCheckDigit, NHS_NUMBER_PLACEHOLDERS, standardiseNhsNumber } from '../../domain/nhs-number.ts';
import { standardisePostcode } from '../../domain/postcode.ts';
import { TERRITORY_POSTCODES } from '../../domain/postcode-pseudo.ts';
import { standardiseSex } from '../../domain/sex.ts';
import { outcomeOf, type Standardised } from '../../domain/standardised.ts';
import { birthDateSql } from './birth-date-sql.ts';
import { dateSql, timestampSql } from './date-sql.ts';
import { nhsNumberSql } from './nhs-number-sql.ts';
import { postcodeSql } from './postcode-sql.ts';
import { sexSql } from './sex-sql.ts';
import { applyLayers, type StandardisedSql } from './standardised-sql.ts';

type Cell = string | null;
const RUN_DATE = '2024-03-01';

let connection: DuckDBConnection;
beforeAll(async () => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  connection = await instance.connect();
  await connection.run('CREATE TABLE cells (place INTEGER, cell VARCHAR)');
});
afterAll(() => connection.closeSync());

/**
 * One row of texts for each cell, in the order of the cells. `select` gives VARCHAR expressions over `cell`.
 */
async function query(cells: readonly Cell[], select: (from: string) => string): Promise<unknown[][]> {
  await connection.run('DELETE FROM cells');
  const appender = await connection.createAppender('cells');
  cells.forEach((cell, at) => {
    appender.appendInteger(at);
    if (cell === null) appender.appendNull();
    else appender.appendVarchar(cell);
    appender.endRow();
  });
  appender.closeSync();
  const result = await connection.runAndReadAll(`SELECT * FROM (${select('cells')}) ORDER BY place`);
  return result.getRows().map((row) => row.slice(1));
}

async function standardise(cells: readonly Cell[], sql: StandardisedSql): Promise<Standardised<string>[]> {
  const rows = await query(cells, (from) => {
    const layered = applyLayers(from, ['place'], [sql]);
    return `SELECT place, ${sql.value}::VARCHAR, ${sql.outcome}::INTEGER FROM (${layered})`;
  });
  return rows.map(([value, outcome]) => ({
    value: value as string | null,
    outcome: outcomeOf(Number(outcome)) ?? 'invalid',
  }));
}

const AWKWARD = [
  ...'0123456789 0OI1lABZ+-_.,eExb/\\:%|\'"\t\n\r\v\f',
  '\u00a0',
  '\u2003',
  '\ufeff',
  '\u200b',
  '٣',
  'é',
  'ſ',
  'K',
  '😀',
];

/** A good text with up to three characters put in, taken out or replaced. */
const nearly = (good: fc.Arbitrary<string>): fc.Arbitrary<Cell> => {
  const change = fc.tuple(fc.nat(24), fc.nat(1), fc.constantFrom('', ...AWKWARD));
  return fc
    .tuple(good, fc.oneof(fc.constant([]), fc.array(change, { maxLength: 3 })))
    .map(([text, changes]) =>
      changes
        .reduce((before, [place, take, put]) => {
          const at = place % (before.length + 1);
          return before.slice(0, at) + put + before.slice(at + take);
        }, text)
        .replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, ''),
    );
};

const anything: fc.Arbitrary<Cell> = fc.oneof(
  fc.constantFrom(null, '', ' ', '\u00a0\t', 'NULL', 'x'.repeat(5000), '9'.repeat(400), ' '.repeat(300)),
  fc.string({ unit: 'binary' }).map((text) => text.replaceAll('\0', '')),
  fc.string({ unit: fc.constantFrom(...AWKWARD), maxLength: 14 }),
);

const cellsLike = (good: fc.Arbitrary<string>) =>
  fc.array(fc.oneof({ weight: 6, arbitrary: nearly(good) }, { weight: 1, arbitrary: anything }), {
    minLength: 300,
    maxLength: 300,
  });

function agree(good: fc.Arbitrary<string>, sql: StandardisedSql, rule: (cell: Cell) => Standardised<string>) {
  return agreeOnEvery(good, async (cells) => [await standardise(cells, sql), cells.map(rule)]);
}

/** Batches are not shrunk: the cells on which the two differ are shown. */
function agreeOnEvery(good: fc.Arbitrary<string>, both: (cells: Cell[]) => Promise<[unknown[], unknown[]]>) {
  const property = fc.asyncProperty(cellsLike(good), async (cells) => {
    const [fromSql, fromRule] = await both(cells);
    const rows = cells.map((cell, at) => ({ cell, sql: fromSql[at], rule: fromRule[at] }));
    expect(rows.filter(({ sql, rule }) => JSON.stringify(sql) !== JSON.stringify(rule))).toEqual([]);
  });
  return fc.assert(property, { numRuns: 25, endOnFailure: true });
}

/** The TypeScript value as the SQL column has it: without leading zeros, and dates without hyphens. */
const asInteger = ({ value, outcome }: Standardised<string>): Standardised<string> => ({
  value: value === null ? null : String(Number(value.replaceAll('-', ''))),
  outcome,
});

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
    const sql = nhsNumberSql('cell', 'nhs', { allowTestRange });
    await agree(grouped, sql, (cell) => asInteger(standardiseNhsNumber(cell, { allowTestRange })));
  });

  test('what DuckDB would take for a number', async () => {
    const cells = [
      ...['0x12345678', '0xFFFFFFFF', '0b10101010', '12345678e2', '1.234567e9', '40102321e2', '1_23456789'],
      ...[
        '+401023213',
        ' 401023213',
        '401023213 ',
        '401023213.',
        '4010232137.0',
        '1e9',
        '1e999',
        '４０１０２３２１３７',
      ],
      ...['123 456 7e2', '1.2 345 67e9', '401 023 213 ', '401 0232 137', '4  0 023 2137', '401023 2137'],
    ];
    const sql = nhsNumberSql('cell', 'nhs', { allowTestRange: true });
    const rule = (cell: Cell) => asInteger(standardiseNhsNumber(cell, { allowTestRange: true }));
    expect(await standardise(cells, sql)).toEqual(cells.map(rule));
  });
});

test('postcodes', async () => {
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
    .chain((text) =>
      fc.constantFrom(' ', '', '  ', '   ', '    ', '_', '_ ').map((gap) => text.replace(' ', gap)),
    );
  await agree(good, postcodeSql('cell', 'pc'), standardisePostcode);
});

const FORMATS = [
  ...['%d/%m/%Y', '%Y-%m-%d', '%Y%m%d', '%m/%d/%Y', '%d.%m.%Y', '%d %m %Y', '%Y-%d-%m', '%d%m%Y', '%m%d%Y'],
  ...['%Y/%m/%d', '%d-%m/%Y', "%d'%m'%Y", 'AD%Y|%m|%d_', '%d0%m0%Y', '%m-%Y-%d'],
  ...['%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M', '%d/%m/%Y %H:%M', '%H%M%S %d %m %Y', '(%d) [%m] {%Y}.*'],
];

/** Texts of a format, most of them dates. */
const written = (format: string): fc.Arbitrary<string> =>
  fc
    .record({
      Y: fc.oneof(
        fc.integer({ min: 1890, max: 2030 }),
        fc.constantFrom(0, 1, 99, 198, 999, 1000, 1800, 1900, 9999),
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

describe.each(FORMATS)('dates written %s', (format) => {
  test('as birth dates', async () => {
    const sql = birthDateSql('cell', 'dob', format, RUN_DATE);
    await agree(written(format), sql, (cell) => asInteger(standardiseBirthDate(cell, format, RUN_DATE)));
  });

  test('as payload', async () => {
    const two = (part: number) => String(part).padStart(2, '0');
    const select = (from: string) =>
      `SELECT place, ${dateSql('cell', format)}::VARCHAR, ${timestampSql('cell', format)}::VARCHAR FROM ${from}`;
    const rule = (cell: Cell) => {
      const date = parseDate(cell, format);
      const at = parseTimestamp(cell, format);
      const time = at && [at.hour, at.minute, at.second].map(two).join(':');
      return [date && isoDate(date), at && `${isoDate(at)} ${time}`];
    };
    await agreeOnEvery(written(format), async (cells) => [await query(cells, select), cells.map(rule)]);
  });
});

test.each(['%d/%m/%Y', '%Y-%m-%d', '%Y%m%d'])(
  'every day and every missing day near them, written %s',
  async (format) => {
    const years = [1, 198, 1800, 1894, 1895, 1900, 1904, 1999, 2000, 2023, 2024, 2100];
    const cells = years.flatMap((year) =>
      Array.from({ length: 100 * 40 }, (_, at) =>
        format
          .replace('%Y', String(year).padStart(4, '0'))
          .replace('%m', String(Math.floor(at / 40)).padStart(2, '0'))
          .replace('%d', String(at % 40).padStart(2, '0')),
      ).slice(0, 14 * 40),
    );
    const rule = (cell: Cell) => asInteger(standardiseBirthDate(cell, format, RUN_DATE));
    expect(await standardise(cells, birthDateSql('cell', 'dob', format, RUN_DATE))).toEqual(cells.map(rule));
  },
);

test.each([{}, { M: 1, F: 2, I: 9, X: 9, U: 0 }, { '1': 2, '2': 1, "it's": 1, ' f ': 2, '': 1 }])(
  'sex under the map %j',
  async (map) => {
    const good = fc.constantFrom('0', '1', '2', '9', 'M', 'F', 'I', 'X', 'U', 'f', "it's", '01');
    await agree(good, sexSql('cell', 'sex', map), (cell) => standardiseSex(cell, map));
  },
);
