import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { checkBenchData, makeBenchData } from './bench-data.ts';
import { readRunReport } from './bench-result.ts';
import { readBenchSettings } from './bench-settings.ts';
import { type GrownRun, growthReport } from './growth-report.ts';
import { measureProcess } from './measure-process.ts';
import { DATA, programsOf } from './programs.ts';

/*
 * What a run costs on N patients and on ten times as many, once each: `npm run bench:growth -- --patients 1000000`. README.md, "Ten times as many".
 */

const TIMES = 10;

const { patients, runDate, threads, memory, isJson } = readBenchSettings(process.argv.slice(2));
const work = join(DATA, `growth-${process.pid}`);
mkdirSync(work, { recursive: true });
try {
  const grown: GrownRun[] = [];
  for (const size of [patients, patients * TIMES]) {
    const data = join(DATA, `${size}-${runDate}`);
    process.stderr.write(`bench: ${size} patients in ${data}\n`);
    await makeBenchData(data, size, runDate);
    checkBenchData(data);
    const run = programsOf({ data, runDate, memory, work }).run(threads);
    const { stdout, wallSeconds, cpuSeconds, peakMemoryBytes } = await measureProcess(run, work);
    const { rowsIn } = readRunReport(stdout);
    grown.push({ patients: size, rows: rowsIn, wallSeconds, cpuSeconds, peakMemoryBytes });
  }
  process.stdout.write(isJson ? `${JSON.stringify(grown)}\n` : growthReport(grown));
} finally {
  rmSync(work, { recursive: true, force: true });
}
