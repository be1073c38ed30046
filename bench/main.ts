import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkBenchData, makeBenchData } from './bench-data.ts';
import { type MeasuredPair, summarise } from './bench-result.ts';
import { type BenchSettings, readBenchSettings } from './bench-settings.ts';
import { markdownReport } from './markdown-report.ts';
import { type MeasuredProgram, type Measurement, measureProcess } from './measure-process.ts';
import { measureTokenRate } from './token-rate.ts';

/*
 * A run of tallystick compared with the floor: complete processes, in turns, on the same files, threads and memory.
 * README.md defines the floor and explains the results.
 */

/** The repository, from bench/.build/bench. */
const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
const DATA = join(REPOSITORY, 'bench/.data');

const settings = settingsOrExit();
const data =
  settings.data === null ? join(DATA, `${settings.patients}-${settings.runDate}`) : resolve(settings.data);
if (settings.data === null) {
  say(`extracts of ${settings.patients} patients in ${data}`);
  await makeBenchData(data, settings.patients, settings.runDate);
}
checkBenchData(data);

say('token rate');
const tokenRate = measureTokenRate();
const work = join(DATA, `work-${process.pid}`);
mkdirSync(work, { recursive: true });
try {
  const pairs = await measurePairs(runProgram(settings, data, work), floorProgram(settings, data), work);
  const result = summarise(settings.patients, pairs, tokenRate);
  process.stdout.write(settings.isJson ? `${JSON.stringify(result)}\n` : markdownReport(result, pairs));
} finally {
  rmSync(work, { recursive: true, force: true });
}

/** One warm-up pair, which loads files and code into memory, then the pairs that count. */
async function measurePairs(
  run: MeasuredProgram,
  floor: MeasuredProgram,
  work: string,
): Promise<MeasuredPair[]> {
  const pairs: MeasuredPair[] = [];
  for (let pair = 0; pair <= settings.runs; pair += 1) {
    const measured = { run: await measureProcess(run, work), floor: await measureProcess(floor, work) };
    const [first, second] = [measured.run, measured.floor].map(shown);
    say(`${pair === 0 ? 'warm-up' : `pair ${pair} of ${settings.runs}`}: run ${first}, floor ${second}`);
    if (pair > 0) pairs.push(measured);
  }
  return pairs;
}

function shown({ wallSeconds, cpuSeconds, peakMemoryBytes }: Measurement): string {
  return `${wallSeconds.toFixed(2)} s (${cpuSeconds.toFixed(2)} s of processor, ${Math.round(peakMemoryBytes / 2 ** 20)} MiB)`;
}

/** `tallystick run` on the nightly pipeline, with throw-away keys. */
function runProgram(
  { runDate, threads, memory }: BenchSettings,
  data: string,
  work: string,
): MeasuredProgram {
  const key = (name: string): string => {
    const file = join(work, `${name}.key`);
    writeFileSync(file, randomBytes(32), { mode: 0o600 });
    return file;
  };
  return {
    name: 'tallystick run',
    environment: {
      TALLYSTICK_DATA: data,
      TALLYSTICK_KEY_FILE: key('linkage'),
      TALLYSTICK_RELEASE_KEY_FILE: key('release'),
    },
    command: (out) => [
      join(REPOSITORY, 'dist/cli/main.js'),
      'run',
      join(REPOSITORY, 'pipelines/nightly.yaml'),
      ...['--run-date', runDate, '--out', out, '--threads', String(threads), '--memory', memory],
      '--json',
      '--quiet',
    ],
  };
}

function floorProgram({ threads, memory }: BenchSettings, data: string): MeasuredProgram {
  const file = fileURLToPath(new URL('floor.js', import.meta.url));
  return { name: 'the floor', environment: {}, command: (out) => [file, data, out, String(threads), memory] };
}

function settingsOrExit(): BenchSettings {
  try {
    return readBenchSettings(process.argv.slice(2));
  } catch (fault) {
    say(fault instanceof Error ? fault.message : String(fault));
    process.exit(2);
  }
}

function say(message: string): void {
  process.stderr.write(`bench: ${message}\n`);
}
