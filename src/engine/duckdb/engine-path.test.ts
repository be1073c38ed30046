import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { duckdbDialect as dialect } from './dialect.ts';
import { DuckDbEngine } from './engine.ts';
import { exactPattern } from './engine-path.ts';

/** Names in which a pattern, a shell, a URL or SQL would see more than a name; and what they would match. */
const NAMES = [
  'a[1]', 'a1', 'b*', 'bb', 'c?', 'cc', 'd{x,y}', 'dx', '~e', "f'q", 'g,h', 'i"j', 'k|l', 'file:m', 's3:n', '[!a]',
  'q]', 't[', 'u[[]v', 'u[v', 'w\nx', 'caf\u00e9', 'cafe\u0301', '**', '#h', '%25', 'a b', '[a-b]', 'a', 'id=7', '$x', 'o\\p',
]; // biome-ignore format: a table of names
const FOLDERS = ['plain', 'fo[1]*?', 'fo1', 'id=8', "q'{a}"];

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'engine-path-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

function open(directories: readonly string[], paths: readonly string[], spill: string) {
  const allowed = { allowedDirectories: directories, allowedPaths: paths };
  return DuckDbEngine.open({
    threads: 1,
    memory: '200MiB',
    spillDirectory: spill,
    keepOrder: true,
    ...allowed,
  });
}

describe('a path is itself, whatever its characters', () => {
  test.each(FOLDERS)('in the folder %j: written as Parquet and read back, and read as CSV', async (name) => {
    const inside = join(folder, name);
    mkdirSync(inside);
    const engine = await open([inside], [], join(inside, 'spill'));
    const id = async (relation: string) =>
      (await engine.query(`SELECT id FROM ${relation}`, 'reading')).map((row) => row['id']);
    // a backslash in a pattern is a separator of folders: such a path is read only where nothing else makes a pattern
    const names = NAMES.filter((one) => !one.includes('\\') || exactPattern(inside) === inside);
    for (const [at, one] of names.entries()) {
      writeFileSync(join(inside, `${one}.csv`), `id\n${at}\n`);
      await engine.run(
        dialect.writeParquet(`SELECT ${at} AS id`, join(inside, `${one}.parquet`), 'snappy'),
        one,
      );
    }
    for (const [at, one] of names.entries()) {
      const form = ["columns = {'id': 'INTEGER'}", 'header = true', "delim = ','"];
      expect(await id(dialect.readCsv([join(inside, `${one}.csv`)], form)), one).toEqual([at]);
      expect(await id(dialect.readParquet([join(inside, `${one}.parquet`)])), one).toEqual([at]);
    }
    engine.close();
  });

  test('also where it is the only one that may be read', async () => {
    const inside = join(folder, 'one[1]');
    mkdirSync(inside);
    const path = join(inside, 'x[1].csv');
    writeFileSync(path, 'id\n1\n');
    writeFileSync(join(inside, 'x1.csv'), 'id\n2\n');
    const engine = await open([], [path], join(inside, 'spill'));
    const read = (file: string) =>
      engine.query(
        `SELECT * FROM ${dialect.readCsv([file], ["columns = {'id': 'INTEGER'}", 'header = true'])}`,
        'reading',
      );
    expect(await read(path)).toEqual([{ id: 1 }]);
    await expect(read(join(inside, 'x1.csv'))).rejects.toThrow('the engine failed');
    engine.close();
  });

  test('or is refused where no pattern can name it', () => {
    expect(() => exactPattern('/in/a\\[1].csv')).toThrow(
      '/in/a\\[1].csv: a path with a backslash and one of [ * ? cannot be read\n    rename the file or the folder',
    );
  });

  test('and a relative one names a file of this folder', () => {
    expect(['~/a', 's3://b/c', 'd/e'].map(exactPattern)).toEqual(['./~/a', './s3://b/c', 'd/e']);
  });
});

test('no path comes into SQL but by the dialect', () => {
  const reading =
    /\b(?:read_csv(?:_auto)?|read_parquet|parquet_scan|read_json\w*|read_text|read_blob|glob)\s*\(|\bCOPY\b|\bATTACH\b|\bEXPORT\b/;
  const files = readdirSync('src', { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !/\.test\.ts$|\/test-rig\//.test(file),
  );
  const code = (file: string) =>
    readFileSync(join('src', file), 'utf8')
      .split('\n')
      .filter((line) => !/^\s*(?:\/?\*|\/\/)/.test(line))
      .join('\n');
  expect(files.length).toBeGreaterThan(200);
  expect(files.filter((file) => reading.test(code(file)))).toEqual(['engine/duckdb/dialect.ts']);
  // nor may a quoted path be taken for a table function: FROM '/a/b.csv'
  expect(
    files.filter((file) =>
      /\b(?:FROM|JOIN|TO)\s+(?:'|\$\{(?:\w+\.)?(?:text|textLiteral)\()/.test(code(file)),
    ),
  ).toEqual(['engine/duckdb/dialect.ts']);
});
