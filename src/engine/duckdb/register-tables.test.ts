import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { refused } from '../../domain/problem.ts';
import type { ScannedColumn, ScannedTable, ScannedVector } from '../scanned-table.ts';
import { DuckDbEngine } from './engine.ts';

let engine: DuckDbEngine;
beforeEach(async () => {
  engine = await DuckDbEngine.open({
    threads: 2,
    memory: '256MiB',
    spillDirectory: null,
    allowedDirectories: [],
    allowedPaths: [],
    keepOrder: true,
  });
});
afterEach(() => engine.close());

/** A table of batches that a test makes, which notes the columns that are read. */
function tableOf(
  columns: readonly ScannedColumn[],
  rows: readonly number[],
  read: (batch: number, column: number) => ScannedVector,
  name = 't',
): ScannedTable & { readonly asked: Set<string> } {
  const asked = new Set<string>();
  return {
    name,
    columns,
    rows: rows.reduce((sum, one) => sum + one, 0),
    batches: rows.length,
    rowsOf: (batch) => rows[batch]!,
    read: (batch, column) => {
      asked.add(columns[column]!.name);
      return read(batch, column);
    },
    asked,
  };
}

const plain = (values: ArrayBufferView): ScannedVector => ({ values, validity: null, textIndexes: null });
const query = (sql: string) => engine.query(sql, 'reading');

const NUMBERS: ScannedColumn = { name: 'n', type: 'integer', texts: [] };
/** Each row has its own number; every seventh has none. */
function numbered(rows: readonly number[]) {
  const starts = rows.map((_, batch) => rows.slice(0, batch).reduce((sum, one) => sum + one, 0));
  return tableOf([NUMBERS], rows, (batch) => {
    const values = Int32Array.from({ length: rows[batch]! }, (_, row) => starts[batch]! + row);
    const validity = new Uint8Array(Math.ceil(values.length / 8));
    for (const [row, n] of values.entries()) if (n % 7 !== 0) validity[row >> 3]! |= 1 << (row & 7);
    return { values, validity, textIndexes: null };
  });
}

describe('a table of this program', () => {
  it('is read with every type', async () => {
    const columns: readonly (readonly [ScannedColumn['type'], ArrayBufferView])[] = [
      ['tinyint', Int8Array.of(-1, 2, 3)],
      ['smallint', Int16Array.of(-300, 2, 3)],
      ['integer', Int32Array.of(-70_000, 2, 3)],
      ['bigint', BigInt64Array.of(-(2n ** 63n), 2n, 2n ** 63n - 1n)],
      ['double', Float64Array.of(0.5, -2, 3)],
      ['boolean', Uint8Array.of(1, 0, 1)],
      ['date', Int32Array.of(-1, 0, 20_000)],
      ['timestamp', BigInt64Array.of(-1n, 0n, 1_000_000n)],
    ];
    const described = columns.map(([type]) => ({ name: type, type, texts: [] }));
    engine.registerTables([tableOf(described, [3], (_, column) => plain(columns[column]![1]))]);
    const rows = await query(
      `SELECT ${described.map(({ name }) => `CAST("${name}" AS VARCHAR) AS "${name}"`).join(', ')} FROM read_store('t')`,
    );
    expect(rows.map((row) => Object.values(row))).toEqual([
      ['-1', '-300', '-70000', `${-(2n ** 63n)}`, '0.5', 'true', '1969-12-31', '1969-12-31 23:59:59.999999'],
      ['2', '2', '2', '2', '-2.0', 'false', '1970-01-01', '1970-01-01 00:00:00'],
      ['3', '3', '3', `${2n ** 63n - 1n}`, '3.0', 'true', '2024-10-04', '1970-01-01 00:00:01'],
    ]);
  });

  it.each([[[]], [[0]], [[1]], [[2048]], [[2049, 0, 2047]], [[5, 3, 64_000, 64_000, 17]]])(
    'is read whole and in order, whatever its batches are: %j',
    async (batches) => {
      engine.registerTables([numbered(batches)]);
      const total = batches.reduce((sum, one) => sum + one, 0);
      const read: unknown[] = [];
      for await (const chunk of engine.stream("SELECT n FROM read_store('t')", 'reading')) {
        const values = new Int32Array(Uint8Array.from(chunk.values(0, 4)).buffer);
        const bits = chunk.validity(0);
        read.push(
          ...Array.from(values, (n, row) => (bits && !(bits[row >> 3]! & (1 << (row & 7))) ? null : n)),
        );
      }
      expect(read).toEqual(Array.from({ length: total }, (_, n) => (n % 7 === 0 ? null : n)));
    },
  );

  it('is read by several threads and several times at once', async () => {
    engine.registerTables([numbered([64_000, 64_000, 30_000])]);
    const [row] = await query(
      "SELECT count(*)::INTEGER AS n FROM read_store('t') AS a JOIN read_store('t') AS b ON a.n = b.n WHERE a.n % 2 = 0",
    );
    const even = Array.from({ length: 158_000 }, (_, n) => n).filter((n) => n % 7 !== 0 && n % 2 === 0);
    expect(row).toEqual({ n: even.length });
  });

  it('gives the columns that a query needs, and no others', async () => {
    const columns = ['a', 'b', 'c'].map((name): ScannedColumn => ({ name, type: 'tinyint', texts: [] }));
    const table = tableOf(columns, [2], (_, column) => plain(Int8Array.of(column, column)));
    engine.registerTables([table]);
    expect(await query("SELECT c, a FROM read_store('t')")).toEqual([
      { c: 2, a: 0 },
      { c: 2, a: 0 },
    ]);
    expect([...table.asked].sort()).toEqual(['a', 'c']);
  });

  it('is found by its name', async () => {
    const of = (name: string, value: number) =>
      tableOf([NUMBERS], [1], () => plain(Int32Array.of(value)), name);
    engine.registerTables([of('one', 1), of("it's", 2)]);
    expect(await query("SELECT n FROM read_store('it''s')")).toEqual([{ n: 2 }]);
    await expect(query("SELECT n FROM read_store('other')")).rejects.toMatchObject({ exitCode: 70 });
  });
});

describe('a column of texts', () => {
  const TEXTS = ['', 'a', 'aa', 'b', 'é', '\uffff', '😀'];
  const texts: ScannedColumn = { name: 'x', type: 'text', texts: TEXTS };
  /** A part that has its texts in another order, and one of them not at all. */
  const textIndexes = Int32Array.of(6, 0, 3, 2, 5, 4);

  it('is an ENUM in the order of the list, whatever the codes of a batch are', async () => {
    const codes = Int32Array.of(0, 1, 2, 3, 4, 5, 99);
    engine.registerTables([
      tableOf([texts], [7], () => ({ values: codes, validity: Uint8Array.of(0b0111111), textIndexes })),
    ]);
    const rows = await query("SELECT CAST(x AS VARCHAR) AS x FROM read_store('t') ORDER BY x NULLS LAST");
    const stored = await query("SELECT x::VARCHAR AS text FROM read_store('t') AS r ORDER BY r.x NULLS LAST");
    expect(rows).toHaveLength(7);
    expect(stored.map(({ text }) => text)).toEqual(['', 'aa', 'b', 'é', '\uffff', '😀', null]);
  });

  it('has its texts in a list of their own, of the same type', async () => {
    engine.registerTables([
      tableOf([texts], [1], () => ({ values: Int32Array.of(2), validity: null, textIndexes })),
    ]);
    const all = await query(
      "SELECT CAST(l.value AS VARCHAR) AS value FROM read_texts('t', 'x') AS l ORDER BY l.value",
    );
    expect(all.map(({ value }) => value)).toEqual(TEXTS);
    const [row] = await query(
      "SELECT typeof(x) = typeof(value) AS same, value = x AS met FROM read_store('t'), read_texts('t', 'x') WHERE value = x",
    );
    expect(row).toEqual({ same: true, met: true });
    await expect(query("SELECT * FROM read_texts('t', 'y')")).rejects.toMatchObject({ exitCode: 70 });
  });

  it.each([1, 255, 256, 65_535, 65_536])('has %d texts', async (count) => {
    const many = Array.from({ length: count }, (_, at) => `text ${String(at).padStart(6, '0')}`);
    const own = Int32Array.from(many, (_, at) => count - 1 - at);
    const codes = { values: Int32Array.from(many, (_, at) => at), validity: null };
    engine.registerTables([
      tableOf([NUMBERS, { ...texts, texts: many }], [count], (_, column) => ({
        ...codes,
        textIndexes: column === 0 ? null : own,
      })),
    ]);
    const [row] = await query(
      `SELECT count(*)::INTEGER AS rows, count(DISTINCT x)::INTEGER AS texts,
              bool_and(enum_code(x) = ${count - 1} - n) AS placed,
              bool_and(x::VARCHAR = 'text ' || lpad((${count - 1} - n)::VARCHAR, 6, '0')) AS named
       FROM read_store('t')`,
    );
    expect(row).toEqual({ rows: count, texts: count, placed: true, named: true });
  });

  it('without any text is all NULL', async () => {
    const none = { values: Int32Array.of(0, 0), validity: Uint8Array.of(0), textIndexes: new Int32Array() };
    engine.registerTables([tableOf([{ ...texts, texts: [] }], [2], () => none)]);
    expect(await query("SELECT x::VARCHAR AS x, enum_code(x) AS code FROM read_store('t')")).toEqual([
      { x: null, code: null },
      { x: null, code: null },
    ]);
    expect(await query("SELECT * FROM read_texts('t', 'x')")).toEqual([]);
  });

  it('with a NUL character is a bug, not a shorter text', async () => {
    engine.registerTables([tableOf([{ ...texts, texts: ['a\0b'] }], [], () => plain(new Int32Array()))]);
    await expect(query("SELECT * FROM read_store('t')")).rejects.toMatchObject({ exitCode: 70 });
  });
});

describe('a fault', () => {
  it('of whoever reads the table ends the statement as it is', async () => {
    const fault = refused({ file: 'part.arrow', message: 'is damaged' });
    engine.registerTables([
      tableOf([NUMBERS], [1], () => {
        throw fault;
      }),
    ]);
    await expect(query("SELECT n FROM read_store('t')")).rejects.toBe(fault);
    await expect(query('SELECT 1 AS n')).resolves.toEqual([{ n: 1 }]);
  });

  it.each<[string, ScannedColumn['type'], ScannedVector]>([
    ['too few values', 'bigint', plain(new BigInt64Array(9))],
    [
      'too few validity bits',
      'tinyint',
      { values: new Int8Array(10), validity: new Uint8Array(1), textIndexes: null },
    ],
    ['a text without places', 'text', plain(new Int32Array(10))],
    [
      'places without a text',
      'integer',
      { values: new Int32Array(10), validity: null, textIndexes: new Int32Array(1) },
    ],
  ])('in its values is a bug: %s', async (_, type, vector) => {
    engine.registerTables([tableOf([{ name: 'n', type, texts: ['a'] }], [10], () => vector)]);
    await expect(query("SELECT n FROM read_store('t')")).rejects.toMatchObject({ exitCode: 70 });
  });
});
