/** Whatever the number of threads and however tables are divided among them, the release is the same, byte for byte, and so is every refusal. */
import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { KeyRing } from '../../../keys/key-ring.ts';
import { parsePipeline } from '../../../pipeline/parse-pipeline.ts';
import type { Pipeline } from '../../../pipeline/pipeline.ts';
import { StageTimes } from '../../../program/progress.ts';
import { fillStore } from '../../../provider/fill-store.ts';
import { BenchFolder, type Outcome, RUN_DATE, type RunOptions } from '../../../run/test-rig/bench-folder.ts';
import { ArrowFileWriter } from '../../../write/arrow-file-writer.ts';
import { asWriteError } from '../../../write/write-error.ts';
import { linkAndRelease } from '../../link-and-release.ts';
import { openStores } from '../../open-stores.ts';
import type { ReleaseDivision } from '../release-division.ts';

const KEY = Uint8Array.from({ length: 32 }, (_, byte) => byte * 7);
/** What each thread gets is small, and there are more ranges than may be in memory at once. */
const SMALL = { leastRows: 0, countedRows: 500, rangesOfThread: 5, leastRangeRows: 100 };

let folder: BenchFolder;
let pipeline: Pipeline;
let store: string;
beforeAll(async () => {
  folder = BenchFolder.make();
  const file = resolve('pipelines/nightly.yaml');
  // ids are hashed in the threads, and the links of records have all columns
  const text = readFileSync(file, 'utf8')
    .replace('      PROCODE: keep\n', (line) => `${line}      EPIKEY: keep\n`)
    .replace('      SourceOfReferral: keep\n', (line) => `${line}      ServiceRequestID: keep\n`)
    .replace('      AttendanceStatus: keep\n', (line) => `${line}      ServiceRequestID: keep\n`)
    .replace('  agreement: demo-001\n', (line) => `${line}  linkageWeights: true\n`);
  pipeline = parsePipeline(text, {
    file,
    runDate: RUN_DATE,
    variables: {
      TALLYSTICK_KEY_FILE: folder.at('linkage.key'),
      TALLYSTICK_RELEASE_KEY_FILE: folder.at('release.key'),
    },
    shownAs: 'nightly.yaml',
    identifierIn: () => null,
  });
  store = folder.at('store');
  const { error } = await folder.run(pipeline, {
    execute: async (parsed, destination, settings) => {
      await fillStore(parsed, null, store, settings, destination.logged);
      return null as never; // nothing is published by this side
    },
  });
  if (error !== null) throw error;
});
afterAll(() => folder.remove());

function link(division: Partial<ReleaseDivision>, options: RunOptions = {}): Promise<Outcome> {
  return folder.run(pipeline, {
    ...options,
    execute: async (parsed, destination, settings) => {
      const stores = await openStores([store], parsed, { storeKeyId: null });
      const key = new KeyRing(KEY);
      return linkAndRelease(parsed, stores, key, { ...destination, division }, settings, new StageTimes());
    },
  });
}

/** The files of the release, and the receipts. */
async function release(
  division: Partial<ReleaseDivision>,
  options: RunOptions,
): Promise<Record<string, string>> {
  const { result, error } = await link(division, options);
  if (result === null) throw error;
  const files = readdirSync(result.release).sort();
  return Object.fromEntries([
    ...files.map((name) => [name, readFileSync(join(result.release, name), 'latin1')]),
    ['receipts', JSON.stringify(result.receipts)],
  ]);
}

describe('the release of the fixtures', () => {
  let expected: Record<string, string>;
  beforeAll(async () => {
    expected = await release({}, { threads: 1 });
  });

  it.each<[number, string, Partial<ReleaseDivision>]>([
    [2, '1GiB', SMALL],
    [3, '256MiB', SMALL],
    [3, '1GiB', { leastRows: 0 }],
    // less than a person's rows: each is a range alone, and no owners are kept
    [2, '64MB', { ...SMALL, countedRows: 1, rangesOfThread: 100_000, leastRangeRows: 1 }],
  ])(
    'by %i threads and with %s, divided into %j',
    { timeout: 240_000 },
    async (threads, memory, division) => {
      const made = await release(division, { threads, memory });
      expect(Object.keys(made)).toEqual(Object.keys(expected));
      // to show what differs in files would take minutes
      expect(Object.keys(made).filter((name) => made[name] !== expected[name])).toEqual([]);
      expect(Object.keys(expected)).toHaveLength(10);
    },
  );
});

describe('threads', () => {
  /** What a thread runs instead. */
  const script = (text: string) =>
    folder.put('thread.mjs', `import { parentPort } from 'node:worker_threads';\n${text}`);
  const fail = async (text: string, options: RunOptions = {}): Promise<unknown> => {
    const before = readdirSync(join(folder.out, 'nightly')).sort();
    const { result, error } = await link({ ...SMALL, script: script(text) }, { threads: 3, ...options });
    expect(result).toBeNull();
    expect(readdirSync(join(folder.out, 'nightly')).sort()).toEqual(before);
    return error;
  };

  it('are not started for few rows', async () => {
    const { error } = await link({ script: folder.at('no-such-script.mjs') }, { threads: 2 });
    expect(error).toBeNull();
  });

  it('that cannot be started stop the run', async () => {
    const { result, error } = await link(
      { ...SMALL, script: folder.at('no-such-script.mjs') },
      { threads: 2 },
    );
    expect(result).toBeNull();
    expect(error).not.toBeNull();
  });

  it('that end without an answer stop the run, with a way out', async () => {
    expect(await fail('parentPort.on("message", () => process.exit(7));')).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('a thread that releases tables ended before its work was done'),
    });
  });

  it('that fail say no more than where', async () => {
    const error = await fail('parentPort.on("message", () => { throw new TypeError("of 9434765919"); });');
    expect(error).toMatchObject({ name: 'DistantFault', trace: { kind: 'TypeError' } });
    expect((error as Error).message).not.toContain('9434765919');
  });

  it('that refuse do so with their own message and exit code', async () => {
    const fault = { as: 'error', exitCode: 1, problems: [{ file: 'a.arrow', message: 'is damaged' }] };
    const refusing = `parentPort.on("message", ({ ask }) => {
      if (ask === "close") parentPort.close();
      else if (ask === "count") parentPort.postMessage({ fault: ${JSON.stringify(fault)} });
    });`;
    expect(await fail(refusing)).toMatchObject({ exitCode: 1, problems: fault.problems });
  });

  it.each([
    [3, 10],
    [8, 4],
    [40, 1],
  ])(
    'are %i with %i open parts each: a process may have no more files open than 256',
    async (threads, most) => {
      const saying = `import { workerData } from 'node:worker_threads';
    parentPort.on("message", ({ ask }) => {
      const problems = [{ file: 'a.arrow', message: String(workerData.mostOpen) }];
      if (ask === "close") parentPort.close();
      else if (ask === "count") parentPort.postMessage({ fault: { as: 'error', exitCode: 1, problems } });
    });`;
      expect(await fail(saying, { threads })).toMatchObject({ problems: [{ message: String(most) }] });
    },
  );

  it('are ended when the run is aborted, whatever they do', async () => {
    const abort = new AbortController();
    const reason = new Error('stopped by the test');
    const onStage = (stage: string) => {
      if (stage.startsWith('release ')) setTimeout(() => abort.abort(reason), 100);
    };
    expect(
      await fail('parentPort.on("message", () => { for (;;); });', { signal: abort.signal, onStage }),
    ).toBe(reason);
  });

  it.each(['ENOSPC', 'EIO'])('are ended when a file cannot be written: %s', async (code) => {
    const append = ArrowFileWriter.prototype.append;
    let left = 6;
    const writer = vi.spyOn(ArrowFileWriter.prototype, 'append').mockImplementation(function (
      this: ArrowFileWriter,
      chunk,
    ) {
      left -= 1;
      if (left < 0) throw asWriteError('gp_events.arrow', Object.assign(new Error(code), { code }));
      append.call(this, chunk);
    });
    const before = readdirSync(join(folder.out, 'nightly')).sort();
    const { result, error } = await link(SMALL, { threads: 2 });
    writer.mockRestore();
    expect(result).toBeNull();
    expect(error).toMatchObject({ reason: code === 'ENOSPC' ? 'no-space' : 'failed' });
    expect(readdirSync(join(folder.out, 'nightly')).sort()).toEqual(before);
  });

  it.each(['sort gp_events', 'write gp_events', 'write hospital_episodes', 'sort community_contacts'])(
    'are ended when the run is aborted at "%s"',
    async (index) => {
      const abort = new AbortController();
      const reason = new Error('stopped by the test');
      const onStage = (stage: string) => {
        if (stage === index) abort.abort(reason);
      };
      const before = readdirSync(join(folder.out, 'nightly')).sort();
      const { result, error } = await link(SMALL, { threads: 2, signal: abort.signal, onStage });
      expect(result).toBeNull();
      expect(error).toBe(reason);
      expect(readdirSync(join(folder.out, 'nightly')).sort()).toEqual(before);
    },
  );
});
