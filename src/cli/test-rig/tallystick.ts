import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { onTestFinished } from 'vitest';
import type { ExitCode, Problem } from '../../domain/problem.ts';
import { generateKeyFile } from '../../keys/generate-key-file.ts';

/** The built program: `npm test` builds it first. */
const MAIN = resolve('dist/cli/main.js');
export const PIPELINE = resolve('pipelines/nightly.yaml');
export const RUN_DATE = '2026-04-01';

type Variables = Readonly<Record<string, string>>;

/** The exit code and the output of a process. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the program to its end. */
export function tallystick(args: readonly string[], variables: Variables = {}): Promise<Ended> {
  return startTallystick(args, variables).ended;
}

export interface Started {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
  /** waits until stderr contains a text */
  said(text: string): Promise<void>;
}

/** Starts the program with the given environment variables only. */
export function startTallystick(args: readonly string[], variables: Variables = {}): Started {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env['PATH'] ?? '', ...variables },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (piece) => {
    stdout += piece;
  });
  child.stderr.on('data', (piece) => {
    stderr += piece;
  });
  const ended = new Promise<Ended>((done, fail) => {
    child.once('error', fail);
    child.once('close', (code) => done({ code, stdout, stderr }));
  });
  const said = (text: string) =>
    new Promise<void>((done, fail) => {
      const look = () => stderr.includes(text) && done();
      child.stderr.on('data', look);
      child.once('close', () => fail(new Error(`it ended without saying ${text}: ${stderr}`)));
      look();
    });
  return { child, ended, said };
}

/** A temporary folder with two fresh keys in it, and the variables that name them. */
export interface Bench {
  readonly folder: string;
  readonly variables: Variables;
  path(...parts: string[]): string;
  remove(): void;
}

export function makeBench(): Bench {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'tallystick-cli-')));
  const path = (...parts: string[]) => join(folder, ...parts);
  const [linkage, release] = [path('linkage.key'), path('release.key')];
  generateKeyFile(linkage);
  generateKeyFile(release);
  return {
    folder,
    variables: { TALLYSTICK_KEY_FILE: linkage, TALLYSTICK_RELEASE_KEY_FILE: release },
    path,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A copy of the fixtures that a test may change; removed after the test. */
export function copyFixtures(bench: Bench): string {
  const copy = mkdtempSync(bench.path('fixtures-'));
  cpSync('fixtures', copy, { recursive: true });
  onTestFinished(() => rmSync(copy, { recursive: true, force: true }));
  return copy;
}

/** The one JSON object on stdout. */
export function objectOf<T>({ stdout }: Ended): T {
  return JSON.parse(stdout) as T;
}

/** The failure on stdout with --json. */
export function errorOf(ended: Ended): {
  readonly exitCode: ExitCode;
  readonly problems: readonly Problem[];
} {
  return objectOf<{ error: { exitCode: ExitCode; problems: readonly Problem[] } }>(ended).error;
}

/** Every file in a folder with its bytes in hexadecimal: two folders are equal if these are. */
export function filesOf(folder: string): Readonly<Record<string, string>> {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
  return Object.fromEntries(
    names
      .filter((name) => statSync(join(folder, name)).isFile())
      .map((name) => [name, readFileSync(join(folder, name)).toString('hex')]),
  );
}

/** Every name in a folder, including links and hidden files. */
export function namesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
}
