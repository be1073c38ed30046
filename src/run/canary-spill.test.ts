import { mkdirSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openKeyFile } from '../keys/key-ring.ts';
import { linkAndRelease } from '../linker/link-and-release.ts';
import { openStores } from '../linker/open-stores.ts';
import { parsePipeline } from '../pipeline/parse-pipeline.ts';
import type { Pipeline } from '../pipeline/pipeline.ts';
import { StageTimes } from '../program/progress.ts';
import { tokeniseSources } from '../provider/tokenise-sources.ts';
import { DEFAULT_ERRORS, synthesise } from '../synth/synthesise.ts';
import type { runPipeline } from './run-pipeline.ts';
import { BenchFolder, type Outcome, RUN_DATE, type RunOptions } from './test-rig/bench-folder.ts';
import { ByteSearch, type Found } from './test-rig/byte-search.ts';

const PATIENTS = 30_000;
/** People whose identifiers are looked for: every so many of them. */
const EVERY = 60;
/** Enough to read with one thread, above the boundary; too little to sort and join in memory, below it. */
const MEMORY = { above: '110MB', below: '52MB' };
const POLL_MS = 15;
const NIGHTLY = fileURLToPath(new URL('../../pipelines/nightly.yaml', import.meta.url));

/** A file that stood in the private folder at some moment of the run. */
interface Seen {
  readonly stage: string;
  readonly name: string;
  readonly bytes: number;
}

let folder: BenchFolder;
let pipeline: Pipeline;
let search: ByteSearch;

beforeAll(async () => {
  folder = BenchFolder.make('same keys each time');
  const settings = {
    patients: PATIENTS,
    seed: 11,
    runDate: RUN_DATE,
    errors: DEFAULT_ERRORS,
    compress: 'none',
  } as const;
  await synthesise(settings, folder.at('data'));
  pipeline = parsePipeline(readFileSync(NIGHTLY, 'utf8'), {
    file: NIGHTLY,
    runDate: RUN_DATE,
    shownAs: 'nightly.yaml',
    identifierIn: () => null,
    variables: {
      TALLYSTICK_DATA: folder.at('data'),
      TALLYSTICK_KEY_FILE: folder.at('linkage.key'),
      TALLYSTICK_RELEASE_KEY_FILE: folder.at('release.key'),
    },
  });
  search = identifiersOf('gp/patients.csv');
});
afterAll(() => folder.remove());

/** Numbers, keys, names with their address, and postcodes of a share of the people, none of whom is listed beforehand. */
function identifiersOf(file: string): ByteSearch {
  const [head, ...rows] = readFileSync(folder.at(join('data', file)), 'utf8')
    .trimEnd()
    .split('\n');
  const names = head!.split(',');
  const texts = new Set<string>();
  const numbers = new Set<string>();
  for (let row = 0; row < rows.length; row += EVERY) {
    const cells = rows[row]!.match(/("[^"]*"|[^,]*)(?:,|$)/g)!.map((cell) =>
      cell.replace(/,$/, '').replaceAll('"', ''),
    );
    const cell = (name: string) => cells[names.indexOf(name)]!;
    const digits = cell('nhs_number').replaceAll(/\D/g, '');
    if (digits.length === 10) numbers.add(digits);
    for (const text of [cell('address'), cell('postcode'), cell('telephone')])
      if (text.length > 5) texts.add(text);
    texts.add(cell('patient_id'));
    texts.add(`${cell('forename')},${cell('surname')}`);
  }
  return new ByteSearch([...texts], [...numbers]);
}

/** The two halves of a run one after the other, as `tokenise` and `link` do it, each with its own memory limit. */
const inHalves: typeof runPipeline = async (pipeline, destination, settings) => {
  const store = join(settings.privateDirectory, 'store');
  mkdirSync(store, { mode: 0o700 });
  const [linkage, release] = (['linkage', 'release'] as const).map((one) =>
    openKeyFile(pipeline.keys[one], one),
  );
  const times = new StageTimes();
  await tokeniseSources(pipeline, null, linkage!, store, { ...settings, memory: MEMORY.above }, times);
  const below = { ...settings, memory: MEMORY.below };
  const stores = await openStores([store], pipeline, { storeKeyId: null });
  return linkAndRelease(pipeline, stores, release!, destination, below, times);
};

/** Runs, and looks at every file of the private folder again and again while it does. */
async function runWatched(options: RunOptions): Promise<{ outcome: Outcome; seen: Seen[]; found: Found[] }> {
  const seen: Seen[] = [];
  const found: Found[] = [];
  const looked = new Map<string, string>();
  let stage = '';
  const look = () => {
    for (const name of readdirSync(folder.lastWork, { recursive: true, encoding: 'utf8' })) {
      const path = join(folder.lastWork, name);
      const stat = statSync(path, { throwIfNoEntry: false });
      if (stat === undefined || !stat.isFile()) continue;
      const state = `${stat.size} ${stat.mtimeMs}`;
      if (looked.get(path) === state) continue;
      looked.set(path, state);
      seen.push({ stage, name, bytes: stat.size });
      try {
        found.push(...search.bytes(`${stage}: ${name}`, readFileSync(path)));
      } catch (fault) {
        if ((fault as NodeJS.ErrnoException).code !== 'ENOENT') throw fault; // a spill file comes and goes
      }
    }
  };
  const running = folder.run(pipeline, {
    threads: 1,
    ...options,
    onStage: (begun) => {
      look();
      stage = begun;
    },
  });
  const poll = setInterval(look, POLL_MS);
  try {
    const outcome = await running;
    look();
    return { outcome, seen, found };
  } finally {
    clearInterval(poll);
  }
}

const isSpill = ({ name }: Seen) => !name.startsWith('store/') && !name.endsWith('.json');
const isAbove = ({ stage }: Seen) => stage === '' || stage.startsWith('tokenise');

describe('a run that has to spill', () => {
  it('spills below the identity boundary only, and no identifier is in any file at any moment', async () => {
    const { outcome, seen, found } = await runWatched({ execute: inHalves });
    expect(outcome.error).toBeNull();
    const spills = seen.filter(isSpill);
    expect(spills.filter(isAbove)).toEqual([]);
    expect(spills.length).toBeGreaterThan(0);
    expect(spills.every(({ name }) => name.startsWith('spill/'))).toBe(true);
    expect(Math.max(...spills.map(({ bytes }) => bytes))).toBeGreaterThan(100_000);
    expect(seen.some((one) => isAbove(one) && one.name.endsWith('.arrow'))).toBe(true);
    expect(found).toEqual([]);
    expect(search.folder(folder.out)).toEqual([]);
    expect(outcome.said.flatMap((line) => search.text('said', line))).toEqual([]);
    // the same search finds them all where they belong
    const there = new Set(
      search.bytes('patients', readFileSync(folder.at('data/gp/patients.csv'))).map(({ about }) => about),
    );
    expect(there.size).toBeGreaterThan((3 * PATIENTS) / EVERY);
  });

  it('fails above the boundary rather than spill there', async () => {
    const { outcome, seen, found } = await runWatched({ memory: '30MB' });
    expect(outcome.error).toMatchObject({
      exitCode: 4,
      message: expect.stringContaining('ran out of memory'),
    });
    expect(seen.filter(isSpill)).toEqual([]);
    expect(found).toEqual([]);
    expect(search.error('the error', outcome.error)).toEqual([]);
  });

  it('leaves no spill file behind when it has ended', () => {
    for (const run of [1, 2]) {
      const left = readdirSync(folder.workOf(run), { recursive: true, encoding: 'utf8' });
      expect(left.filter((name) => name.startsWith('spill/'))).toEqual([]);
    }
    expect(
      readdirSync(process.cwd()).filter((name) => name.startsWith('.tmp') || name.startsWith('duckdb_temp')),
    ).toEqual([]);
  });
});
