import { spawn, spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ProcessUsage } from './report-usage.ts';

/** A program to measure, as a complete process. */
export interface MeasuredProgram {
  readonly name: string;
  /** its file and arguments, given an empty directory to write to */
  readonly command: (out: string) => readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** One run of the program. */
export interface Measurement extends ProcessUsage {
  /** from before the process is made until it has ended */
  readonly wallSeconds: number;
  readonly stdout: string;
  readonly stderr: string;
}

const REPORT_USAGE = fileURLToPath(new URL('report-usage.js', import.meta.url));

/**
 * Runs a program once. Its outputs are deleted and everything is on the disk before the clock starts, so that no run pays
 * for the writes of another.
 *
 * @param work directory for its output, on the disk that all programs share
 * @param started called with the process's id as soon as there is one
 * @throws Error when the program fails, with what it wrote to stderr
 */
export async function measureProcess(
  program: MeasuredProgram,
  work: string,
  started: (pid: number) => void = () => undefined,
): Promise<Measurement> {
  const [out, usageFile] = [join(work, 'out'), join(work, 'usage.json')];
  rmSync(out, { recursive: true, force: true });
  rmSync(usageFile, { force: true });
  mkdirSync(out, { recursive: true });
  spawnSync('sync'); // without it, the results are only noisier

  const start = performance.now();
  const { code, stdout, stderr } = await runNode(
    program,
    ['--import', REPORT_USAGE, ...program.command(out)],
    usageFile,
    started,
  );
  const wallSeconds = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(`${program.name} ended with ${code}:\n${stderr}`);
  const usage = JSON.parse(readFileSync(usageFile, 'utf8')) as ProcessUsage;
  rmSync(out, { recursive: true, force: true });
  return { wallSeconds, stdout, stderr, ...usage };
}

function runNode(
  { environment }: MeasuredProgram,
  args: readonly string[],
  usageFile: string,
  started: (pid: number) => void,
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, args, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...environment, TALLYSTICK_BENCH_USAGE: usageFile },
  });
  if (child.pid !== undefined) started(child.pid);
  const [stdout, stderr]: [Buffer[], Buffer[]] = [[], []];
  child.stdout.on('data', (bytes: Buffer) => stdout.push(bytes));
  child.stderr.on('data', (bytes: Buffer) => stderr.push(bytes));
  const text = (parts: readonly Buffer[]): string => Buffer.concat(parts).toString('utf8');
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => resolve({ code, stdout: text(stdout), stderr: text(stderr) }));
  });
}
