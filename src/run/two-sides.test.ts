import { copyFileSync, linkSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { BenchFolder } from './test-rig/bench-folder.ts';
import {
  copyOf,
  GP,
  HOSPITAL,
  linkFrom,
  PIPELINE,
  provide,
  putFiles,
  REGISTER,
  REPLY,
} from './test-rig/two-sides.ts';

let folder: BenchFolder;
let store: string;
beforeAll(async () => {
  folder = BenchFolder.make();
  putFiles(folder);
  store = await provide(folder, folder.parse(PIPELINE), 'store');
});
afterAll(() => folder.remove());

/** Links the store, or others, with another pipeline file. @returns the messages of the refusal */
async function refusalOf(change: object, stores: readonly string[] = [store]): Promise<readonly string[]> {
  const { error } = await linkFrom(folder, { ...PIPELINE, ...change }, ...stores);
  expect(error).toMatchObject({ exitCode: 1 });
  return (error as { problems: { message: string }[] }).problems.map(({ message }) => message);
}
const another = (setting: string) => `was made with another ${setting} than this pipeline file has`;

describe('provider and linker', () => {
  it('need not have their sources in one order: an opt-out is stored with the name of its source', async () => {
    const lines = readFileSync(join(store, 'opt-outs.csv'), 'utf8').split('\n');
    expect(lines.filter((line) => line.startsWith('type-2,gp,'))).toHaveLength(1);
    const sitesOf = async (pipeline: object) => {
      const { result, error } = await linkFrom(folder, pipeline, store);
      if (result === null) throw error;
      const stays = await import('./test-rig/read-rows.ts').then(({ readRows }) =>
        readRows(join(result.release, 'stays.arrow')),
      );
      return stays.map((row) => row['site']).sort();
    };
    expect(await sitesOf(PIPELINE)).toEqual(['RX2', 'RX3']);
    expect(await sitesOf({ ...PIPELINE, sources: { hospital: HOSPITAL, gp: GP } })).toEqual(['RX2', 'RX3']);
  });

  const codes = { table: 'events', column: 'read', date: 'day' };
  const waived = { national: 'made-up people' };
  const { maxUnmatched } = PIPELINE.optOuts;
  const override = { type: 'type-2', event: 'registered', system: 'read-v2', code: 'ABCD.' };
  it.each([
    ['optOuts.register', { optOuts: { codes, waived } }],
    ['optOuts.waived', { optOuts: { codes, waived } }],
    ['optOuts.national', { optOuts: { register: REGISTER, codes, national: REPLY } }],
    ['optOuts.codes', { optOuts: { register: REGISTER } }],
    ['optOuts.codeOverrides', { optOuts: { register: REGISTER, codes, codeOverrides: [override] } }],
    [
      'sources.gp.typeOne',
      { sources: { gp: { ...GP, typeOne: { none: 'never asked' } }, hospital: HOSPITAL } },
    ],
    ['synthetic', { synthetic: false }],
    ['link.ignorePostcodes', { link: { ignorePostcodes: 'postcodes.txt' } }],
    ['link.supersededNumbers', { link: { supersededNumbers: 'superseded.csv' } }],
  ])('must agree on %s', async (setting, change) => {
    expect(await refusalOf(change)).toContain(another(setting));
  });

  it.each([
    ['optOuts.register', { optOuts: { maxUnmatched, codes, waived } }, ['optOuts.waived']],
    ['optOuts.national', { optOuts: { maxUnmatched, register: REGISTER, codes, national: REPLY } }, []],
    ['optOuts.codes', { optOuts: { maxUnmatched, register: REGISTER } }, []],
  ])('must agree on %s, whichever side has it', async (setting, change, more) => {
    const name = `with-other-${setting}`;
    const made = await provide(folder, folder.parse({ ...PIPELINE, ...change }), name);
    expect(await refusalOf({}, [made])).toEqual([setting, ...more].map(another));
  });

  it('may give another reason for what both leave out', async () => {
    const pipeline = (reason: string) => ({
      ...PIPELINE,
      name: 'waived',
      optOuts: { maxUnmatched, codes, waived: { national: reason } },
    });
    const made = await provide(folder, folder.parse(pipeline('made-up people')), 'waived');
    const { error } = await linkFrom(folder, pipeline('the service knows none of them'), made);
    expect(error).toBeNull();
  });

  it('must agree on the share of busiest postcodes', async () => {
    const eight = (ignoreBusiestPostcodes: string) => ({
      link: { ranks: 'eight-step', ignoreBusiestPostcodes },
    });
    const made = await provide(folder, folder.parse({ ...PIPELINE, ...eight('1%') }), 'busiest');
    expect(await refusalOf(eight('2%'), [made])).toEqual([another('link.ignoreBusiestPostcodes')]);
    expect(await refusalOf({ link: { ranks: 'eight-step' } }, [made])).toEqual([
      another('link.ignoreBusiestPostcodes'),
    ]);
  });

  it('must agree on the columns of a source, and on which sources there are', async () => {
    const { stays } = HOSPITAL.tables;
    const other = (columns: object, more: object = {}) => ({
      sources: { gp: GP, hospital: { ...HOSPITAL, ...more, tables: { stays: { ...stays, columns } } } },
    });
    const { columns } = stays;
    const changes = [
      other({ ...columns, born: { ...columns.born, format: '%Y-%d-%m' } }),
      other({ ...columns, site: { ...columns.site, missing: ['RX1'] } }),
      other({ ...columns, sex: { ...columns.sex, map: { 1: 2, 2: 1 } } }),
      other(columns, { setting: 'community' }),
    ];
    for (const change of changes) expect(await refusalOf(change)).toContain(another('sources.hospital'));
    expect(await refusalOf({ sources: { gp: GP, acute: HOSPITAL } })).toEqual(
      expect.arrayContaining([another('sources.acute'), another('sources.hospital')]),
    );
  });

  it('may differ in what only one side needs', async () => {
    const change = {
      optOuts: {
        ...PIPELINE.optOuts,
        register: { ...REGISTER, file: 'elsewhere.csv', maxAge: '1d' },
        untied: 'release',
      },
      sources: { gp: { ...GP, format: { delimiter: ';' } }, hospital: HOSPITAL },
      release: { agreement: 'another-1', tables: { persons: {}, stays: { from: 'month' } } },
    };
    const { error } = await linkFrom(folder, { ...PIPELINE, ...change }, store);
    expect(error).toBeNull();
  });

  it('must have what the linker needs in the rows: a store without it is refused, and is no fault of the engine', async () => {
    const stays = { stays: { from: 'from', to: 'to', provider: 'site' } };
    const without = {
      ...PIPELINE,
      release: { agreement: 'a-1', tables: { persons: {}, stays: { from: 'month' } } },
    };
    const made = await provide(folder, folder.parse(without), 'without');
    for (const [change, needed] of [
      [{ link: { implausible: { stays } }, release: without.release }, 'column to; column site'],
      [{ link: { implausible: { activity: { stays: {} } } }, release: without.release }, 'column died'],
      [{}, 'column site'],
      [{ ...without, link: { ranks: 'eight-step' } }, 'token compared_sex'],
      [
        {
          release: {
            agreement: 'a-1',
            tables: { persons: { age_band: { rule: 'age-band' } }, stays: { from: 'month' } },
          },
        },
        'birth fact age_band',
      ],
    ] as const) {
      const messages = await refusalOf(change, [made]);
      expect(messages.join('\n')).toContain(needed);
      expect(messages.every((message) => message.startsWith('holds rows of '))).toBe(true);
    }
  });

  it('must agree on the rule of an age band, which is made above the boundary', async () => {
    const banded = (width: number) => ({
      release: {
        agreement: 'a-1',
        tables: { persons: { age_band: { rule: 'age-band', width } }, stays: { site: 'keep' } },
      },
    });
    const made = await provide(folder, folder.parse({ ...PIPELINE, ...banded(5) }), 'banded');
    expect((await refusalOf(banded(10), [made])).join()).toContain(
      'birth fact age_band at 2026-04-01, width 10',
    );
  });
});

describe('one key for both purposes', () => {
  const same = { keys: { linkage: { file: 'linkage.key' }, release: { file: 'copy.key' } } };
  const SAME = { exitCode: 3, problems: [{ message: 'the release key is the same key as the linkage key' }] };

  it('is refused by run, and by link, which has the release key only', async () => {
    copyFileSync(folder.at('linkage.key'), folder.at('copy.key'));
    expect((await folder.run({ ...PIPELINE, ...same })).error).toMatchObject(SAME);
    expect((await linkFrom(folder, { ...PIPELINE, ...same }, store)).error).toMatchObject(SAME);
  });

  it('is refused by tokenise where it is the same file', async () => {
    linkSync(folder.at('linkage.key'), folder.at('hard.key'));
    const keys = { linkage: { file: 'linkage.key' }, release: { file: 'hard.key' } };
    await expect(provide(folder, folder.parse({ ...PIPELINE, keys }), 'never')).rejects.toMatchObject({
      exitCode: 3,
      problems: [{ message: 'the release key file is the linkage key file, under another name' }],
    });
  });
});

describe('several stores', () => {
  it('must not have one source: their rows would have one number for two subjects', async () => {
    const messages = await refusalOf({}, [store, copyOf(store)]);
    expect(messages.filter((message) => message.startsWith('the source '))).toEqual([
      'the source gp is in another store as well',
      'the source hospital is in another store as well',
    ]);
    expect(messages).toContain('the table stays is in another store as well');
  });

  it('must have been made with the same lists', async () => {
    const national = {
      optOuts: { ...PIPELINE.optOuts, national: REPLY },
      link: { ignorePostcodes: 'postcodes.txt' },
    };
    const pipeline = folder.parse({ ...PIPELINE, ...national });
    const gp = await provide(folder, pipeline, 'gp', ['gp']);
    const alike = await provide(folder, pipeline, 'hospital-alike', ['hospital']);
    const { error } = await linkFrom(folder, { ...PIPELINE, ...national }, gp, alike);
    expect(error).toBeNull();
    const before = Object.fromEntries(
      ['register.csv', 'reply.csv', 'postcodes.txt'].map((name) => [
        name,
        readFileSync(folder.at(name), 'utf8'),
      ]),
    );
    for (const name of Object.keys(before)) folder.put(name, before[name]!.replace(/\n[^\n]+\n$/, '\n'));
    folder.put('postcodes.txt', 'SW1A 8AA\n');
    folder.put('register.csv', `${before['register.csv']}9991049436,2,registered,2025-01-01\n`);
    const others = await provide(folder, pipeline, 'hospital-other', ['hospital']);
    for (const [name, text] of Object.entries(before)) folder.put(name, text);
    expect(await refusalOf(national, [gp, others])).toEqual([
      `was made with another list of link.ignorePostcodes than ${gp}`,
      `was made with another list of optOuts.national than ${gp}`,
      `was made with another list of optOuts.register than ${gp}`,
    ]);
  });

  it('reveal nothing about their lists that could be guessed: another key gives other digests', async () => {
    const other = BenchFolder.make();
    putFiles(other);
    const theirs = await provide(other, other.parse(PIPELINE), 'store');
    const listsOf = (one: string) =>
      (JSON.parse(readFileSync(join(one, 'store.json'), 'utf8')) as { lists: Record<string, string> }).lists;
    expect(Object.keys(listsOf(store))).toEqual(['optOuts.register']);
    expect(listsOf(theirs)).not.toEqual(listsOf(store));
    other.remove();
  });
});
