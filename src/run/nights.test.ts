/**
 * Nights that are not like other nights: each run here is a night of one pipeline, and what earlier ones were like is all that it
 * is compared with.
 */
import {
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Acceptance, NOTHING_ACCEPTED } from '../baseline/acceptance.ts';
import type { Baseline } from '../baseline/baseline.ts';
import { TallystickError } from '../domain/problem.ts';
import { generateKeyFile } from '../keys/generate-key-file.ts';
import { KeyRing } from '../keys/key-ring.ts';
import { linkStores } from '../linker/link-stores.ts';
import type { RunResult } from '../linker/result.ts';
import { fillStore } from '../provider/fill-store.ts';
import type { runPipeline } from './run-pipeline.ts';
import { BenchFolder } from './test-rig/bench-folder.ts';
import { type NightShape, nightlyPipeline, putNight } from './test-rig/nightly-data.ts';

let folder: BenchFolder;
beforeEach(() => {
  folder = BenchFolder.make();
});
afterEach(() => folder.remove());

const home = () => join(folder.out, 'tiny');
const baselinePath = () => join(home(), 'baseline.json');
const baseline = () => JSON.parse(readFileSync(baselinePath(), 'utf8')) as Baseline;
const keyIdOf = (file: string) => new KeyRing(readFileSync(folder.at(file))).keyId;
const day = (index: number) => `2026-04-${String(index).padStart(2, '0')}`;

type NightOptions = Partial<Acceptance> & { readonly expect?: object };

async function tryNight(
  date: string,
  shape: NightShape = {},
  { expect: expected, ...accepted }: NightOptions = {},
) {
  putNight(folder, shape);
  const pipeline = nightlyPipeline(expected === undefined ? {} : { expect: expected });
  return folder.run(pipeline, { runDate: date, acceptance: { ...NOTHING_ACCEPTED, ...accepted } });
}

async function night(date: string, shape: NightShape = {}, options: NightOptions = {}): Promise<RunResult> {
  const { result, error } = await tryNight(date, shape, options);
  if (result === null) throw error;
  return result;
}

/** A night that must be refused, and leaves everything as it was. */
async function refusal(date: string, shape: NightShape = {}, options: NightOptions = {}) {
  const before = existsSync(home()) ? readdirSync(home()).sort() : [];
  const kept = existsSync(baselinePath()) ? readFileSync(baselinePath(), 'utf8') : null;
  const { error } = await tryNight(date, shape, options);
  expect(error).toBeInstanceOf(TallystickError);
  expect(readdirSync(home()).sort()).toEqual(before);
  if (kept !== null) expect(readFileSync(baselinePath(), 'utf8')).toBe(kept);
  const { exitCode, message } = error as TallystickError;
  return { exitCode, message };
}

const warningsOf = ({ warnings }: RunResult) => warnings.map(({ message }) => message).join('\n');

describe('the baseline', () => {
  it('keeps counts of a night, sealed, for its owner alone', async () => {
    const result = await night(day(1));
    expect(result.comparedWith).toEqual({ nights: 0, isFirstNight: true, from: null, to: null });
    expect(result.warnings).toEqual([]);
    expect(statSync(baselinePath()).mode & 0o777).toBe(0o600);
    const [kept] = baseline().nights;
    expect(kept).toMatchObject({
      date: day(1),
      runId: result.runId,
      keyIds: { linkage: keyIdOf('linkage.key'), release: keyIdOf('release.key') },
      rows: { surgery_patients: 400, visits: 430, stays: 600 },
      columns: {
        surgery_patients: { sex: { valid: 400, missing: 0, placeholder: 0, invalid: 0 } },
        stays: { nhs: { valid: 600 } },
      },
      optOutEvents: {
        'register/type-1': 40,
        'register/type-2': 40,
        coded: 30,
        'coded/surgery/type-1': 30,
        'coded/surgery/type-2': 0,
      },
      optOutsInForce: { 'type-1/number': 70, 'type-2/number': 40 },
      stoppedPatients: { surgery_patients: { part: 70, of: 400 } },
      linked: { acute: { part: 600, of: 600 } },
      accepted: [],
    });
    const text = readFileSync(baselinePath(), 'utf8');
    expect(text).not.toMatch(/99900\d{5}|LS1|k17|ward/);
  });

  it('does not grow, and keeps its bytes, where a night is run again', async () => {
    await night(day(1));
    await night(day(2));
    const before = readFileSync(baselinePath(), 'utf8');
    expect(await night(day(2))).toMatchObject({ outcome: 'unchanged', comparedWith: { nights: 2 } });
    expect(readFileSync(baselinePath(), 'utf8')).toBe(before);
    const older = await night(day(1));
    expect(older.outcome).toBe('unchanged');
    expect(warningsOf(older)).toContain('is compared with those up to its own date, and is not kept');
    expect(readFileSync(baselinePath(), 'utf8')).toBe(before);
  });

  it('decides nothing about the bytes that are published', async () => {
    await night(day(1));
    await night(day(2), { stays: 900 }, { changes: ['rows'] });
    const path = join(home(), readdirSync(home()).find((name) => name.startsWith(day(2)))!);
    const read = () =>
      readdirSync(path, { recursive: true, encoding: 'utf8' })
        .filter((file) => statSync(join(path, file)).isFile())
        .sort()
        .map((file) => `${file} ${readFileSync(join(path, file)).toString('base64')}`);
    const withHistory = read();
    rmSync(home(), { recursive: true });
    await night(day(2), { stays: 900 });
    expect(read()).toEqual(withHistory);
  });

  it('outlives published runs that are deleted', async () => {
    await night(day(1));
    for (const name of readdirSync(home())) {
      if (name !== 'baseline.json') rmSync(join(home(), name), { recursive: true });
    }
    const { exitCode, message } = await refusal(day(2), { typeTwo: 30 });
    expect(exitCode).toBe(1);
    expect(message).toContain(
      `the register's type-2 events fell from 40 on ${day(1)}, the best night kept, to 30; a fall of 10 % is allowed`,
    );
  });

  it('stops the run where it is missing and runs were published, whatever their manifests say', async () => {
    const { directory } = await night(day(1));
    rmSync(baselinePath());
    rmSync(join(directory, 'release', 'manifest.json'));
    rmSync(join(directory, 'operator', 'receipts.json'));
    const { exitCode, message } = await refusal(day(2), { typeTwo: 1 });
    expect(exitCode).toBe(1);
    expect(message).toContain('there is no baseline, though runs have been published here');
    await night(day(2), {}, { newBaseline: true });
  });

  it('stops the run where an earlier copy was put back', async () => {
    await night(day(1), { typeTwo: 40 });
    const copy = readFileSync(baselinePath());
    await night(day(2), { typeTwo: 80 });
    writeFileSync(baselinePath(), copy);
    const { exitCode, message } = await refusal(day(3), { typeTwo: 40 });
    expect(exitCode).toBe(1);
    expect(message).toContain(`the baseline ends on ${day(1)}, and a run of ${day(2)} was published`);
  });

  it('stops the run where it is that of another release key, and the last published run says which is right', async () => {
    await night(day(1));
    const other = BenchFolder.make();
    try {
      putNight(other);
      await other.publish(nightlyPipeline());
      copyFileSync(join(other.out, 'tiny', 'baseline.json'), baselinePath());
    } finally {
      other.remove();
    }
    const { exitCode, message } = await refusal(day(2));
    expect(exitCode).toBe(1);
    expect(message).toContain('was sealed with another release key than that of the last published run');
  });
});

describe('opt-outs that fell', () => {
  it.each<[string, NightShape, string]>([
    ['type 2 of the register', { typeTwo: 35 }, "the register's type-2 events fell from 40"],
    ['coded events of a source', { coded: 20 }, 'coded type-1 events of surgery fell from 30'],
  ])('stop the run: %s', async (_, shape, message) => {
    await night(day(1));
    const said = await refusal(day(2), shape);
    expect(said.exitCode).toBe(1);
    expect(said.message).toContain(message);
    expect(said.message).toContain('--accept-change opt-outs');
  });

  it('that find nobody any more stop the run, though the list is as long as ever', async () => {
    await night(day(1));
    putNight(folder);
    const text = readFileSync(folder.at('register.csv'), 'utf8');
    folder.put(
      'register.csv',
      text.replace(/999\d{7},2/g, '9999999999,2').replaceAll('9999999999', '9990548609'),
    );
    const { error } = await folder.run(nightlyPipeline(), { runDate: day(2) });
    expect((error as TallystickError).message).toMatch(
      /type-2 opt-outs in force, by NHS number fell from 40/,
    );
  });

  it('is a warning where the pipeline file says so, and optOuts.maxFall is another name of the limit', async () => {
    await night(day(1));
    const warned = await night(
      day(2),
      { typeTwo: 20 },
      { expect: { optOuts: { warn: '10%', stop: 'never' } } },
    );
    expect(warningsOf(warned)).toContain("the register's type-2 events fell from 40");
    const pipeline = nightlyPipeline() as { optOuts: object };
    putNight(folder, { typeTwo: 20 });
    const { result } = await folder.run(
      { ...pipeline, optOuts: { ...pipeline.optOuts, maxFall: '60%' } },
      { runDate: day(3) },
    );
    expect(result?.warnings).toEqual([]);
  });
});

describe('rows, columns and links', () => {
  it('an extract of a tenth of its size stops the run; everything is said at once', async () => {
    await night(day(1));
    const { exitCode, message } = await refusal(day(2), {
      patients: 200,
      stays: 60,
      typeTwo: 10,
      sex: (index) => (index % 2 === 0 ? 'M' : '1'),
    });
    expect(exitCode).toBe(1);
    expect(message).toContain('stays has 60 rows; the median of the last nights had 600 (-90.0 %)');
    expect(message).toContain("the register's type-2 events fell from 40");
    expect(message).toContain('of surgery_patients.sex 50.0 % of the cells are valid');
  });

  it('links that fall stop the run: fewer of a source, and other match ranks', async () => {
    await night(day(1));
    const expected = { valid: { warn: 'never', stop: 'never' } };
    const { message } = await refusal(day(2), { unknownStays: 0.3 }, { expect: expected });
    expect(message).toContain('the records of acute that were linked are 70.0 % of all, 30.0 points fewer');
    const warned = await night(day(2), { unknownStays: 0.06 });
    expect(warningsOf(warned)).toContain(
      'the records of acute that were linked are 94.0 % of all, 6.0 points fewer',
    );
  });
});

describe('keys', () => {
  it.each(['linkage', 'release'])(
    'another %s key is exit 3, unless its very id is accepted',
    async (purpose) => {
      await night(day(1));
      const pinned = keyIdOf(`${purpose}.key`);
      rmSync(folder.at(`${purpose}.key`));
      generateKeyFile(folder.at(`${purpose}.key`));
      const id = keyIdOf(`${purpose}.key`);
      const { exitCode, message } = await refusal(day(2));
      expect(exitCode).toBe(3);
      expect(message).toContain(`the ${purpose} key (key id ${id}) is not that of the runs published here`);
      expect(message).toContain(pinned);
      expect(message).not.toContain('keygen');
      expect(await refusal(day(2), {}, { newKeys: [pinned] })).toMatchObject({ exitCode: 2 });
      if (purpose === 'linkage')
        expect(await refusal(day(2), {}, { newBaseline: true })).toMatchObject({ exitCode: 3 });
      // the past is compared with all the same
      expect((await refusal(day(2), { typeTwo: 5 }, { newKeys: [id] })).message).toContain(
        'type-2 events fell from 40',
      );
      const accepted = await night(day(2), {}, { newKeys: [id] });
      expect(accepted.comparedWith.nights).toBe(1);
      expect(baseline().keyIds).toMatchObject({ [purpose]: id });
      expect((await night(day(3))).warnings).toEqual([]);
    },
  );

  it('an id that is no key of this run is exit 2, on the first night as well', async () => {
    putNight(folder);
    const { error } = await folder.run(nightlyPipeline(), {
      acceptance: { ...NOTHING_ACCEPTED, newKeys: ['0'.repeat(32)] },
    });
    expect(error).toMatchObject({ exitCode: 2 });
  });
});

it('linking the stores of a site is a night like any other, and another linkage key is seen there as well', async () => {
  const inTwoSteps: typeof runPipeline = async (pipeline, destination, settings) => {
    const store = join(settings.privateDirectory, 'store');
    await fillStore(pipeline, null, store, settings, destination.logged);
    return linkStores(pipeline, [store], destination, settings);
  };
  await night(day(1));
  putNight(folder, { typeTwo: 5 });
  const options = { runDate: day(2), execute: inTwoSteps };
  const fell = await folder.run(nightlyPipeline(), options);
  expect((fell.error as TallystickError).message).toContain("the register's type-2 events fell from 40");
  putNight(folder);
  expect((await folder.run(nightlyPipeline(), options)).result?.comparedWith.nights).toBe(1);
  rmSync(folder.at('linkage.key'));
  generateKeyFile(folder.at('linkage.key'));
  expect((await folder.run(nightlyPipeline(), { ...options, runDate: day(3) })).error).toMatchObject({
    exitCode: 3,
  });
});
