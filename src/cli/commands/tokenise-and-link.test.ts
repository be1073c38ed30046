import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateKeyFile } from '../../keys/generate-key-file.ts';
import type { RunResult } from '../../linker/result.ts';
import type { TokenStore } from '../../store/token-store.ts';
import { callTallystick } from '../test-rig/call-tallystick.ts';
import {
  type Ended,
  errorOf,
  filesOf,
  makeBench,
  namesIn,
  objectOf,
  PIPELINE,
  RUN_DATE,
  tallystick,
} from '../test-rig/tallystick.ts';

const bench = makeBench();
const store = bench.path('store');
const gp = bench.path('gp');
const linkageKey = { TALLYSTICK_KEY_FILE: bench.variables['TALLYSTICK_KEY_FILE']! };
const releaseKey = { TALLYSTICK_RELEASE_KEY_FILE: bench.variables['TALLYSTICK_RELEASE_KEY_FILE']! };
const NONE = '/nowhere/none.key';

type Command = Parameters<typeof tallystick>;
const tokenising = (directory: string, ...more: string[]): Command => [
  ['tokenise', PIPELINE, '--run-date', RUN_DATE, '--json', '--store', directory, ...more],
  { ...linkageKey, TALLYSTICK_RELEASE_KEY_FILE: NONE },
];
const linking = (out: string, ...stores: string[]): Command => [
  ['link', PIPELINE, '--json', '--out', bench.path(out), ...stores.flatMap((one) => ['--store', one])],
  { ...releaseKey, TALLYSTICK_KEY_FILE: NONE },
];
const tokenise = (directory: string, ...more: string[]) => callTallystick(...tokenising(directory, ...more));
const link = (out: string, ...stores: string[]) => callTallystick(...linking(out, ...stores));

/** The nightly pipeline, for a copy in another folder. */
const nightlyElsewhere = () =>
  readFileSync(PIPELINE, 'utf8')
    .replaceAll('../fixtures', resolve(dirname(PIPELINE), '../fixtures'))
    .replace(
      /: (sensitive-codes\.csv|canaries\.txt)/g,
      (_, name: string) => `: ${resolve(dirname(PIPELINE), name)}`,
    );

afterAll(() => bench.remove());

describe('tokenise and link, each with its own key only', () => {
  let tokenised: Ended;
  let linked: Ended;
  beforeAll(async () => {
    // these two as processes; what they make is compared with what a call makes
    tokenised = await tallystick(...tokenising(store));
    linked = await tallystick(...linking('two', store));
    mkdirSync(gp); // an empty folder is treated like no folder
    expect((await tokenise(gp, '--source', 'gp')).code).toBe(0);
  });

  it('make the same bytes as run', async () => {
    const whole = await callTallystick(
      ['run', PIPELINE, '--run-date', RUN_DATE, '--quiet', '--threads', '1', '--out', bench.path('one')],
      bench.variables,
    );
    expect([tokenised.code, linked.code, whole.code]).toEqual([0, 0, 0]);
    expect(filesOf(bench.path('two'))).toEqual(filesOf(bench.path('one')));
  });

  it('leave a private store, and no work folder beside it', () => {
    const { directory, receipts } = objectOf<TokenStore & { directory: string }>(tokenised);
    expect(directory).toBe(store);
    expect(receipts).toHaveLength(6);
    expect(statSync(store).mode & 0o777).toBe(0o700);
    expect(namesIn(bench.folder).filter((name) => name.startsWith('.'))).toEqual([]);
  });

  it('do not touch an existing store', async () => {
    const before = filesOf(store);
    const again = await tokenise(store);
    expect(again.code).toBe(3);
    expect(errorOf(again).problems[0]).toMatchObject({ file: store, message: 'something is there already' });
    expect(filesOf(store)).toEqual(before);
  });

  it('work source by source: several stores are linked as one', async () => {
    const others = bench.path('others');
    expect((await tokenise(others, '--source', 'hospital', '--source', 'community')).code).toBe(0);
    const missing = await link('parts', gp);
    expect(missing.code).toBe(1);
    expect(errorOf(missing).problems.map(({ message }) => message)).toEqual([
      'no store holds the table community_patients of community',
      'no store holds the table hospital_episodes of hospital',
      'no store holds the table community_referrals of community',
      'no store holds the table community_contacts of community',
    ]);
    const parts = await link('parts', gp, others);
    expect(parts.code).toBe(0);
    expect(objectOf<{ persons: object }>(parts).persons).toEqual(
      objectOf<{ persons: object }>(linked).persons,
    );
  });

  it('report that keys differ instead of linking nothing', async () => {
    const other = bench.path('other.key');
    generateKeyFile(other);
    const theirs = bench.path('theirs');
    const ended = await callTallystick(
      ['tokenise', PIPELINE, '--run-date', RUN_DATE, '--quiet', '--store', theirs, '--source', 'hospital'],
      { TALLYSTICK_KEY_FILE: other },
    );
    expect(ended).toMatchObject({ code: 0, stdout: `${theirs}\n`, stderr: '' });
    const never = await link('never', gp, theirs);
    expect(never.code).toBe(1);
    expect(errorOf(never).problems[0]!.message).toMatch(/^was made with another linkage key/);
    expect(namesIn(bench.path('never'))).toEqual(['nightly', 'nightly/refused.json']);
  });

  it('require only the key that they open: the other variable need not be set', async () => {
    const text = nightlyElsewhere()
      .replace(/\$\{TALLYSTICK_KEY_FILE:-[^}]*\}/, '${LINKAGE_ONLY_HERE}')
      .replace(/\$\{TALLYSTICK_RELEASE_KEY_FILE:-[^}]*\}/, '${RELEASE_ONLY_HERE}');
    const file = bench.path('two-parties.yaml');
    writeFileSync(file, text);
    const keys = [bench.path('one.key'), bench.path('two.key')] as const;
    for (const key of keys) generateKeyFile(key);
    const store = bench.path('two-parties');
    const common = ['--quiet', '--out', bench.path('two-parties-out')];
    const made = await callTallystick(
      ['tokenise', file, '--run-date', RUN_DATE, '--quiet', '--store', store],
      {
        LINKAGE_ONLY_HERE: keys[0],
      },
    );
    expect(made).toMatchObject({ code: 0, stderr: '' });
    const linked = await callTallystick(['link', file, '--store', store, ...common], {
      RELEASE_ONLY_HERE: keys[1],
    });
    expect(linked).toMatchObject({ code: 0, stderr: '' });
    const run = await callTallystick(['run', file, '--run-date', RUN_DATE, ...common], {
      RELEASE_ONLY_HERE: keys[1],
    });
    expect(run.code).toBe(2);
    expect(run.stderr).toContain('the variable LINKAGE_ONLY_HERE is not set');
  });

  it('find the busiest postcodes of each source, and do not link stores without them where they are to be ignored', async () => {
    const text = nightlyElsewhere().replace(
      'ranks: two-step',
      'ranks: eight-step, ignoreBusiestPostcodes: 20%',
    );
    const file = bench.path('busiest.yaml');
    writeFileSync(file, text);
    const make = async (name: string, ...sources: string[]) => {
      const store = bench.path(name);
      const only = sources.flatMap((source) => ['--source', source]);
      const made = await callTallystick(
        ['tokenise', file, '--run-date', RUN_DATE, '--quiet', '--store', store, ...only],
        linkageKey,
      );
      expect(made.code, made.stderr).toBe(0);
      return store;
    };
    const linkAll = (out: string, ...stores: string[]) =>
      callTallystick(
        ['link', file, '--json', '--out', bench.path(out), ...stores.flatMap((one) => ['--store', one])],
        releaseKey,
      );
    const parts = [await make('busy-gp', 'gp'), await make('busy-others', 'hospital', 'community')];
    const whole = objectOf<RunResult>(await linkAll('busy-whole', await make('busy-all')));
    const inParts = objectOf<RunResult>(await linkAll('busy-parts', ...parts));
    expect(inParts.persons).toEqual(whole.persons);
    expect(inParts.audit).toEqual(whole.audit);
    const [six, seven] = [5, 6].map((index) => whole.audit.ranks[index]!.links);
    expect(six).toBeGreaterThan(0);
    expect(seven).toBeGreaterThan(0); // as rank 6, of ignored postcodes
    const refused = await linkAll('busy-never', store);
    expect(refused.code).toBe(1);
    expect(errorOf(refused).problems[0]).toMatchObject({
      file: store,
      message: 'does not say which postcodes are the busiest',
    });
  });

  it('select sources by name', async () => {
    const ended = await tokenise(bench.path('new'), '--source', 'gp', '--source', 'dentist');
    expect(ended.code).toBe(2);
    expect(errorOf(ended).problems).toEqual([
      { file: PIPELINE, message: 'there is no source dentist', wayOut: 'there are gp, hospital, community' },
    ]);
  });

  it('do not link where there is no store', async () => {
    const ended = await link('never', join(bench.folder, 'nothing'));
    expect(ended.code).toBe(3);
    expect(errorOf(ended).problems[0]!.message).toBe('there is no token store here');
  });
});
