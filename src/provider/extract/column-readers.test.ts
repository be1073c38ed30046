/**
 * The readers of payload columns and keys are held to the plain rule: same value, same fault, for whatever a cell may hold, however
 * it is written, in blocks and record by record.
 */
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { OPT_OUT_CODES, optOutCodes, plainOptOutCodes, readOptOutCell } from '../../domain/opt-out-codes.ts';
import { OPT_OUT_CODE_FOUND } from '../../domain/row-flag.ts';
import {
  READ_DAMAGES,
  READ_DISGUISES,
  SNOMED_DAMAGES,
  SNOMED_DISGUISES,
  SPELLINGS,
} from '../../domain/test-rig/spellings.ts';
import { ColumnScanner } from '../../kernel/column-scanner.ts';
import type { ColumnSpec } from '../../pipeline/pipeline.ts';
import { BenchFolder } from '../../run/test-rig/bench-folder.ts';
import type { ColumnReader } from './column-reader.ts';
import { KeyColumn } from './key-column.ts';
import { faultOf, payloadValue } from './payload-value.ts';
import { INLINE_BYTES, TEXT_WORDS } from './row-vector.ts';
import { columnSpec } from './test-rig/column-spec.ts';
import { cellsLike, readCells, type Writing, writings } from './test-rig/written-cells.ts';
import { TextPayloadColumn } from './text-column.ts';
import { typedColumnOf } from './typed-columns.ts';
import { CodeForKeyRule, UnexpectedCodeRule } from './unexpected-code-rule.ts';

const FAULT = 7;
const PLAIN: Writing = { delimiter: ',', quote: '"', end: '\n', quoted: [false], faultyEvery: 0 };

let folder: BenchFolder;
let scanner: ColumnScanner;
beforeAll(() => {
  folder = BenchFolder.make();
  scanner = new ColumnScanner();
});
beforeEach(() => scanner.clear());
afterAll(() => folder.remove());

/** A reader, and what it has of a row, as the plain rule writes it. */
interface Case {
  readonly reader: ColumnReader;
  readonly cellOf: (row: number) => string | number | null;
}

const DAY_MS = 86_400_000;
const isoOf = (ms: number) => new Date(ms).toISOString().replace(/^[+-]0*(?=\d{4}-)/, '');

function typed(spec: ColumnSpec, unexpected: UnexpectedCodeRule | null = null): Case {
  const reader = typedColumnOf(spec, FAULT, unexpected)!;
  const { values, isPresent } = reader;
  const words = new BigInt64Array(values.buffer);
  const read = {
    integer: (row: number) => Number(words[row]),
    decimal: (row: number) => values[row]!,
    date: (row: number) => isoOf(values[row]! * DAY_MS).slice(0, 10),
    timestamp: (row: number) =>
      isoOf(Number(words[row]! / 1000n))
        .slice(0, 19)
        .replace('T', ' '),
  }[spec.role as 'integer' | 'decimal' | 'date' | 'timestamp'];
  const cellOf = (row: number) => {
    if (isPresent[row] === 1) return read(row);
    // of others the value is 0
    const width = values.length / isPresent.length;
    expect([...values.subarray(row * width, (row + 1) * width)]).toEqual(new Array(width).fill(0));
    return null;
  };
  return { reader, cellOf };
}

function text(spec: ColumnSpec, unexpected: UnexpectedCodeRule | null = null): Case {
  const reader = new TextPayloadColumn(spec, FAULT, unexpected, 'rows');
  const cellOf = (row: number) => {
    if (reader.isPresent[row] === 1) return reader.texts[reader.values[row]!]!;
    expect(reader.values[row]).toBe(0);
    return null;
  };
  return { reader, cellOf };
}

function keys(spec: ColumnSpec, code: CodeForKeyRule | null = null): Case {
  const reader = new KeyColumn(spec, faultOf(spec) === 'missing key' ? FAULT : null, code);
  const bytes = Buffer.from(reader.words.buffer);
  const cellOf = (row: number) => {
    const start = row * TEXT_WORDS * 4;
    const length = bytes.readUInt32LE(start);
    if (length > INLINE_BYTES) {
      const long = Buffer.from(reader.longText(row));
      expect([long.length, bytes.subarray(start + 4, start + 8)]).toEqual([length, long.subarray(0, 4)]);
      return long.toString('utf8');
    }
    // what is compared and hashed by words needs the zeros
    expect(bytes.subarray(start + 4 + length, start + TEXT_WORDS * 4).every((byte) => byte === 0)).toBe(true);
    return length === 0 ? null : bytes.toString('utf8', start + 4, start + 4 + length);
  };
  return { reader, cellOf };
}

/** What the plain rule makes of a cell, and the code of the row's fault. */
function plainly(spec: ColumnSpec, cell: string, isCode: IsCode) {
  if (isCode(cell)) return { value: null, fault: OPT_OUT_CODE_FOUND };
  const read = payloadValue(spec, cell);
  return 'fault' in read ? { value: null, fault: FAULT } : { value: read.value, fault: 0 };
}

type IsCode = (cell: string) => boolean;
const isNoCode: IsCode = () => false;

async function differences(
  cells: readonly string[],
  writing: Writing,
  { reader, cellOf }: Case,
  rule: (cell: string) => { value: string | number | null; fault: number },
) {
  // a row of which the run will stop, or that is not stored, may have any value
  const shown = (row: number, fault: number) => ({ value: fault === 0 ? cellOf(row) : null, fault });
  const read = await readCells(folder, scanner, cells, writing, reader, shown);
  const different = read.seen.flatMap((seen) =>
    cells.flatMap((cell, index) => {
      const expected = rule(cell);
      const met = seen[index]!;
      return Object.is(met.value, expected.value) && met.fault === expected.fault
        ? []
        : [{ cell, met, expected }];
    }),
  );
  return { ...read, different };
}

/** Files are not shrunk: the cells on which the two differ are shown. */
async function agree(
  good: fc.Arbitrary<string>,
  spec: ColumnSpec,
  one: Case,
  isCode: IsCode = isNoCode,
  numRuns = 25,
) {
  let [fast, slow, values, codes] = [0, 0, 0, 0];
  const property = fc.asyncProperty(cellsLike(good), writings, async (cells, writing) => {
    const rule = (cell: string) => plainly(spec, cell, isCode);
    const { different, rowsOfBlocks, rowsOfRecords } = await differences(cells, writing, one, rule);
    expect(different).toEqual([]);
    fast += rowsOfBlocks;
    slow += rowsOfRecords;
    values += cells.filter((cell) => rule(cell).value !== null).length;
    codes += cells.filter(isCode).length;
  });
  await fc.assert(property, { numRuns, endOnFailure: true });
  expect(Math.min(fast, slow, values)).toBeGreaterThan(300);
  return codes;
}

const digits = (min: number, max: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789'), minLength: min, maxLength: max });
const sign = fc.constantFrom('', '', '', '-', '+');
const join = (...parts: fc.Arbitrary<string>[]) => fc.tuple(...parts).map((all) => all.join(''));

const wholes = fc.oneof(
  join(sign, digits(1, 4)),
  join(
    sign,
    fc.constantFrom(8, 9, 10, 14, 15, 16, 17).chain((length) => digits(length, length)),
  ),
  join(sign, digits(1, 15), fc.constantFrom('.', '.0', '.00', ',0')),
  fc.constantFrom('-0', '0', '00', '+0', '-', '+', '-1', '999', '0999', '999.0', 'n/a', '1e5', '0x10'),
  fc.constantFrom(
    '4294967295',
    '4294967296',
    '-4294967296',
    '-4294967297',
    '999999999999999',
    '-999999999999999',
  ),
);
const decimals = fc.oneof(
  wholes,
  join(sign, digits(0, 8), fc.constant('.'), digits(0, 8)),
  join(sign, digits(0, 15), fc.constant('.'), digits(0, 41)),
  join(sign, digits(1, 3), fc.constantFrom('e', 'E'), sign, digits(1, 4)),
  fc.double({ noNaN: true }).map(String),
  fc.double({ noNaN: true, min: -1000, max: 1000 }).map((one) => one.toFixed(2)),
  fc.constantFrom(
    '-0.0',
    '.5',
    '5.',
    '-.5',
    '.',
    '1e308',
    '1e309',
    '-1e309',
    'NaN',
    'Infinity',
    '5e-324',
    '1,5',
  ),
);

describe.each([[[]], [['-1', '999', 'n/a', '0', '1.5']]])('numbers with %j missing', (missing) => {
  test('whole', async () => {
    const spec = columnSpec('integer', { missing });
    await agree(wholes, spec, typed(spec));
  });

  test('decimal', async () => {
    const spec = columnSpec('decimal', { missing });
    await agree(decimals, spec, typed(spec));
  });
});

const FORMATS = [
  ...['%d/%m/%Y', '%Y-%m-%d', '%Y%m%d', '%m/%d/%Y', '%d.%m.%Y', '%d %m %Y', '%Y-%d-%m', '%d%m%Y', '%m%d%Y'],
  ...['%Y/%m/%d', '%d-%m/%Y', "%d'%m'%Y", 'AD%Y|%m|%d_', '%d0%m0%Y', '%m-%Y-%d'],
  ...['%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M', '%d/%m/%Y %H:%M', '%H%M%S %d %m %Y', '(%d) [%m] {%Y}.*'],
  ...['a date of more than thirty-two bytes: %Y-%m-%d', '%Y"%m,%d'],
];

describe.each(FORMATS)('written %s', (format) => {
  const write = (fields: Readonly<Record<string, number>>) =>
    format.replace(/%(.)/g, (_all, name: string) => String(fields[name]).padStart(name === 'Y' ? 4 : 2, '0'));
  const good = fc
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
    .map(write);
  const MISSING = [
    write({ Y: 1900, m: 1, d: 1, H: 0, M: 0, S: 0 }),
    write({ Y: 9999, m: 12, d: 31, H: 23, M: 59, S: 59 }),
  ];
  const written = fc.oneof(
    { weight: 9, arbitrary: good },
    { weight: 1, arbitrary: fc.constantFrom(...MISSING) },
  );

  test.each(['date', 'timestamp'] as const)('%ss', async (role) => {
    for (const missing of [[], MISSING]) {
      const spec = columnSpec(role, { format, missing });
      await agree(written, spec, typed(spec), isNoCode, 13);
    }
  });
});

const TEXTS = fc.constantFrom(
  ...['E11.9', 'mmol/L', 'a', ' A ', '\u00a0x', 'say "hi"', 'a,b', 'a;b', 'two\nlines', 'cr\r\nlf', '\t'],
  ...['a\0b', '\0', '\0 ', 'é', '😀', 'NULL', 'n/a', ' n/a ', 'N/A', '""', "''", "it's", '0', '-0'],
  ...['x'.repeat(63), 'x'.repeat(64), 'x'.repeat(65), ` ${'x'.repeat(64)} `, 'é'.repeat(32), 'é'.repeat(33)],
  ...['a "quoted" text of no more than sixty-four bytes', 'twelve bytes', 'thirteen byte', 'P0000000000001'],
);

describe.each([[[]], [['NULL', 'n/a', '0', 'thirteen byte', 'x'.repeat(65)]]])(
  'texts with %j missing',
  (missing) => {
    test('of a category', async () => {
      const spec = columnSpec('category', { missing });
      await agree(TEXTS, spec, text(spec));
    });

    test.each(['patient-key', 'local-patient-id'] as const)('of a %s', async (role) => {
      const spec = columnSpec(role, { missing });
      await agree(TEXTS, spec, keys(spec));
    });
  },
);

describe('opt-out codes where none is expected come before faults', () => {
  const table = optOutCodes([
    { type: 'type-1', kind: 'registered', system: 'read-v2', code: '9190' },
    { type: 'type-2', kind: 'registered', system: 'snomed', code: '44054006' },
  ]);
  const spelt = [OPT_OUT_CODES, table].flatMap(({ codes }) =>
    codes.flatMap(({ system, code }) =>
      [
        ...SPELLINGS[system],
        ...(system === 'snomed'
          ? [...SNOMED_DISGUISES, ...SNOMED_DAMAGES]
          : [...READ_DISGUISES, ...READ_DAMAGES]),
      ].map((spell) => spell(code)),
    ),
  );
  const found = fc.constantFrom(...spelt);

  test.each([
    ['category', null, TEXTS],
    ['code', 'icd-10', TEXTS],
    ['integer', null, wholes],
    ['decimal', null, decimals],
  ] as const)('in a column of the role %s, of system %s', async (role, system, others) => {
    for (const codes of [OPT_OUT_CODES, table]) {
      scanner.clear();
      const spec = columnSpec(role, { system, missing: ['-1', 'n/a'] });
      const rule = new UnexpectedCodeRule(system, codes);
      const one = typedColumnOf(spec, FAULT, null) === null ? text(spec, rule) : typed(spec, rule);
      const isCode = (cell: string) => readOptOutCell(system ?? 'local', cell, codes) !== 'none';
      const met = await agree(fc.oneof(found, others, others), spec, one, isCode);
      expect(met).toBeGreaterThan(300);
    }
  });

  test('in a column of any numbers, where a code of one digit is declared', async () => {
    const codes = optOutCodes([{ type: 'type-1', kind: 'registered', system: 'read-v2', code: '7' }]);
    const spec = columnSpec('integer');
    const isCode = (cell: string) => readOptOutCell('local', cell, codes) !== 'none';
    const rule = (cell: string) => plainly(spec, cell, isCode);
    const one = typed(spec, new UnexpectedCodeRule(null, codes));
    const { different } = await differences(['7', '8', '77', ' 7', '-7', '07', ''], PLAIN, one, rule);
    expect(different).toEqual([]);
    expect(isCode('7')).toBe(true);
  });

  test('in a column of keys, where one is written as most systems write it', async () => {
    const forms = plainOptOutCodes(table);
    for (const role of ['patient-key', 'parent-key'] as const) {
      const spec = columnSpec(role, { missing: [forms[0]!, 'n/a'] });
      const good = fc.oneof(fc.constantFrom(...forms), TEXTS, TEXTS);
      const met = await agree(good, spec, keys(spec, new CodeForKeyRule(table)), (cell) =>
        forms.includes(cell),
      );
      expect(met).toBeGreaterThan(300);
    }
  });
});

test('a text has one code in all blocks and files, and is asked about once a distinct cell of a file’s blocks', async () => {
  const spec = columnSpec('category');
  const asked: string[] = [];
  const counting = { safeDigits: 9, isCode: (cell: string) => asked.push(cell) < 0 };
  const reader = new TextPayloadColumn(spec, FAULT, counting, 'rows');
  const cells = Array.from({ length: 9000 }, (_, index) => ['a', ' a', 'b', ''][index % 4]!);
  const shown = (row: number) => (reader.isPresent[row] === 1 ? reader.values[row]! : null);
  const { seen } = await readCells(folder, scanner, cells, PLAIN, reader, shown);
  expect(seen.every((one) => one.every((code, index) => code === [0, 0, 1, null][index % 4]))).toBe(true);
  expect(reader.texts).toEqual(['a', 'b']);
  expect(asked.toSorted()).toEqual(['', ' a', 'a', 'b']);
});

test('a column of more texts than codes and categories have is refused, by table and column', () => {
  const reader = new TextPayloadColumn(columnSpec('category'), FAULT, null, 'visits');
  const faults = { codes: new Int16Array(1), clear: () => {}, add: () => {}, addOptOutCode: () => {} };
  const most = 2 ** 22;
  for (let index = 0; index < most; index += 1) reader.readText(0, index.toString(36), faults);
  reader.readText(0, 'a', faults); // known already
  expect(() => reader.readText(0, 'one too many', faults)).toThrow(
    /visits:cell: has more than 4194304 different texts: a column of the role category has far fewer/,
  );
});
