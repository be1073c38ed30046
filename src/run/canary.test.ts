import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openKeyFile } from '../keys/key-ring.ts';
import { BenchFolder, RUN_DATE } from './test-rig/bench-folder.ts';
import { ByteSearch } from './test-rig/byte-search.ts';
import { type Canaries, plantCanaries } from './test-rig/canary-data.ts';
import { canaryPipeline } from './test-rig/canary-pipeline.ts';

const REPOSITORY = fileURLToPath(new URL('../../', import.meta.url));

let folder: BenchFolder;
let canaries: Canaries;
let search: ByteSearch;
beforeEach(() => {
  folder = BenchFolder.make('same keys each time');
  canaries = plantCanaries(folder);
  search = new ByteSearch(canaries.texts, canaries.nhsNumbers);
});
afterEach(() => folder.remove());

/** Everything a run in the folder has left, besides the inputs and keys that were there before. */
function leftBehind() {
  return [
    ...search.folder(folder.out),
    ...(existsSync(folder.lastWork) ? search.folder(folder.lastWork) : []),
  ];
}

describe('the search itself', () => {
  it('finds every canary in the inputs: it is able to fail', () => {
    const texts = new Set(search.folder(folder.path).map(({ about }) => about));
    const missing = [...canaries.texts, ...canaries.nhsNumbers].filter((one) => !texts.has(one));
    // postcodes have their space in one file and without it in the other
    expect(missing.filter((one) => !/^[A-Z]{2}\d{2} ?\d/.test(one))).toEqual([]);
    expect(canaries.texts.length).toBeGreaterThan(2_000);
    expect(canaries.nhsNumbers.length).toBe(300);
  });

  it.each<[string, (nhs: string, name: string) => Buffer]>([
    ['text', (nhs) => Buffer.from(`x${nhs}x`)],
    ['3-3-4', (nhs) => Buffer.from(`${nhs.slice(0, 3)} ${nhs.slice(3, 6)} ${nhs.slice(6)}`)],
    ['utf-16', (nhs) => Buffer.from(`x${nhs}x`, 'utf16le')],
    ['a whole number of 64 bits', (nhs) => Buffer.from(BigInt64Array.of(1n, BigInt(nhs)).buffer)],
    ['a whole number of 32 bits', (nhs) => Buffer.from(Int32Array.of(1, Number(nhs)).buffer)],
    ['a double', (nhs) => Buffer.from(Float64Array.of(1, Number(nhs)).buffer)],
    ['hexadecimal', (nhs) => Buffer.from(Buffer.from(`a${nhs}`).toString('hex'))],
    ['base64', (nhs) => Buffer.from(Buffer.from(`a${nhs}b`).toString('base64'))],
    ['base64, one further', (nhs) => Buffer.from(Buffer.from(`ab${nhs}c`).toString('base64'))],
    ['a name in capitals', (_, name) => Buffer.from(name.toUpperCase(), 'utf16le')],
    ['a name in small letters', (_, name) => Buffer.from(`"${name.toLowerCase()}"`)],
  ])('knows %s', (_, write) => {
    const small = canaries.nhsNumbers.find((nhs) => Number(nhs) < 2 ** 31)!;
    expect(search.bytes('here', write(small, canaries.texts[1]!)).length).toBeGreaterThan(0);
  });

  it('finds a name that is published because its column is not declared as a name', async () => {
    const name = canaries.texts[1]!;
    folder.put('stays.csv', readFileSync(folder.at('stays.csv'), 'utf8').replace(',W1,', `,${name},`));
    const { result, error } = await folder.run(canaryPipeline());
    expect(error).toBeNull();
    const found = leftBehind();
    expect(found.map(({ about }) => about)).toContain(name);
    expect(found.map(({ where }) => where)).toContain(join(result!.release, 'stays.arrow'));
  });
});

describe('a run', () => {
  it('leaves no canary in anything it writes or logs', async () => {
    const { result, error, said } = await folder.run(canaryPipeline());
    expect(error).toBeNull();
    expect(result?.rowsOut).toBeGreaterThan(300);
    expect(leftBehind()).toEqual([]);
    expect(search.text('result', JSON.stringify(result))).toEqual([]);
    expect(said.flatMap((line) => search.text('said', line))).toEqual([]);
    // the store was among what was looked at, and both halves of the tokens
    expect(existsSync(join(folder.lastWork, 'store', 'store.json'))).toBe(true);
    expect(search.looked).toBeGreaterThan(50_000);
  });

  it('leaves none in its key rings, however they are printed', () => {
    const ring = openKeyFile(folder.at('linkage.key'), 'linkage');
    const master = readFileSync(folder.at('linkage.key'));
    const keys = new ByteSearch(
      [master.toString('hex'), master.toString('latin1'), master.toString('base64')],
      [],
    );
    expect(keys.error('ring', ring)).toEqual([]);
    expect(keys.text('ring', `${ring}`)).toEqual([]);
  });

  it('leaves no key in anything either', async () => {
    await folder.publish(canaryPipeline());
    for (const name of ['linkage.key', 'release.key']) {
      const key = readFileSync(folder.at(name));
      const keys = new ByteSearch([key.toString('hex'), key.toString('base64')], []);
      expect([...keys.folder(folder.out), ...keys.folder(folder.lastWork)]).toEqual([]);
      expect(readFileSync(join(folder.lastWork, 'store', 'store.json')).includes(key)).toBe(false);
    }
  });
});

describe('identifiers in payload columns', () => {
  const inStays = (change: (cells: string[]) => void) => {
    const [header, ...lines] = readFileSync(folder.at('stays.csv'), 'utf8').trimEnd().split('\n');
    const cells = lines[5]!.split(',');
    change(cells);
    lines[5] = cells.join(',');
    folder.put('stays.csv', `${[header, ...lines].join('\n')}\n`);
  };

  it.each<[string, number, (all: Canaries) => string, string]>([
    [
      'an NHS number in a date',
      10,
      (all) => all.nhsNumber(),
      'stays.csv,7,seen,not a date in the declared format',
    ],
    ['a name in a number', 9, (all) => all.name(), 'stays.csv,7,nights,not an integer'],
    ['a spaced NHS number in a number', 9, () => '401 023 2137', 'stays.csv,7,nights,not an integer'],
    [
      'free text in a category',
      8,
      (all) => `${all.name()} ${all.address()}`.repeat(3),
      'stays.csv,7,ward,too long for its role',
    ],
  ])('%s is quarantined, and quarantine does not show it', async (_, index, text, line) => {
    inStays((cells) => {
      cells[index] = text(canaries);
    });
    search = new ByteSearch(canaries.texts, canaries.nhsNumbers);
    const published = await folder.publish(canaryPipeline({ quarantine: '5%' }));
    expect(published.quarantine).toEqual([line]);
    expect(leftBehind()).toEqual([]);
  });

  it.each<[string, number, (all: Canaries) => string, RegExp]>([
    [
      'an NHS number in a category',
      8,
      (all) => all.nhsNumber(),
      /stays\.arrow:ward: leak scan: 1 text looks like a NHS number/,
    ],
    [
      'a postcode in a category',
      8,
      (all) => all.postcode(),
      /stays\.arrow:ward: leak scan: 1 text looks like a postcode/,
    ],
    [
      'an NHS number in a whole number',
      9,
      (all) => all.nhsNumber(),
      /stays\.arrow:nights: leak scan: 1 text looks like a NHS number/,
    ],
    [
      'an NHS number as organisation',
      3,
      (all) => all.nhsNumber(),
      /stays\.arrow:provider: leak scan: 1 text looks like a NHS number/,
    ],
    [
      'a listed name in a category',
      8,
      (all) => all.texts[1]!,
      /stays\.arrow:ward: leak scan: 1 text looks like a canary/,
    ],
  ])('%s stops the run before anything is published', async (_, index, text, message) => {
    inStays((cells) => {
      cells[index] = text(canaries);
    });
    folder.put('canaries.txt', `# made up\n${canaries.texts[1]}\n`);
    search = new ByteSearch(canaries.texts, canaries.nhsNumbers);
    const { result, error, said } = await folder.run(canaryPipeline({ canaries: 'canaries.txt' }));
    expect(result).toBeNull();
    expect((error as Error).message).toMatch(message);
    expect(search.error('error', error)).toEqual([]);
    expect(said.flatMap((line) => search.text('said', line))).toEqual([]);
    expect(existsSync(join(folder.out, 'tiny', 'latest'))).toBe(false);
    expect(search.folder(folder.out)).toEqual([]);
  });
});

describe('the command line', () => {
  const cli = join(REPOSITORY, 'dist', 'cli', 'main.js');
  const spawn = (pipeline: object, ...options: string[]) => {
    writeFileSync(folder.at('pipeline.yaml'), JSON.stringify(pipeline));
    mkdirSync(folder.out, { recursive: true });
    const args = [
      cli,
      'run',
      folder.at('pipeline.yaml'),
      '--out',
      folder.out,
      '--run-date',
      RUN_DATE,
      ...options,
    ];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: folder.path,
      encoding: 'utf8',
    });
    return { status, stdout, stderr };
  };

  it.each(['--quiet', '--json', '--log-format json --log-level debug'])(
    'prints no canary with %s',
    (options) => {
      const { status, stdout, stderr } = spawn(canaryPipeline(), ...options.split(' '));
      expect(`${status} ${stderr}`).toMatch(/^0 /);
      expect([
        ...search.text('stdout', stdout),
        ...search.text('stderr', stderr),
        ...search.folder(folder.out),
      ]).toEqual([]);
      expect(stdout.length).toBeGreaterThan(0);
    },
  );

  it('prints none when it is refused', () => {
    folder.put(
      'stays.csv',
      `${readFileSync(folder.at('stays.csv'), 'utf8')}${canaries.texts[1]},${canaries.nhsNumbers[0]}\n`,
    );
    const { status, stdout, stderr } = spawn(canaryPipeline(), '--json');
    expect(status).toBe(1);
    expect(stdout).toMatch(/ends in mid-row|too few columns/);
    expect([
      ...search.text('stdout', stdout),
      ...search.text('stderr', stderr),
      ...search.folder(folder.out),
    ]).toEqual([]);
  });
});
