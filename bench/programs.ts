import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { MeasuredProgram } from './measure-process.ts';

/** The repository, from bench/.build/bench. */
const REPOSITORY = fileURLToPath(new URL('../../..', import.meta.url));
/** Extracts and outputs. */
export const DATA = join(REPOSITORY, 'bench/.data');

const MAIN = join(REPOSITORY, 'dist/cli/main.js');
const NIGHTLY = join(REPOSITORY, 'pipelines/nightly.yaml');

/** What all programs are given. */
export interface Given {
  readonly data: string;
  readonly runDate: string;
  readonly memory: string;
  /** folder for the keys, which are thrown away */
  readonly work: string;
}

/** The commands of tallystick on the nightly pipeline, with the same throw-away keys. */
export interface Programs {
  /** @param said how it reports: `--quiet --json`, unless something else is asked for */
  run(threads: number, said?: readonly string[]): MeasuredProgram;
  /** @param store where it is written, which must not exist; in the folder of outputs if absent */
  tokenise(threads: number, store?: string): MeasuredProgram;
  link(threads: number, store: string): MeasuredProgram;
}

export function programsOf({ data, runDate, memory, work }: Given): Programs {
  const key = (name: string): string => {
    const file = join(work, `${name}.key`);
    writeFileSync(file, randomBytes(32), { mode: 0o600 });
    return file;
  };
  const environment = {
    TALLYSTICK_DATA: data,
    TALLYSTICK_KEY_FILE: key('linkage'),
    TALLYSTICK_RELEASE_KEY_FILE: key('release'),
  };
  const quiet = ['--json', '--quiet'];
  const program = (
    name: string,
    threads: number,
    args: (out: string) => readonly string[],
    said: readonly string[] = quiet,
  ): MeasuredProgram => ({
    name: `tallystick ${name}`,
    environment,
    command: (out) => [
      ...[MAIN, name, NIGHTLY, '--threads', String(threads), '--memory', memory],
      ...args(out),
      ...said,
    ],
  });
  return {
    run: (threads, said) => program('run', threads, (out) => ['--run-date', runDate, '--out', out], said),
    tokenise: (threads, store) =>
      program('tokenise', threads, (out) => ['--run-date', runDate, '--store', store ?? join(out, 'store')]),
    link: (threads, store) => program('link', threads, (out) => ['--store', store, '--out', out]),
  };
}

/** The floor (README.md). */
export function floorProgram({ data, memory }: Given, threads: number): MeasuredProgram {
  const file = fileURLToPath(new URL('floor.js', import.meta.url));
  return { name: 'the floor', environment: {}, command: (out) => [file, data, out, String(threads), memory] };
}
