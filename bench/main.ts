import { mkdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { checkBenchData, makeBenchData } from './bench-data.ts';
import { type MeasuredPair, summarise } from './bench-result.ts';
import { type BenchSettings, readBenchSettings } from './bench-settings.ts';
import { markdownReport } from './markdown-report.ts';
import { measureAside } from './measure-aside.ts';
import { type MeasuredProgram, type Measurement, measureProcess } from './measure-process.ts';
import { DATA, floorProgram, programsOf } from './programs.ts';

/*
 * A run of tallystick compared with the floor: complete processes, in turns, on the same files, threads and memory. Then each half of a run with
 * one thread and with two, a run whose threads are watched, and the kernel by itself. README.md defines the floor and explains the results.
 */

const settings = settingsOrExit();
const data =
  settings.data === null ? join(DATA, `${settings.patients}-${settings.runDate}`) : resolve(settings.data);
if (settings.data === null) {
  say(`extracts of ${settings.patients} patients in ${data}`);
  await makeBenchData(data, settings.patients, settings.runDate);
}
checkBenchData(data);

const work = join(DATA, `work-${process.pid}`);
mkdirSync(work, { recursive: true });
try {
  const given = { ...settings, data, work };
  const programs = programsOf(given);
  const pairs = await measurePairs(
    programs.run(settings.threads),
    floorProgram(given, settings.threads),
    work,
  );
  const aside = await measureAside(programs, settings, work, say);
  const result = summarise(settings.patients, pairs, aside);
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
