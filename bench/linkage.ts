import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Evaluation } from '../src/compare/evaluate/evaluation.ts';
import type { RunResult } from '../src/linker/result.ts';
import { auditedRanks } from './audited-ranks.ts';
import { makeBenchData } from './bench-data.ts';
import { crowdedCopy } from './crowded-copy.ts';
import {
  auditTable,
  type Growth,
  growthTable,
  type Measured,
  type Quality,
  qualityTable,
} from './linkage-tables.ts';
import { LINKAGES, pipelineOf, runTallystick } from './linkage-ways.ts';

/*
 * The error rates of the ladders by the truth, averaged over seeds, and the estimates of a run's self-audit; and how the time of linking grows with the number of patients,
 * where one postcode is shared by 20,000 people and one NHS number is on 50,000 rows. README.md, "Linkage".
 */

/** The repository, from bench/.build/bench. */
const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const DATA = join(REPOSITORY, 'bench/.data');
const RUN_DATE = '2026-04-01';
/** Times the link stage is run on each size; the median counts. */
const GROWTH_RUNS = 3;

const { values } = parseArgs({
  options: {
    patients: { type: 'string', default: '200000' },
    seeds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});
const patients = wholeNumber('--patients', values.patients);
const seeds = Array.from({ length: wholeNumber('--seeds', values.seeds) }, (_, index) => index + 1);

const work = join(DATA, `linkage-${process.pid}`);
mkdirSync(work, { recursive: true });
try {
  const quality = await measureQuality();
  const growth = await measureGrowth();
  process.stdout.write(
    values.json
      ? `${JSON.stringify({ patients, quality, growth })}\n`
      : [qualityTable(patients, quality), auditTable(quality), growthTable(growth)].join('\n'),
  );
} finally {
  rmSync(work, { recursive: true, force: true });
}

async function measureQuality(): Promise<Measured[]> {
  const measured = LINKAGES.map((way) => ({ way, rates: [] as Quality[] }));
  for (const seed of seeds) {
    const data = join(work, `seed-${seed}`);
    await makeBenchData(data, patients, RUN_DATE, seed);
    for (const { way, rates } of measured) {
      const pipeline = pipelineOf(way, REPOSITORY, work);
      const truth = join(data, 'truth/truth.csv');
      const out = join(work, 'out');
      const asked = ['evaluate', pipeline, '--truth', truth, '--work', work];
      const evaluation = (await runTallystick(REPOSITORY, asked, data, work)) as Evaluation;
      const ran = await runTallystick(REPOSITORY, ['run', pipeline, '--out', out], data, work);
      rmSync(out, { recursive: true, force: true });
      const { falseMatchRate, missedMatchRate } = evaluation.record;
      rates.push({
        seed,
        falseMatchRate: falseMatchRate!,
        missedMatchRate: missedMatchRate!,
        f1: evaluation.pair.f1!,
        audited: auditedRanks((ran as RunResult).audit, evaluation),
      });
      say(`seed ${seed}, ${way.name}: ${falseMatchRate} false, ${missedMatchRate} missed`);
    }
    rmSync(data, { recursive: true, force: true });
  }
  return measured;
}

/** Both sizes in turns, so that other work on the machine affects both. */
async function measureGrowth(): Promise<Growth[]> {
  const sizes = [patients, patients * 2];
  const way = LINKAGES.at(-1)!;
  const pipeline = pipelineOf(way, REPOSITORY, work);
  for (const size of sizes) {
    const plain = join(work, `plain-${size}`);
    await makeBenchData(plain, size, RUN_DATE);
    await crowdedCopy(plain, join(work, `crowded-${size}`));
    rmSync(plain, { recursive: true, force: true });
  }
  const seconds = sizes.map((): number[] => []);
  for (let turn = 0; turn < GROWTH_RUNS; turn += 1) {
    for (const [index, size] of sizes.entries()) {
      const out = join(work, 'out');
      const result = await runTallystick(
        REPOSITORY,
        ['run', pipeline, '--out', out],
        join(work, `crowded-${size}`),
        work,
      );
      seconds[index]!.push((result as { stages: { link: number } }).stages.link);
      rmSync(out, { recursive: true, force: true });
      say(`${size} patients: linked in ${seconds[index]!.at(-1)} s`);
    }
  }
  return sizes.map((size, index) => ({ patients: size, seconds: seconds[index]! }));
}

function wholeNumber(option: string, value: string): number {
  if (!/^[1-9][0-9]{0,8}$/.test(value)) throw new TypeError(`${option} needs a whole number from 1`);
  return Number(value);
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
