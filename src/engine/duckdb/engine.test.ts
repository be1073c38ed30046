import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { bug, TallystickError } from '../../domain/problem.ts';
import { allValid, type VectorFunction, type VectorInput, type VectorResult } from '../vector-function.ts';
import { duckdbDialect } from './dialect.ts';
import { DuckDbEngine, duckdbVersion, type EngineSettings } from './engine.ts';

const SECRET = 'Quillfeather';

let folder: string;
let engine: DuckDbEngine;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-engine-'));
  mkdirSync(join(folder, 'allowed'));
  for (const name of ['allowed/a.csv', 'listed.csv', 'other.csv'])
    writeFileSync(join(folder, name), `x\n${SECRET}\n`);
  engine = await open();
});
afterEach(() => {
  engine.close();
  rmSync(folder, { recursive: true });
});

function open(settings: Partial<EngineSettings> = {}): Promise<DuckDbEngine> {
  return DuckDbEngine.open({
    threads: 2,
    memory: '200MB',
    spillDirectory: null,
    allowedDirectories: [join(folder, 'allowed')],
    allowedPaths: [join(folder, 'listed.csv')],
    keepOrder: true,
    ...settings,
  });
}

async function faultOf(work: Promise<unknown>): Promise<TallystickError> {
  const fault = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (!(fault instanceof TallystickError)) throw new Error('no fault of the expected kind');
  expect(inspect(fault, { depth: Infinity, showHidden: true })).not.toContain(SECRET);
  return fault;
}

describe('an engine', () => {
  it('reads the files and folders it was given, and no others', async () => {
    const read = (name: string) => engine.query(`SELECT * FROM read_csv('${join(folder, name)}')`, 'reading');
    expect(await read('allowed/a.csv')).toEqual([{ x: SECRET }]);
    expect(await read('listed.csv')).toEqual([{ x: SECRET }]);
    expect(await faultOf(read('other.csv'))).toMatchObject({ exitCode: 4 });
    expect(await faultOf(read('allowed/../other.csv'))).toMatchObject({ exitCode: 4 });
    const write = engine.run(`COPY (SELECT 1) TO '${join(folder, 'new.csv')}'`, 'writing');
    expect(await faultOf(write)).toMatchObject({ exitCode: 4 });
    expect(existsSync(join(folder, 'new.csv'))).toBe(false);
  });

  it.each([
    "SET memory_limit = '8GB'",
    "SET temp_directory = '/tmp'",
    'SET enable_external_access = true',
    "SET allowed_directories = ['/']",
    'INSTALL httpfs',
    'LOAD httpfs',
    "ATTACH '/tmp/other.db'",
    'RESET lock_configuration',
  ])('is locked: %s', async (sql) => {
    expect(await faultOf(engine.run(sql, 'trying'))).toMatchObject({ exitCode: 4 });
  });

  it('is refused with settings that mean nothing', async () => {
    expect(await faultOf(open({ memory: 'a lot' }))).toMatchObject({ exitCode: 3 });
    expect(await faultOf(open({ threads: 0 }))).toMatchObject({ exitCode: 3 });
  });

  it('says which version of DuckDB it is', () => {
    expect(duckdbVersion()).toMatch(/^v1\.\d+\.\d+/);
  });
});

describe('an error', () => {
  it.each([
    `SELECT CAST('${SECRET}' AS INTEGER)`,
    `SELECT ${SECRET}`,
    `SELECT error('${SECRET}')`,
    `SELECT 1 FROM "${SECRET}"`,
    `SELECT strptime('${SECRET}', '%Y')`,
    `SELEC '${SECRET}'`,
  ])('never quotes what the engine read: %s', async (sql) => {
    const fault = await faultOf(engine.query(sql, 'linking'));
    expect(fault).toMatchObject({ exitCode: 4 });
    expect(fault.message).toMatch(/^the engine failed while linking \([A-Za-z -]*Error\)/);
    expect(fault.cause).toBeUndefined();
    expect(await faultOf(engine.run(sql, 'linking'))).toMatchObject({ exitCode: 4 });
  });

  it('in a stream does not either', async () => {
    const drain = async () => {
      for await (const _ of engine.stream(
        `SELECT CAST(concat('${SECRET}', i) AS INTEGER) FROM range(9000) AS t(i)`,
        'writing',
      ));
    };
    expect(await faultOf(drain())).toMatchObject({ exitCode: 4 });
  });

  it('of memory says so, and nothing is spilled where spilling is forbidden', async () => {
    const small = await open({ memory: '30MB' });
    const sort = `CREATE TABLE t AS SELECT '${SECRET}' || i AS x FROM range(3000000) AS t(i) ORDER BY hash(i)`;
    const fault = await faultOf(small.run(sort, 'sorting'));
    expect(fault).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('ran out of memory while sorting'),
    });
    small.close();
    expect(readdirSync(folder).sort()).toEqual(['allowed', 'listed.csv', 'other.csv']);
  });

  it('spills nothing that can be read', async () => {
    const spill = join(folder, 'spill');
    mkdirSync(spill);
    const small = await open({ memory: '60MB', spillDirectory: spill, allowedDirectories: [spill] });
    await small.run(
      `CREATE TABLE big AS SELECT '${SECRET}' || i AS name FROM range(2000000) AS r(i) ORDER BY hash(i)`,
      'making a large table',
    );
    const spilled = readdirSync(spill).map((name) => readFileSync(join(spill, name)));
    expect(spilled.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(2 ** 20);
    for (const bytes of spilled) expect(bytes.includes(SECRET)).toBe(false);
    const [row] = await small.query(
      'SELECT count(*)::DOUBLE AS rows, min(name) AS first FROM big',
      'reading',
    );
    expect(row).toEqual({ rows: 2_000_000, first: `${SECRET}0` });
    small.close();
  });

  it('does not come of little memory where spilling is allowed', async () => {
    const spill = join(folder, 'spill');
    mkdirSync(spill);
    const small = await open({ memory: '60MB', spillDirectory: spill, allowedDirectories: [spill] });
    await small.run(
      "CREATE TABLE t AS SELECT 'x' || i AS x FROM range(3000000) AS t(i) ORDER BY hash(i)",
      'sorting',
    );
    expect(await small.query('SELECT count(DISTINCT x)::INTEGER AS n FROM t', 'counting')).toEqual([
      { n: 3_000_000 },
    ]);
    expect(readdirSync(spill).length).toBeGreaterThan(0);
    small.close();
    expect(readdirSync(spill)).toEqual([]);
  });

  it('of an interrupted statement has the exit code for it', async () => {
    const running = faultOf(
      engine.run('SELECT count(*) FROM range(100000) a, range(1000000) b WHERE hash(a, b) = 1', 'linking'),
    );
    setTimeout(() => engine.interrupt(), 50);
    expect(await running).toMatchObject({ exitCode: 130 });
  });
});

describe('a stream', () => {
  it('goes on while other queries run', async () => {
    await engine.run('CREATE TABLE t AS SELECT i::INTEGER AS i FROM range(10000) AS r(i)', 'making');
    let rows = 0;
    let sum = 0;
    for await (const chunk of engine.stream(
      'SELECT i, CASE WHEN i % 2 = 0 THEN i END AS even FROM t ORDER BY i',
      'reading',
    )) {
      await engine.query('SELECT 1', 'asking');
      const values = chunk.values(0, 4);
      const numbers = new Int32Array(values.buffer, values.byteOffset, chunk.rows);
      for (const value of numbers) sum += value;
      rows += chunk.rows;
      expect(chunk.validity(0)).toBeNull();
      expect(chunk.validity(1)![0]).toBe(0b0101_0101);
    }
    expect([rows, sum]).toEqual([10_000, (9_999 * 10_000) / 2]);
  });

  it.each([
    [
      'a value that cannot be',
      `SELECT CASE WHEN i = 150000 THEN error('bad') ELSE i END AS i FROM range(200000) AS t(i)`,
    ],
    [
      'a cast',
      `SELECT CAST(CASE WHEN i = 150000 THEN 'x' ELSE i::VARCHAR END AS INTEGER) AS i FROM range(200000) AS t(i)`,
    ],
  ])('that %s ends in the middle is an error, and not the end', async (_, sql) => {
    let met = 0;
    const read = async () => {
      for await (const { rows } of engine.stream(sql, 'reading')) met += rows;
    };
    await expect(read()).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringMatching(/while reading/),
    });
    expect(met).toBeLessThan(200_000);
  });

  it('can be left early', async () => {
    for await (const { rows } of engine.stream('SELECT i FROM range(100000) AS t(i)', 'reading')) {
      expect(rows).toBeGreaterThan(0);
      break;
    }
    expect(await engine.query('SELECT 1::INTEGER AS one', 'asking')).toEqual([{ one: 1 }]);
  });
});

describe('a function of this program', () => {
  class Lengths implements VectorFunction {
    readonly name = 'lengths';
    readonly parameters = ['text', 'bigint'] as const;
    readonly returns = [
      { name: 'bytes', type: 'bigint' },
      { name: 'sign', type: 'tinyint' },
    ] as const;
    rows = 0;

    call(input: VectorInput): readonly VectorResult[] {
      const structs = input.bytes(0);
      const words = new Uint32Array(structs.buffer, structs.byteOffset, input.rows * 4);
      const numbers = input.bytes(1);
      const values = new BigInt64Array(numbers.buffer, numbers.byteOffset, input.rows);
      const bytes = new BigInt64Array(2048);
      const sign = new Int8Array(2048);
      for (let row = 0; row < input.rows; row += 1) {
        const length = words[row * 4]!;
        const text =
          length > 12 ? input.longText(0, row) : structs.subarray(row * 16 + 4, row * 16 + 4 + length);
        if (Buffer.from(text).toString().includes(SECRET)) throw new Error(`found ${SECRET}`);
        bytes[row] = BigInt(text.length);
        sign[row] = values[row]! < 0n ? -1 : 1;
      }
      this.rows += input.rows;
      const validity = new Uint8Array(256).fill(0xff);
      validity[0] = 0xfe; // the first row of each vector has no sign
      return [allValid(new Uint8Array(bytes.buffer)), { values: new Uint8Array(sign.buffer), validity }];
    }
  }

  it('gets whole vectors, short texts and long ones, and is called once a row', async () => {
    const lengths = new Lengths();
    engine.register(lengths);
    const sql = `SELECT sum(l.bytes)::DOUBLE AS bytes, sum(l.sign)::INTEGER AS sign FROM (
      SELECT lengths(repeat('é', (i % 40)::INTEGER), i - 10) AS l FROM range(5000) AS t(i))`;
    expect(await engine.query(sql, 'measuring')).toEqual([{ bytes: 5000 * 39, sign: 4980 + 1 - 2 }]); // of rows 0, 2048 and 4096
    expect(lengths.rows).toBe(5000);
  });

  it('that throws does not show what it was given', async () => {
    engine.register(new Lengths());
    const fault = await faultOf(engine.query(`SELECT lengths('${SECRET} and more text', 1)`, 'measuring'));
    expect(fault.exitCode).toBe(4);
  });

  it('that finds a fault of this program ends the statement with that fault and its exit code', async () => {
    const found = bug('a guard is broken');
    engine.register({
      name: 'broken',
      parameters: ['bigint'],
      returns: [{ name: 'one', type: 'bigint' }],
      call: () => {
        throw found;
      },
    });
    expect(await faultOf(engine.query('SELECT broken(1)', 'asking'))).toBe(found);
    expect(found.exitCode).toBe(70);
    expect(await faultOf(engine.query('SELECT nothing', 'asking'))).toMatchObject({ exitCode: 4 });
  });
});

describe('the dialect', () => {
  it('quotes names and texts, so that none of them ends early', async () => {
    const name = `a"b'c; DROP TABLE t`;
    const text = `it's "${SECRET}"`;
    const sql = `SELECT ${duckdbDialect.text(text)} AS ${duckdbDialect.name(name)}`;
    expect(await engine.query(sql, 'asking')).toEqual([{ [name]: text }]);
  });

  it('reads several Parquet files as one', async () => {
    const paths = [1, 2].map((one) => join(folder, 'allowed', `it's ${one}.parquet`));
    for (const path of paths)
      await engine.run(`COPY (SELECT 7 AS x) TO ${duckdbDialect.text(path)} (FORMAT parquet)`, 'writing');
    const sql = `SELECT sum(x)::INTEGER AS x FROM ${duckdbDialect.readParquet(paths)}`;
    expect(await engine.query(sql, 'reading')).toEqual([{ x: 14 }]);
  });
});
