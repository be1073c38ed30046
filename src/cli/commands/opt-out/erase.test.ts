import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { type Erasure, type ErasureRequest, erase } from '../../../erase/erase.ts';
import { openKeyFile } from '../../../keys/key-ring.ts';
import { personPseudonym, recordPseudonym, token } from '../../../oracle/recipes.ts';
import { BenchFolder, type Published } from '../../../run/test-rig/bench-folder.ts';
import { NHS_NUMBERS } from '../../../run/test-rig/flat-source.ts';
import {
  PATIENTS_HEADER,
  READINGS_HEADER,
  splitPipeline,
  VISITS_HEADER,
} from '../../../run/test-rig/split-source.ts';
import { checkStoreFiles } from '../../../store/store-files.ts';
import { readStore } from '../../../store/token-store.ts';
import { readRecord } from '../../../write/read-run.ts';
import { checkRun } from '../../verify/check-run.ts';

const [ann, ben, cat] = NHS_NUMBERS;
const ON = '2026-11-30';
/** Ann has the patient key p1, the visits v1 and v2, a reading of each, and a code and a unit that nobody else has. */
const PATIENTS = [
  `p1,${ann},N,01/02/1980,1,SW1A 1AA,H,T,E01000001`,
  `p2,${ben},N,01/02/1990,2,SW1A 2AA,H,T,E01000002`,
  `p3,${cat},N,01/02/1970,2,SW1A 2AA,H,T,E01000003`,
  '',
].join('\n');
const VISITS = [
  'p2,v3,05/01/2026,53741008,n',
  'p1,v1,05/01/2026,73211009,n',
  'p1,v2,06/01/2026,53741008,n',
  'p3,v4,07/01/2026,53741008,n',
  '',
].join('\n');
const READINGS = ['v3,2.5,mm', 'v1,1.5,furlong', 'v2,3.5,mm', 'v4,4.5,mm', ''].join('\n');

let folder: BenchFolder;
let runs: Published[];
let store: string;
const home = () => join(folder.out, 'tiny');
const pipelineOf = (agreement: string): object => {
  const pipeline = splitPipeline() as { release: object };
  return { ...pipeline, link: { keepMap: true }, release: { ...pipeline.release, agreement } };
};
const without = (text: string, name: RegExp) =>
  text
    .split('\n')
    .filter((line) => !name.test(line))
    .join('\n');

/** Runs and store as they were published, for each test to begin with. */
const pristine = () => folder.at('pristine');
beforeAll(async () => {
  folder = BenchFolder.make();
  folder.put('patients.csv', PATIENTS_HEADER + PATIENTS);
  folder.put('visits.csv', VISITS_HEADER + VISITS);
  folder.put('readings.csv', READINGS_HEADER + READINGS);
  runs = [];
  for (const agreement of ['one', 'two']) runs.push(await folder.publish(pipelineOf(agreement)));
  store = folder.at('store');
  cpSync(folder.out, join(pristine(), 'out'), { recursive: true, verbatimSymlinks: true });
  cpSync(join(folder.lastWork, 'store'), join(pristine(), 'store'), { recursive: true });
}, 60_000);
beforeEach(() => {
  for (const [name, path] of [
    ['out', folder.out],
    ['store', store],
  ] as const) {
    rmSync(path, { recursive: true, force: true });
    cpSync(join(pristine(), name), path, { recursive: true, verbatimSymlinks: true });
  }
});
afterAll(() => folder.remove());

const keys = () => ({
  linkage: readFileSync(folder.at('linkage.key')),
  release: readFileSync(folder.at('release.key')),
});
const tokenOf = (number: string) => token({ kind: 'nhs-number', text: number }, keys());
const request = (number: string, more: Partial<ErasureRequest> = {}): ErasureRequest => ({
  numbers: [number],
  tokensOf: () => [new Uint8Array(tokenOf(number))],
  openLinkageKey: () => openKeyFile(folder.at('linkage.key'), 'linkage'),
  openReleaseKey: () => openKeyFile(folder.at('release.key'), 'release'),
  stores: [store],
  runs: [home()],
  kept: [],
  on: ON,
  isDry: false,
  verify: async ({ directory, folders, manifest }) =>
    (await checkRun(directory, folders, manifest)).flatMap(({ problems }) => problems),
  lock: {},
  notice: () => undefined,
  ...more,
});

/** Every file below the folders with its bytes. */
function filesIn(...folders: string[]): Map<string, Buffer> {
  return new Map(
    folders.flatMap((one) =>
      readdirSync(one, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => {
          const path = join(entry.parentPath, entry.name);
          return [path, readFileSync(path)] as const;
        }),
    ),
  );
}

/** Byte sequences of a person, worked out with node:crypto alone. */
function tracesOf(number: string, patient: string, visits: readonly string[]): Buffer[] {
  const nhs = tokenOf(number);
  const own = token({ kind: 'patient-key/surgery', text: patient }, keys());
  const traces = [nhs.subarray(0, 8), nhs.subarray(8), own.subarray(0, 8), own.subarray(8)];
  for (const one of [nhs, own]) {
    traces.push(Buffer.from(`${one.readBigInt64LE(0)},${one.readBigInt64LE(8)}`));
    traces.push(Buffer.from(one.toString('hex')));
  }
  for (const agreement of ['one', 'two']) {
    const hashes = [
      personPseudonym({ kind: 'nhs-number', text: number }, agreement, keys()),
      personPseudonym({ kind: 'patient-key/surgery', text: patient }, `${agreement}/subject`, keys()),
      ...visits.map((visit) => recordPseudonym('visits', visit, agreement, keys())),
    ];
    for (const hash of hashes) {
      const bytes = Buffer.from(hash, 'hex');
      traces.push(Buffer.from(hash));
      for (const half of [bytes.subarray(0, 8), bytes.subarray(8)]) {
        traces.push(half, Buffer.from(half).reverse());
      }
    }
  }
  return traces;
}
const filesWith = (traces: readonly Buffer[]) =>
  [...filesIn(home(), store)].filter(([, bytes]) => traces.some((one) => bytes.includes(one))).length;

describe('an erasure', () => {
  it('leaves nothing of the person in any file, and proves it', async () => {
    const traces = tracesOf(ann, 'p1', ['v1', 'v2']);
    expect(filesWith(traces)).toBeGreaterThan(8);
    const result = await erase(request(ann));
    expect(filesWith(traces)).toBe(0);
    expect(result.proof).toEqual({ files: filesIn(home(), store).size, found: [] });
    expect(result.unchecked).toEqual([]);
    expect(result.runs.map(({ runId }) => runId).sort()).toEqual(runs.map((run) => run.result.runId).sort());
    expect(result.runs[0]).toMatchObject({ tables: { visits: 2, readings: 2, persons: 1 }, linkMapRows: 1 });
    expect(result.stores).toMatchObject([
      { tables: { surgery_patients: 1, visits: 2, readings: 2 }, subjects: { surgery: 1 } },
    ]);
    expect(readdirSync(home()).filter((name) => /partial|replaced/.test(name))).toEqual([]);
    // the values that only this person had
    const having = (text: string) => [...filesIn(home(), store)].filter(([, bytes]) => bytes.includes(text));
    for (const text of ['73211009', 'furlong']) expect(having(text).map(([path]) => path)).toEqual([]);
  });

  it('leaves runs and a store that verify, with the others in them, and `latest` where it was', async () => {
    const before = await Promise.all(runs.map((run) => run.rows('persons')));
    const manifests = runs.map((run) => run.text('release/manifest.json'));
    const latest = readFileSync(join(home(), 'latest', 'release', 'manifest.json'), 'utf8');
    await erase(request(ann));
    for (const [at, run] of runs.entries()) {
      const gone = personPseudonym({ kind: 'nhs-number', text: ann }, ['one', 'two'][at]!, keys());
      expect(await run.rows('persons')).toEqual(before[at]!.filter(({ person }) => person !== gone));
      expect((await run.rows('visits')).length).toBe(2);
      const { erasures, receipts, outputs } = readRecord(join(run.result.directory, 'operator'));
      expect(erasures).toEqual([{ on: ON, manifest: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
      expect(receipts.persons.released).toBe(2);
      expect(outputs.find(({ table }) => table === 'visits')).toEqual({ table: 'visits', rows: 2 });
      expect(run.text('release/manifest.json')).not.toBe(manifests[at]);
    }
    expect(readFileSync(join(home(), 'latest', 'release', 'manifest.json'), 'utf8')).not.toBe(latest);
    const described = readStore(store);
    await checkStoreFiles(store, described);
    expect(described.erasures).toEqual([{ on: ON }]);
  });

  it('leaves the tables of a run that never had the person', async () => {
    await erase(request(ann));
    folder.put('patients.csv', without(PATIENTS_HEADER + PATIENTS, /^p1,/));
    folder.put('visits.csv', without(VISITS_HEADER + VISITS, /^p1,/));
    folder.put('readings.csv', without(READINGS_HEADER + READINGS, /^v[12],/));
    const never = await folder.publish(pipelineOf('one'));
    for (const table of ['persons', 'visits', 'readings']) {
      expect(await runs[0]!.rows(table)).toEqual(await never.rows(table));
    }
  });

  it('leaves a store that links as one that never had the person', async () => {
    await erase(request(ann));
    const linked = await folder.publish(pipelineOf('three'), {
      provide: async (_pipeline, _key, directory) => {
        cpSync(store, directory, { recursive: true });
        return { storeKeyId: readStore(store).storeKeyId, digests: new Map(), seconds: {} };
      },
    });
    const pseudonyms = [ben, cat].map((number) =>
      personPseudonym({ kind: 'nhs-number', text: number }, 'three', keys()),
    );
    expect((await linked.rows('persons')).map(({ person }) => person)).toEqual(pseudonyms.sort());
    expect((await linked.rows('readings')).map(({ value }) => value).sort()).toEqual([2.5, 4.5]);
  });

  it('that is dry changes nothing, and says the same', async () => {
    const before = filesIn(home(), store);
    const dry = await erase(request(ann, { isDry: true }));
    expect(filesIn(home(), store)).toEqual(before);
    expect(dry.proof).toBeNull();
    const { proof: _, isDry: __, ...said } = await erase(request(ann));
    expect(dry).toMatchObject(said);
  });

  it('of somebody whom nobody has changes nothing', async () => {
    const before = filesIn(home(), store);
    const result = await erase(request(NHS_NUMBERS[7]));
    expect(filesIn(home(), store)).toEqual(before);
    expect(result).toMatchObject({ runs: [], stores: [], untouched: 3, proof: { found: [] } });
  });

  it('a second time finds nothing, and one after another is noted', async () => {
    await erase(request(ann));
    expect(await erase(request(ann))).toMatchObject({ runs: [], stores: [] });
    await erase(request(ben));
    expect(readRecord(join(runs[0]!.result.directory, 'operator')).erasures).toHaveLength(2);
  });

  it('leaves a run that does not verify, names it, and reports what is left of the person', async () => {
    const file = join(runs[0]!.result.directory, 'release', 'linkage-statement.md');
    writeFileSync(file, 'changed');
    const result: Erasure = await erase(request(ann));
    expect(result.unchecked).toMatchObject([{ directory: runs[0]!.result.directory }]);
    expect(result.runs).toHaveLength(1);
    expect(result.proof!.found.length).toBeGreaterThan(2);
    expect(result.proof!.found.every((path) => path.includes(runs[0]!.result.runId))).toBe(true);
  });

  it('leaves a run of another key, and refuses a store of another key', async () => {
    const other = BenchFolder.make();
    try {
      const openReleaseKey = () => openKeyFile(other.at('release.key'), 'release');
      const result = await erase(request(ann, { openReleaseKey, stores: [] }));
      expect(result.unchecked).toHaveLength(2);
      expect(result.unchecked[0]!.problems[0]!.message).toContain('another release key');
      const openLinkageKey = () => openKeyFile(other.at('linkage.key'), 'linkage');
      await expect(erase(request(ann, { openLinkageKey }))).rejects.toMatchObject({ exitCode: 1 });
    } finally {
      other.remove();
    }
  });

  it('puts back what an erasure that died had moved away, and completes it', async () => {
    const [run] = runs;
    const { directory, runId } = run!.result;
    const hidden = (what: string, name: string) => `.${name}.${what}-0123abcd`;
    cpSync(directory, join(home(), hidden('replaced', runId)), { recursive: true });
    mkdirSync(join(home(), hidden('partial', runId)));
    cpSync(store, join(folder.path, hidden('replaced', 'store')), { recursive: true });
    const said: string[] = [];
    await erase(request(ann, { notice: (message) => said.push(message) }));
    expect(filesWith(tracesOf(ann, 'p1', ['v1', 'v2']))).toBe(0);
    expect(existsSync(join(folder.path, hidden('replaced', 'store')))).toBe(false);
    expect(readdirSync(home()).filter((name) => /partial|replaced/.test(name))).toEqual([]);
    expect(said.join('\n')).toContain('had left beside the store');
  });
});

describe('an erasure from a store', () => {
  it('takes rows without a number that may be the person’s, and leaves a twin’s; earlier numbers are the person’s too', async () => {
    const bench = BenchFolder.make();
    try {
      const born = '01/02/1980,1,SW1A 1AA,H,T,E01000001';
      const patients = [
        `p1,${ann},N,${born}`,
        `p2,${ben},N,${born}`, // a twin
        `p3,,N,${born}`, // either of them
        `p4,${cat},N,01/02/1970,2,SW1A 2AA,H,T,E01000003`, // the number that she had before
        '',
      ];
      bench.put('patients.csv', PATIENTS_HEADER + patients.join('\n'));
      const visits = ['p1', 'p2', 'p3', 'p4'].map((id) => `${id},v${id},05/01/2026,53741008,n`);
      bench.put('visits.csv', `${VISITS_HEADER}${visits.join('\n')}\n`);
      bench.put('readings.csv', `${READINGS_HEADER}vp3,1.5,mm\nvp2,2.5,mm\n`);
      await bench.publish(splitPipeline());
      const directory = join(bench.lastWork, 'store');
      const own = { linkage: readFileSync(bench.at('linkage.key')), release: Buffer.alloc(32) };
      const result = await erase(
        request(ann, {
          numbers: [ann, cat],
          tokensOf: () => [ann, cat].map((text) => new Uint8Array(token({ kind: 'nhs-number', text }, own))),
          openLinkageKey: () => openKeyFile(bench.at('linkage.key'), 'linkage'),
          openReleaseKey: () => openKeyFile(bench.at('release.key'), 'release'),
          stores: [directory],
          runs: [],
        }),
      );
      expect(result.proof!.found).toEqual([]);
      expect(result.stores[0]).toMatchObject({
        tables: { surgery_patients: 3, visits: 3, readings: 1 },
        subjects: { surgery: 3 },
      });
      const store = readStore(directory);
      expect(store.subjects.map(({ rows }) => rows)).toEqual([1]);
      expect(store.receipts.find(({ table }) => table === 'visits')).toMatchObject({
        rowsIn: 4,
        rowsOut: 1,
        dropped: { erased: 3 },
      });
      const linked = await bench.publish(splitPipeline(), {
        provide: async (_pipeline, _key, to) => {
          cpSync(directory, to, { recursive: true });
          return { storeKeyId: store.storeKeyId, digests: new Map(), seconds: {} };
        },
      });
      expect(await linked.rows('readings')).toMatchObject([{ value: 2.5 }]);
      expect(await linked.rows('persons')).toHaveLength(1);
    } finally {
      bench.remove();
    }
  }, 60_000);
});
