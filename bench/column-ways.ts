import { ColumnScanner } from '../src/kernel/column-scanner.ts';
import { datePatternOf } from '../src/kernel/date-pattern.ts';
import { BATCH } from '../src/kernel/memory-layout.ts';
import { median } from './median.ts';

/*
 * The cost of a cell in the kernel, by kind of column: one text of 2048 rows with a plain cell of each kind, so that every cell is read by the
 * kernel and none is left to the rules in domain/. To find the cell and to copy its value to the caller is part of the cost.
 */

const COMMA = 0x2c;
const QUOTE = 0x22;
const FORMAT = '%d/%m/%Y';

const two = (value: number): string => String(value).padStart(2, '0');
const dateOf = (row: number): string => `${two(1 + (row % 28))}/${two(1 + (row % 12))}/${1930 + (row % 90)}`;

/** Ten digits with a right check digit: the weights 10 to 2 modulo 11 (NHS Data Dictionary). */
function nhsNumber(row: number): string {
  for (let first = 412_345_678 + row * 97; ; first += 1) {
    const sum = [...String(first)].reduce((total, digit, index) => total + Number(digit) * (10 - index), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check < 10) return `${first}${check}`;
  }
}

/** The columns, in the order of the text, each with the text of a row. */
const COLUMNS = {
  nhs: nhsNumber,
  date: dateOf,
  time: (row: number) => `${dateOf(row)} ${two(row % 24)}:${two(row % 60)}:${two((row * 7) % 60)}`,
  postcode: (row: number) => `AB${1 + (row % 9)} ${row % 10}DD`,
  integer: (row: number) => String((row * 7919) % 100_000),
  decimal: (row: number) => ((row * 7919) / 1000).toFixed(2),
  code: (row: number) => `E${two(row % 100)}.${row % 10}`,
  short: (row: number) => `P${String(row).padStart(9, '0')}`,
  long: (row: number) => `a text of 20 by ${String(row).padStart(4, '0')}`,
} satisfies Record<string, (row: number) => string>;

const NAMES = Object.keys(COLUMNS) as (keyof typeof COLUMNS)[];
const WIDTH = NAMES.length;
const TEXT = Buffer.from(
  Array.from({ length: BATCH }, (_, row) => `${NAMES.map((name) => COLUMNS[name](row)).join(',')}\n`).join(
    '',
  ),
);

const scanner = new ColumnScanner();
const patterns = { date: datePatternOf(FORMAT)!, time: datePatternOf(`${FORMAT} %H:%M:%S`)! };
const words = new Uint32Array(BATCH * 4);
const integers = new Int32Array(BATCH);
const doubles = new Float64Array(BATCH);
const states = new Uint8Array(BATCH);
const cellsOf = (name: keyof typeof COLUMNS) => ({
  column: NAMES.indexOf(name),
  width: WIDTH,
  from: 0,
  count: BATCH,
  quote: QUOTE,
});

/** Each reads one column, and returns how many of its cells the kernel left to a rule; `scan` finds the cells of all of them. */
const WAYS = {
  'scan, one of nine cells': () => (scanner.scan(TEXT, COMMA, QUOTE) === null ? BATCH : 0),
  'NHS number': () => scanner.readNhsNumbers(cellsOf('nhs'), words, states),
  'date, yyyymmdd': () => scanner.readDates(cellsOf('date'), patterns.date, 'yyyymmdd', integers, states),
  'date, days': () => scanner.readDates(cellsOf('date'), patterns.date, 'days', integers, states),
  timestamp: () => scanner.readTimestamps(cellsOf('time'), patterns.time, words, states),
  postcode: () => scanner.readPostcodes(cellsOf('postcode'), words, states),
  integer: () => scanner.readIntegers(cellsOf('integer'), 15, words, states),
  decimal: () => scanner.readDecimals(cellsOf('decimal'), 15, doubles, states),
  'code, by the dictionary': () => scanner.encode(NAMES.indexOf('code'), WIDTH, BATCH, QUOTE).length - BATCH,
  'text of 10 bytes': () => scanner.readTexts(cellsOf('short'), words, states),
  'text of 20 bytes': () => scanner.readTexts(cellsOf('long'), words, states),
} satisfies Record<string, () => number>;

export type ColumnWay = keyof typeof WAYS;

/** Rounds until V8 has compiled the kernel for good. */
const WARM_UP = 100;

/**
 * Nanoseconds a cell, the median of the rounds; the ways take turns.
 *
 * @throws Error where the kernel does not read a cell: then something else was measured
 */
export function measureCells(rounds = 300): Record<ColumnWay, number> {
  const ways = Object.entries(WAYS) as [ColumnWay, () => number][];
  const nanoseconds = new Map(ways.map(([way]) => [way, [] as number[]]));
  for (let round = -WARM_UP; round < rounds; round += 1) {
    for (const [way, read] of ways) {
      const start = performance.now();
      const left = read();
      const cells = way === 'scan, one of nine cells' ? BATCH * WIDTH : BATCH;
      if (left > 0) throw new Error(`the kernel left ${left} cells unread: ${way}`);
      if (round >= 0) nanoseconds.get(way)!.push(((performance.now() - start) * 1e6) / cells);
    }
  }
  return Object.fromEntries(
    ways.map(([way]) => [way, Number(median(nanoseconds.get(way)!).toFixed(1))]),
  ) as Record<ColumnWay, number>;
}
