/** Whatever the number of threads and wherever a file is cut, the store is the same, byte for byte, and so is every refusal. */
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { TallystickError } from '../../domain/problem.ts';
import { KeyRing } from '../../keys/key-ring.ts';
import { parsePipeline } from '../../pipeline/parse-pipeline.ts';
import type { Pipeline } from '../../pipeline/pipeline.ts';
import { StageTimes } from '../../program/progress.ts';
import type { RunSettings } from '../../program/run-settings.ts';
import { BenchFolder, RUN_DATE } from '../../run/test-rig/bench-folder.ts';
import { flatPipeline, NHS_NUMBERS } from '../../run/test-rig/flat-source.ts';
import {
  PATIENTS_HEADER,
  READINGS_HEADER,
  splitPipeline,
  VISITS_HEADER,
} from '../../run/test-rig/split-source.ts';
import { RowReader } from '../extract/row-reader.ts';
import { tokeniseSources } from '../tokenise-sources.ts';
import type { RangeSettings } from './reader-threads.ts';

const KEY = Uint8Array.from({ length: 32 }, (_, byte) => byte * 5);

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
});
afterEach(() => {
  vi.restoreAllMocks();
  folder.remove();
});

/** The files and the description of the store, or the refusal. */
async function tokenise(
  pipeline: object | (() => Pipeline),
  threads: number,
  ranges: Partial<RangeSettings> = {},
  more: Partial<RunSettings> = {},
): Promise<Record<string, string>> {
  const directory = folder.at('store');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory, { mode: 0o700 });
  const settings = {
    runDate: RUN_DATE,
    threads,
    memory: '1GiB',
    privateDirectory: folder.path,
    progress: { begin: () => undefined, end: () => undefined },
    log: () => undefined,
    signal: new AbortController().signal,
    ...more,
  };
  try {
    const filled = await tokeniseSources(
      typeof pipeline === 'function' ? pipeline() : folder.parse(pipeline),
      null,
      new KeyRing(KEY),
      directory,
      settings,
      new StageTimes(),
      { leastBytes: 0, ...ranges },
    );
    const files = readdirSync(directory, { recursive: true, encoding: 'utf8' }).sort();
    return {
      said: JSON.stringify(filled.store),
      ...Object.fromEntries(
        files
          .filter((name) => /\.\w+$/.test(name))
          .map((name) => [name, readFileSync(join(directory, name), 'latin1')]),
      ),
    };
  } catch (fault) {
    if (fault instanceof TallystickError && fault.exitCode === 1) return { refused: fault.message };
    throw fault;
  }
}

/** Numbers of threads, each with the bytes of a range. */
const DIVIDED = [
  [2, 1],
  [3, 64],
  [5, 1000],
] as const;

/** Compares with the reading without threads; returns its result. */
async function expectSame(pipeline: object): Promise<Record<string, string>> {
  const expected = await tokenise(pipeline, 1);
  for (const [threads, rangeBytes] of DIVIDED)
    expectEqual(await tokenise(pipeline, threads, { rangeBytes }), expected);
  return expected;
}

/** Names the files that differ: to show what differs in them would take minutes. */
function expectEqual(made: Record<string, string>, expected: Record<string, string>): void {
  expect(Object.keys(made)).toEqual(Object.keys(expected));
  expect(Object.keys(made).filter((name) => made[name] !== expected[name])).toEqual([]);
}

const [number, sex, home] = [
  fc.constantFrom(...NHS_NUMBERS, '', 'none', '"9434765919"'),
  fc.constantFrom('1', '2', '1', '2', '', 'X', '"1"'),
  fc.constantFrom('AB1 2DD', 'AB1 2DE', 'AB1 2DF', 'AB1 2DG', 'sw1a2aa', '', '"AB1 2DE"', 'not a postcode'),
];
const born = fc.constantFrom('01/02/1980', '31/12/1999', '01/01/1970', '02/03/1944', '', '1980');
const ward = fc.constantFrom('A', 'B', 'Ç', '"C\nC"', '"D ""d"""', '', 'E'.repeat(70), '\xff', '53741008');
const day = fc.constantFrom('05/01/2026', '31/12/2025', '', '"06/01/2026"', 'yesterday');
const BAD = fc.constantFrom(
  '',
  'a',
  'a,b',
  '"',
  'a,"b"c,d',
  'a,b"c,d,e',
  '9434765919,"\n',
  'x,y,z,,,,,,,,,,',
);
const line = (...cells: fc.Arbitrary<string>[]) => fc.tuple(...cells).map((texts) => texts.join(','));

/** A file of such rows, each with a number in the place of #, with a share of bad ones in between: none where their weight is 0. */
const fileOf = (header: string, rows: fc.Arbitrary<string>, bad: fc.Arbitrary<number>) =>
  bad
    .chain((weight) =>
      fc.record({
        rows: fc.array(fc.oneof({ weight: 60, arbitrary: rows }, { weight, arbitrary: BAD }), {
          minLength: 1,
          maxLength: 60,
        }),
        end: fc.constantFrom('\n', '\r\n'),
        mark: fc.constantFrom('', '\ufeff'),
        last: fc.boolean(),
        from: fc.integer({ min: 1, max: 1000 }).map((thousands) => thousands * 1000),
      }),
    )
    .map(({ rows: texts, end, mark, last, from }) => {
      const numbered = texts.map((text, index) => text.replaceAll('#', `${from + index}`));
      const text = [mark + header.trimEnd(), ...numbered].join(end) + (last ? end : '');
      return Buffer.concat(
        text.split(/(\xff)/).map((one) => (one === '\xff' ? Buffer.from([0xff]) : Buffer.from(one, 'utf8'))),
      );
    });
const weights = fc.constantFrom(0, 0, 1, 20);

const FLAT = flatPipeline({
  files: 'stays-*',
  quarantine: '100%',
  columns: {
    sex: { role: 'sex' },
    born: { role: 'date-of-birth' },
    home: { role: 'postcode' },
    trust: { role: 'organisation' },
    local: { role: 'local-patient-id', provider: 'trust' },
    ward: { role: 'category' },
    seen: { role: 'date' },
    nights: { role: 'integer' },
    stay: { role: 'record-id' },
  },
  release: { ward: 'keep', seen: 'keep', nights: 'keep', stay: 'keep' },
});
const STAYS_HEADER = 'nhs,sex,born,home,trust,local,ward,seen,nights,stay';
const stay = line(
  number,
  sex,
  born,
  home,
  fc.constantFrom('RB1', 'RB2'),
  fc.constantFrom('L1', 'L2', 'a local id that is longer', ''),
  ward,
  day,
  fc.constantFrom('1', '20', '', 'x'),
  fc.constant('s#'),
);

const key = fc.constantFrom('p1000', 'p1001', 'p1002', 'p1003', '"p1004"', 'p2000', 'nobody', '');
const patientKey = fc.constantFrom(
  'p#',
  '"p#"',
  ' p#',
  'p#',
  'a patient key # that is longer',
  'p#',
  'p#',
  '',
);
const patient = line(patientKey, number, fc.constant('N'), born, sex, home, fc.constant('H,T'), ward);
const visitId = fc.constantFrom('v1000', 'v1001', 'v2000', '"v1002"', 'a visit id 1003 that is longer');
const ownId = fc.constantFrom('v#', '"v#"', 'a visit id # that is longer');
const code = fc.constantFrom('53741008', '', '"1234"', '27113001');
const visit = line(key, ownId, day, code, fc.constantFrom('n', '"n,\r\nn"'));
const reading = line(visitId, fc.constantFrom('1.#', '', 'x', '"2"'), ward);
const SPLIT = (() => {
  const pipeline = splitPipeline({ quarantine: '100%' }) as {
    sources: { surgery: { tables: Record<string, object>; patients: object } };
  };
  const { surgery } = pipeline.sources;
  const many = (table: object, files: string) => ({ ...table, files });
  const { columns, ...table } = surgery.tables['visits'] as { columns: Record<string, object> };
  const asIs = { codeShape: { none: 'made up' } };
  const visits = many(
    { ...table, columns: { ...columns, code: { ...columns['code'], expect: asIs } } },
    'visits-*.csv',
  );
  return {
    ...pipeline,
    sources: {
      surgery: {
        ...surgery,
        patients: many(surgery.patients, 'patients.csv'),
        tables: {
          visits,
          readings: many(surgery.tables['readings']!, 'readings-*.csv'),
        },
      },
    },
  };
})();

describe('a store does not depend on the number of threads or on the ranges', () => {
  it('of flat rows, several files, some of them packed', { timeout: 240_000 }, async () => {
    let stores = 0;
    const files = fc.array(fileOf(STAYS_HEADER, stay, weights), { minLength: 1, maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(files, async (texts) => {
        for (const name of readdirSync(folder.path)) if (name.startsWith('stays')) rmSync(folder.at(name));
        for (const [index, text] of texts.entries()) {
          if (index % 3 === 2) folder.put(`stays-${index}.csv.gz`, gzipSync(text));
          else folder.put(`stays-${index}.csv`, text);
        }
        const made = await expectSame(FLAT);
        if (made['refused'] === undefined) stores += 1;
      }),
      { numRuns: 8 },
    );
    expect(stores).toBeGreaterThan(2);
  });

  // what is made of the fixtures in one thread is compared with the oracle by src/run; a range is scanned apart, so its ends are ends of blocks
  it.each([
    [2, 4096],
    [3, 16_384],
    [2, 524_288],
  ])('of the fixtures, read by %i threads in ranges of %i bytes', async (threads, rangeBytes) => {
    const file = resolve('pipelines/nightly.yaml');
    const nightly = () =>
      parsePipeline(readFileSync(file, 'utf8'), {
        file,
        runDate: RUN_DATE,
        variables: {},
        shownAs: 'nightly.yaml',
        identifierIn: () => null,
      });
    const expected = await tokenise(nightly, 1);
    expect(Object.keys(expected).filter((name) => name.endsWith('.arrow'))).toHaveLength(9);
    expectEqual(await tokenise(nightly, threads, { rangeBytes }), expected);
  });

  it('of a file whose line ends differ behind a faulty quote: its line is named', async () => {
    folder.put('patients.csv', `${PATIENTS_HEADER}p1,${NHS_NUMBERS[0]},N,01/02/1980,1,AB1 2CD,H,T,A\n`);
    folder.put('visits-0.csv', `${VISITS_HEADER}p1,v1,05/01/2026,53741008,n\n`);
    folder.put('readings-0.csv', 'visit,value,unit\r\nv1,1.5,mm\r\nv1,"\n\r\nv1,1.1,"C\nC"\r\n');
    folder.put('register.csv', 'nhs_number,type,event,date\n');
    const made = await expectSame(SPLIT);
    expect(made['refused']).toMatch(/readings-0\.csv:3: a quote of the row/);
  });

  it('of a GP source whose rows stop, are faulty, or point at such rows', { timeout: 240_000 }, async () => {
    let stores = 0;
    const some = fc.constantFrom(0, 0, 0, 1);
    const visits = fc.array(fileOf(VISITS_HEADER, visit, some), { minLength: 1, maxLength: 3 });
    const readings = fc.array(fileOf(READINGS_HEADER, reading, some), { minLength: 1, maxLength: 3 });
    const register = `nhs_number,type,event,date\n${NHS_NUMBERS[0]},type-1,registered,2020-01-01\n`;
    folder.put('register.csv', register);
    await fc.assert(
      fc.asyncProperty(
        fileOf(PATIENTS_HEADER, patient, some),
        visits,
        readings,
        async (patients, visitTexts, readingTexts) => {
          for (const name of readdirSync(folder.path))
            if (/^(visits|readings)/.test(name)) rmSync(folder.at(name));
          folder.put('patients.csv', patients);
          for (const [index, text] of visitTexts.entries()) folder.put(`visits-${index}.csv`, text);
          for (const [index, text] of readingTexts.entries()) folder.put(`readings-${index}.csv`, text);
          const made = await expectSame(SPLIT);
          if (made['refused'] === undefined) stores += 1;
        },
      ),
      { numRuns: 8 },
    );
    expect(stores).toBeGreaterThan(2);
  });
});

/** So many rows, with quotes, and with subjects that come again far behind. */
function manyStays(rows: number): string[] {
  return Array.from({ length: rows }, (_, index) => {
    const nhs = index % 5 === 0 ? '' : NHS_NUMBERS[(index * 7) % 10];
    const ward = index % 11 === 0 ? `"ward ${index % 300}, ""east"""` : `ward ${index % 700}`;
    const date = `0${1 + (index % 9)}/0${1 + (index % 7)}/19${20 + (index % 70)}`;
    return `${nhs},${1 + (index % 2)},${date},AB1 ${index % 10}DD,RB1,L${index % 5000},${ward},05/01/2026,${index % 30},s${index}`;
  });
}
/** Two and more vectors a range, and more ranges than may be under way. */
const LARGE = [
  [2, 400_000],
  [5, 150_000],
] as const;

describe('a file of many vectors', () => {
  type Change = (rows: string[]) => string[];
  it.each<[string, boolean, string | undefined, Change]>([
    ['that is regular', true, undefined, (rows) => rows],
    [
      'with ragged rows',
      true,
      undefined,
      (rows) => rows.map((row, index) => (index % 5003 === 7 ? `${row},more` : row)),
    ],
    ['with a bad quote', false, undefined, (rows) => rows.with(17_000, '9434765919,1,"x"y,AB1 1DD')],
    // behind it everything is within quotes: the last range goes to the end of the file
    ['with a quote that is left open', true, undefined, (rows) => rows.with(20_000, 'a,b,"open')],
    [
      'with quotes in plain cells, of an even number',
      false,
      undefined,
      (rows) => rows.with(9_000, 'a"b\n"d,e'),
    ],
    ['with another line end', true, 'of different kinds', (rows) => rows.with(29_000, `${rows[29_000]}\r`)],
    ['with a bad quote in its first row', false, undefined, (rows) => rows.with(0, 'a,b"c",d')],
  ])('%s is read as one thread reads it', { timeout: 120_000 }, async (_, isByThreads, refusal, change) => {
    folder.put('stays-1.csv', [STAYS_HEADER, ...change(manyStays(30_000))].join('\n'));
    const expected = await tokenise(FLAT, 1);
    if (refusal === undefined) expect(expected['refused']).toBeUndefined();
    else expect(expected['refused']).toContain(refusal);
    const readText = vi.spyOn(RowReader.prototype, 'readText');
    for (const [threads, rangeBytes] of LARGE)
      expectEqual(await tokenise(FLAT, threads, { rangeBytes }), expected);
    expect(readText).toHaveBeenCalledTimes(isByThreads ? 0 : LARGE.length);
  });
});

describe('threads', () => {
  const put = () => folder.put('stays-1.csv', [STAYS_HEADER, ...manyStays(30_000)].join('\n'));
  /** What a thread runs instead. */
  const script = (text: string) =>
    folder.put('thread.mjs', `import { parentPort } from 'node:worker_threads';\n${text}`);

  it('are not started for a small file', async () => {
    put();
    const made = await tokenise(FLAT, 2, { script: folder.at('no-such-script.mjs'), leastBytes: 16 << 20 });
    expect(made['refused']).toBeUndefined();
  });

  it('that cannot be started stop the run', async () => {
    put();
    await expect(tokenise(FLAT, 2, { script: folder.at('no-such-script.mjs') })).rejects.toThrow();
  });

  it('that end without an answer stop the run, with a way out', async () => {
    put();
    const dying = script('parentPort.on("message", () => process.exit(7));');
    await expect(tokenise(FLAT, 3, { script: dying, rangeBytes: 100_000 })).rejects.toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('a thread that reads the extracts ended before its work was done'),
    });
  });

  it('that fail say no more than where', async () => {
    put();
    const failing = script('parentPort.on("message", () => { throw new TypeError("of 9434765919"); });');
    const failed = tokenise(FLAT, 2, { script: failing, rangeBytes: 100_000 });
    await expect(failed).rejects.toMatchObject({ name: 'DistantFault', trace: { kind: 'TypeError' } });
    await expect(failed).rejects.not.toThrow('9434765919');
  });

  it('that refuse do so with their own message and exit code', async () => {
    put();
    const fault = { as: 'error', exitCode: 3, problems: [{ file: 'a.csv', line: 3, message: 'is odd' }] };
    const refusing = script(`parentPort.on("message", ({ ask }) => {
      if (ask === "close") parentPort.close();
      else parentPort.postMessage({ fault: ${JSON.stringify(fault)} });
    });`);
    await expect(tokenise(FLAT, 2, { script: refusing })).rejects.toMatchObject({
      exitCode: 3,
      problems: fault.problems,
    });
  });

  it('are ended when the run is aborted, whatever they do', async () => {
    put();
    const abort = new AbortController();
    const reason = new Error('stopped by the test');
    const busy = script('parentPort.on("message", () => { for (;;); });');
    const stopped = tokenise(FLAT, 2, { script: busy, rangeBytes: 100_000 }, { signal: abort.signal });
    setTimeout(() => abort.abort(reason), 300);
    await expect(stopped).rejects.toBe(reason);
  });
});
