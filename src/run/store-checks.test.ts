import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyFile } from '../keys/key-ring.ts';
import { linkAndRelease } from '../linker/link-and-release.ts';
import { openStores } from '../linker/open-stores.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { StageTimes } from '../program/progress.ts';
import { assertUnchanged } from '../store/store-files.ts';
import { BenchFolder } from './test-rig/bench-folder.ts';
import { copyOf, linkFrom, PIPELINE, provide, putFiles } from './test-rig/two-sides.ts';

let folder: BenchFolder;
let other: BenchFolder;
let pipeline: Pipeline;
let store: string;
/** the same provider's store of another night: signed as well */
let older: string;
let runId: string;

const TWICE = { ...PIPELINE, link: { ...PIPELINE.link, ignoreBusiestPostcodes: '10%', ranks: 'eight-step' } };

beforeAll(async () => {
  folder = BenchFolder.make();
  other = BenchFolder.make();
  putFiles(folder);
  putFiles(other);
  pipeline = folder.parse(TWICE);
  store = await provide(folder, pipeline, 'store');
  const { result, error } = await linkFrom(folder, pipeline, store);
  if (result === null) throw error;
  runId = result.runId;
  rmSync(folder.out, { recursive: true });
  folder.put('register.csv', 'nhs_number,type,event,date\n9991037098,2,registered,2025-01-01\n');
  older = await provide(folder, pipeline, 'older');
});
afterAll(() => {
  folder.remove();
  other.remove();
});

/** Opens a spoilt copy of the store, which must be refused. @returns the messages */
async function refusalOf(spoil: (copy: string) => void): Promise<string> {
  const copy = copyOf(store);
  spoil(copy);
  try {
    await openStores([copy], pipeline, { storeKeyId: null });
  } catch (fault) {
    expect(fault).toMatchObject({ exitCode: 1 });
    return (fault as Error).message;
  }
  throw new Error('the spoilt store was opened');
}

const fileNames = () => readdirSync(store).sort();
const partOf = (table: string, of = store) => readdirSync(of).find((name) => name.startsWith(`${table}-`))!;

describe('a token store that is not what the provider wrote', () => {
  it('is refused when any byte of any of its files is another', async () => {
    const names = fileNames();
    expect(names).toEqual(
      expect.arrayContaining(['busy-postcodes.csv', 'opt-outs.csv', 'quarantine.csv', 'store.json']),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...names),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        fc.integer({ min: 1, max: 255 }),
        async (name, share, change) => {
          const message = await refusalOf((copy) => {
            const bytes = readFileSync(join(copy, name));
            bytes[Math.floor(share * bytes.length)]! ^= change;
            writeFileSync(join(copy, name), bytes);
          });
          expect(message).toContain(name);
        },
      ),
      { numRuns: 150 },
    );
  });

  it.each(['emptied', 'cut', 'longer', 'gone', 'a folder', 'a link', 'a named pipe'])(
    'is refused when one of its files is %s, whichever it is',
    async (how) => {
      for (const name of fileNames()) {
        if (name === 'store.json' && how === 'gone') continue; // then there is no store at all
        if (name === 'store.json' && how === 'a link') continue; // a description is what it says
        const message = await refusalOf((copy) => {
          const path = join(copy, name);
          const bytes = readFileSync(path);
          if (how === 'emptied') truncateSync(path, 0);
          else if (how === 'cut') truncateSync(path, bytes.length - 1);
          else if (how === 'longer') appendFileSync(path, '\n');
          else rmSync(path);
          if (how === 'a folder') mkdirSync(path);
          if (how === 'a link') symlinkSync(join(store, name), path);
          if (how === 'a named pipe') execFileSync('mkfifo', [path]);
        });
        expect(message).toContain(name);
      }
    },
  );

  it('is refused when a file is in it that the provider did not put there', async () => {
    expect(await refusalOf((copy) => writeFileSync(join(copy, 'opt-outs.csv.orig'), ''))).toContain(
      'opt-outs.csv.orig: is not a file of this token store',
    );
    expect(await refusalOf((copy) => mkdirSync(join(copy, '.hidden')))).toContain('.hidden');
  });

  it('is refused when two of its files have changed places, or are of another store of the same provider', async () => {
    const [one, two] = [partOf('stays'), partOf('events')];
    const message = await refusalOf((copy) => {
      renameSync(join(copy, one), join(copy, 'x'));
      renameSync(join(copy, two), join(copy, one));
      renameSync(join(copy, 'x'), join(copy, two));
    });
    expect(message).toContain(one);
    expect(message).toContain(two);
    expect(
      await refusalOf((copy) => copyFileSync(join(older, 'opt-outs.csv'), join(copy, 'opt-outs.csv'))),
    ).toMatch(
      /opt-outs\.csv: (has \d+ bytes; the provider wrote|is not what the provider wrote: its SHA-256)/,
    );
  });

  it('is refused when an older signed description is put beside new files', async () => {
    const message = await refusalOf((copy) =>
      copyFileSync(join(older, 'store.json'), join(copy, 'store.json')),
    );
    expect(message).toMatch(/opt-outs\.csv: (has \d+ bytes|is not what the provider wrote)/);
    expect(message).toContain('is missing from the token store');
    expect(message).toContain('is not a file of this token store');
  });

  it('publishes nothing', async () => {
    const copy = copyOf(store);
    const list = join(copy, 'opt-outs.csv');
    writeFileSync(
      list,
      readFileSync(list, 'utf8').replace(/\d(?=\n$)/, (digit) => String((+digit + 1) % 10)),
    );
    const { result, error } = await linkFrom(folder, pipeline, copy);
    expect(result).toBeNull();
    expect(error).toMatchObject({ exitCode: 1 });
    expect(existsSync(join(folder.out, 'tiny', 'latest'))).toBe(false);
  });

  it('is refused before anything is published when a file changes while it is being linked', async () => {
    const copy = copyOf(store);
    const { result, error } = await folder.run(pipeline, {
      execute: async (parsed, destination, settings) => {
        const stores = await openStores([copy], parsed, { storeKeyId: null });
        const list = join(copy, 'opt-outs.csv');
        const bytes = readFileSync(list);
        writeFileSync(list, bytes); // the same bytes, so that all else succeeds; and the times are put back
        utimesSync(list, new Date(0), new Date(0));
        const key = openKeyFile(parsed.keys.release, 'release');
        return linkAndRelease(parsed, stores, key, destination, settings, new StageTimes());
      },
    });
    expect(result).toBeNull();
    expect(error).toMatchObject({
      exitCode: 1,
      problems: [{ message: 'was changed while the store was being linked' }],
    });
    expect(existsSync(join(folder.out, 'tiny', 'latest'))).toBe(false);
  });
});

describe('a store that somebody else signed', () => {
  let forged: string;
  beforeAll(async () => {
    other.put('register.csv', 'nhs_number,type,event,date\n');
    forged = await provide(
      other,
      other.parse({
        ...TWICE,
        optOuts: {
          ...TWICE.optOuts,
          register: { file: 'register.csv', asOf: '2026-04-01', allowEmpty: true },
        },
      }),
      'forged',
    );
  });

  it('is refused where the pipeline file pins the provider’s store key', async () => {
    const { storeKeyId } = await openStores([store], pipeline, { storeKeyId: null });
    const linkage = { file: 'linkage.key', storeKeyId };
    const pinned = folder.parse({ ...TWICE, keys: { ...TWICE.keys, linkage } });
    const { error } = await linkFrom(folder, pinned, forged);
    expect(error).toMatchObject({
      exitCode: 1,
      problems: [{ file: forged, message: expect.stringMatching(/^is signed with store key /) }],
    });
    const { result } = await linkFrom(folder, pinned, store);
    expect(result?.runId).toBe(runId);
  });

  it('has another key id in the manifest, by which a later run knows', async () => {
    const { storeKeyId } = await openStores([forged], pipeline, { storeKeyId: null });
    expect(storeKeyId).not.toBe((await openStores([store], pipeline, { storeKeyId: null })).storeKeyId);
  });

  it('is refused beside one of the provider’s', async () => {
    await expect(openStores([store, forged], pipeline, { storeKeyId: null })).rejects.toMatchObject({
      exitCode: 1,
    });
  });

  it('cannot be made by a provider whose key is not the pinned one', async () => {
    const linkage = { file: 'linkage.key', storeKeyId: 'ab'.repeat(16) };
    const pinned = folder.parse({ ...TWICE, keys: { ...TWICE.keys, linkage } });
    await expect(provide(folder, pinned, 'never')).rejects.toMatchObject({ exitCode: 3 });
    expect((await folder.run(pinned)).error).toMatchObject({ exitCode: 3 });
  });
});

describe('the digests of this process', () => {
  it('are not worked out again for files that nobody touched, and are for others', async () => {
    const { checkedFiles } = await openStores([store], pipeline, { storeKeyId: null });
    expect(checkedFiles.size).toBe(fileNames().length - 1);
    expect(() => assertUnchanged(checkedFiles)).not.toThrow();
    const [path] = [...checkedFiles.keys()];
    // a wrong digest under the right stamp is believed: so it was not read again
    const known = new Map([[path!, { bytes: 0, sha256: 'wrong', stamp: checkedFiles.get(path!)! }]]);
    await expect(openStores([store], pipeline, { storeKeyId: null, known })).rejects.toThrow(
      /SHA-256 differs/,
    );
    const moved = new Map([
      [path!, { bytes: 0, sha256: 'wrong', stamp: { ...checkedFiles.get(path!)!, changed: '1' } }],
    ]);
    await expect(openStores([store], pipeline, { storeKeyId: null, known: moved })).resolves.toBeDefined();
  });
});
