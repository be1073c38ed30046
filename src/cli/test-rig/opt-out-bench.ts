import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Bench, type Ended, makeBench, PIPELINE } from './tallystick.ts';

const MAIN = resolve('dist/cli/main.js');

/** NHS numbers of the range for tests, which belong to nobody. */
export const NUMBERS = ['9434765919', '9434765870', '9000543665', '9000956404', '9000617014'] as const;

/** A bench with a pipeline of made-up people whose register is kept. */
export interface OptOutBench extends Bench {
  readonly pipeline: string;
  readonly register: string;
  /** runs `tallystick opt-out COMMAND PIPELINE …`, with a text on stdin */
  optOut(command: string, options?: readonly string[], stdin?: string): Promise<Ended>;
}

/** @param change what is different in the pipeline file */
export function makeOptOutBench(change: (text: string) => string = (text) => text): OptOutBench {
  const bench = makeBench();
  const pipeline = bench.path('pipeline.yaml');
  const register = bench.path('opt-outs.register');
  const text = readFileSync(PIPELINE, 'utf8').replace(
    /register: \{ file: [^}]*\}\S*, maxAge: 7d \}/,
    `register: { events: "${register}" }`,
  );
  writeFileSync(pipeline, change(text));
  return {
    ...bench,
    pipeline,
    register,
    optOut: (command, options = [], stdin = '') =>
      startOptOut(['opt-out', command, pipeline, ...options], bench.variables, stdin).ended,
  };
}

/** A command that has been started. */
export interface StartedOptOut {
  readonly ended: Promise<Ended>;
  readonly pid: number;
  /** ends it at once, as `kill -9` does */
  kill(): void;
}

export function startOptOut(
  args: readonly string[],
  variables: Readonly<Record<string, string>>,
  stdin: string,
): StartedOptOut {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...variables },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (piece) => (stdout += piece));
  child.stderr.on('data', (piece) => (stderr += piece));
  child.stdin.on('error', () => undefined); // it may have ended before it read anything
  child.stdin.end(stdin);
  const ended = new Promise<Ended>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done({ code, stdout, stderr }));
  });
  return { ended, pid: child.pid!, kill: () => child.kill('SIGKILL') };
}
