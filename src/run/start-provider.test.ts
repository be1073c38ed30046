/** The provider in a process of its own does what it does in this one; neither half opens the other's key; what passes between them. */
import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openKeyFile } from '../keys/key-ring.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import type { ProviderMessage } from './provider-channel.ts';
import { providerOptions, providerVariables } from './provider-environment.ts';
import { serveProvider } from './serve-provider.ts';
import { startProvider } from './start-provider.ts';
import { BenchFolder, RUN_DATE } from './test-rig/bench-folder.ts';
import { ByteSearch } from './test-rig/byte-search.ts';
import { type Canaries, plantCanaries } from './test-rig/canary-data.ts';
import { canaryPipeline } from './test-rig/canary-pipeline.ts';

vi.mock('../keys/key-ring.ts', async (original) => {
  const all = await original<typeof import('../keys/key-ring.ts')>();
  return { ...all, openKeyFile: vi.fn(all.openKeyFile) };
});

let folder: BenchFolder;
let canaries: Canaries;
beforeEach(() => {
  folder = BenchFolder.make('same keys each time');
  canaries = plantCanaries(folder);
  vi.mocked(openKeyFile).mockClear();
});
afterEach(() => folder.remove());

const opened = () => new Set(vi.mocked(openKeyFile).mock.calls.map(([, purpose]) => purpose));
const orderFor = (pipeline: Pipeline, releaseKeyId = 'another') => {
  const privateDirectory = folder.at('private');
  const storeDirectory = join(privateDirectory, 'store');
  mkdirSync(storeDirectory, { recursive: true, mode: 0o700 });
  const given = { pipeline, releaseKeyId, storeDirectory, privateDirectory };
  return { ...given, runDate: RUN_DATE, threads: 2, memory: '1GiB' };
};

/** Has an order served in this process. @returns every message */
async function serve(order: ReturnType<typeof orderFor>): Promise<ProviderMessage[]> {
  const messages: ProviderMessage[] = [];
  await serveProvider(order, (message) => messages.push(message));
  return messages;
}

describe('a run in two processes', () => {
  it('publishes the same run, and logs the same, as one in one process', async () => {
    const one = await folder.run(canaryPipeline());
    const bytes = (file: string) => readFileSync(join(one.result!.release, file)).toString('hex');
    const [before, manifest] = [bytes('stays.arrow'), bytes('manifest.json')];
    const two = await folder.run(canaryPipeline(), { provide: startProvider });
    expect(two.error).toBeNull();
    expect(two.result!.runId).toBe(one.result!.runId);
    expect(two.result!.outcome).toBe('unchanged');
    expect([bytes('stays.arrow'), bytes('manifest.json')]).toEqual([before, manifest]);
    expect(two.said).toEqual(one.said);
    expect(Object.keys(two.result!.stages).sort()).toEqual(Object.keys(one.result!.stages).sort());
  });

  it('opens the release key in one of them, and the linkage key in the other', async () => {
    const { error } = await folder.run(canaryPipeline(), { provide: startProvider });
    expect(error).toBeNull();
    expect(opened()).toEqual(new Set(['release']));
    vi.mocked(openKeyFile).mockClear();
    const last = (await serve(orderFor(folder.parse(canaryPipeline())))).at(-1);
    expect(last).toMatchObject({ say: 'done' });
    expect(opened()).toEqual(new Set(['linkage']));
  });

  it('is refused where the two keys are one, before a row is read', async () => {
    copyFileSync(folder.at('linkage.key'), folder.at('release.key'));
    const { error, said } = await folder.run(canaryPipeline(), { provide: startProvider });
    expect(error).toMatchObject({
      exitCode: 3,
      problems: [
        {
          file: folder.at('release.key'),
          message: expect.stringContaining('is the same key as the linkage'),
        },
      ],
    });
    expect(said).toEqual([]);
  });

  it('looks at the release key before the provider starts', async () => {
    folder.put('release.key', 'short');
    const provide = vi.fn(startProvider);
    expect((await folder.run(canaryPipeline(), { provide })).error).toMatchObject({ exitCode: 3 });
    expect(provide).not.toHaveBeenCalled();
  });

  it('links no store but the one that its provider signed', async () => {
    const { error } = await folder.run(canaryPipeline(), {
      provide: async (...given) => ({ ...(await startProvider(...given)), storeKeyId: 'f'.repeat(32) }),
    });
    expect(error).toMatchObject({
      exitCode: 1,
      problems: [{ message: expect.stringMatching(/^is signed with store key /) }],
    });
  });

  it('that was aborted before starts no provider', async () => {
    const signal = AbortSignal.abort(new Error('stopped'));
    const { error } = await folder.run(canaryPipeline(), { provide: startProvider, signal });
    expect(error).toBe(signal.reason);
  });
});

describe('the entry of the process', () => {
  it('reports an unexpected fault, and ends when the channel closes', async () => {
    const child = fork(createRequire(import.meta.url).resolve('#provider-process'), [], { stdio: 'ignore' });
    child.send('no order');
    const [message] = await once(child, 'message');
    expect(message).toEqual({
      say: 'failed',
      fault: {
        as: 'unexpected',
        trace: { kind: 'TypeError', frames: expect.arrayContaining([expect.stringContaining('.js:')]) },
      },
    });
    const ended = once(child, 'exit');
    child.disconnect();
    expect(await ended).toEqual([null, 'SIGKILL']);
  });

  it('ends when nobody started it who listens', async () => {
    const child = spawn(process.execPath, [createRequire(import.meta.url).resolve('#provider-process')]);
    expect(await once(child, 'exit')).toEqual([null, 'SIGKILL']);
  });
});

describe('what passes between the processes', () => {
  const spoil = {
    nothing: () => undefined,
    'rows that cannot be read': () =>
      folder.put(
        'stays.csv',
        `${readFileSync(folder.at('stays.csv'), 'utf8')}${canaries.texts[1]},${canaries.nhsNumbers[0]}\n`,
      ),
    'a register with a person where a date should be': () =>
      folder.put(
        'register.csv',
        `nhs_number,type,event,date\n${canaries.nhsNumbers[0]},1,registered,${canaries.nhsNumber()}\n`,
      ),
  };

  it.each(Object.entries(spoil))('holds no cell and no key, of a delivery with %s', async (what, change) => {
    change();
    const pipeline = folder.parse(canaryPipeline());
    const key = readFileSync(folder.at('linkage.key'));
    const search = new ByteSearch(
      [...canaries.texts, key.toString('hex'), key.toString('latin1'), key.toString('base64')],
      canaries.nhsNumbers,
    );
    const order = orderFor(pipeline);
    const messages = await serve(order);
    expect(messages.at(-1)!.say).toBe(what === 'nothing' ? 'done' : 'failed');
    expect([order, ...messages].flatMap((one) => search.bytes('channel', serialize(one)))).toEqual([]);
    expect([order, ...messages].flatMap((one) => search.text('channel', JSON.stringify(one)))).toEqual([]);
  });
});

describe('what the process of the provider is given', () => {
  it('of the variables: where libraries are, and the time zone', () => {
    const own = {
      PATH: '/bin',
      HOME: '/root',
      TZ: 'UTC',
      LD_LIBRARY_PATH: '/lib',
      LD_PRELOAD: 'x.so',
      NODE_OPTIONS: '-r x',
    };
    const given = Object.entries(providerVariables(own)).filter(([, value]) => value !== undefined);
    expect(Object.fromEntries(given)).toEqual({ TZ: 'UTC', LD_LIBRARY_PATH: '/lib' });
    expect(Object.values(providerVariables({})).filter((value) => value !== undefined)).toEqual([]);
  });

  it.each<[string, readonly string[], boolean, readonly string[]]>([
    ['', [], false, []],
    ['', [], true, ['--disable-sigusr1']],
    ['--disable-sigusr1', ['--disable-sigusr1'], true, ['--disable-sigusr1']],
    [
      '--max-old-space-size=4096',
      ['--max_semi_space_size=64'],
      false,
      ['--max-old-space-size=4096', '--max_semi_space_size=64'],
    ],
    ['--inspect=0.0.0.0 --inspect-brk  --heap-prof', ['--report-on-signal', '--import=x.js'], false, []],
    ['--require --max-old-space-size=1;x', ['--eval', 'x --max-old-space-size=1'], false, []],
  ])('of the options %j and %j: room for its heap (%j)', (nodeOptions, execArgv, knowsFlag, given) => {
    expect(providerOptions(nodeOptions, execArgv, knowsFlag)).toEqual(given);
  });
});
