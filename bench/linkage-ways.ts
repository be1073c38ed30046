import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** A way to link the same extracts. */
export interface LinkageWay {
  readonly name: string;
  readonly ladder: 'two-step' | 'hesid' | 'eight-step';
  /** with the GP extract's earlier addresses */
  readonly hasAddresses: boolean;
}

export const LINKAGES: readonly LinkageWay[] = [
  { name: 'two-step', ladder: 'two-step', hasAddresses: false },
  { name: 'hesid', ladder: 'hesid', hasAddresses: false },
  { name: 'eight-step', ladder: 'eight-step', hasAddresses: false },
  { name: 'eight-step, earlier addresses', ladder: 'eight-step', hasAddresses: true },
];

const ADDRESSES = /^ {4}addresses:.*\n(?: {6}.*\n)+/m;

/**
 * The pipeline file of a way: pipelines/eight-step.yaml with its ladder, and without the addresses where it has none.
 *
 * @returns its path, in `pipelines/` of a folder under `work`
 */
export function pipelineOf(
  { name, ladder, hasAddresses }: LinkageWay,
  repository: string,
  work: string,
): string {
  const shipped = readFileSync(join(repository, 'pipelines/eight-step.yaml'), 'utf8');
  if (!ADDRESSES.test(shipped)) throw new Error('pipelines/eight-step.yaml has no addresses');
  const text = shipped
    .replace('ranks: eight-step', `ranks: ${ladder}`)
    .replace(ADDRESSES, (lines) => (hasAddresses ? lines : ''))
    .replaceAll(
      /(sensitiveCodes|canaries): (\S+)/g,
      (_, key, file) => `${key}: ${join(repository, 'pipelines', file)}`,
    );
  const path = join(work, `${name.replaceAll(/[^a-z]+/g, '-')}.yaml`);
  writeFileSync(path, text);
  return path;
}

/** Runs a command of the built program with throw-away keys; returns what it prints as JSON. */
export async function runTallystick(
  repository: string,
  args: readonly string[],
  data: string,
  work: string,
): Promise<unknown> {
  const key = (name: string): string => {
    const file = join(work, `${name}.key`);
    if (!existsSync(file)) writeFileSync(file, randomBytes(32), { mode: 0o600 });
    return file;
  };
  const { stdout } = await promisify(execFile)(
    process.execPath,
    [join(repository, 'dist/cli/main.js'), ...args, '--run-date', '2026-04-01', '--json', '--quiet'],
    {
      env: {
        ...process.env,
        TALLYSTICK_DATA: data,
        TALLYSTICK_KEY_FILE: key('linkage'),
        TALLYSTICK_RELEASE_KEY_FILE: key('release'),
      },
      maxBuffer: 64 * 2 ** 20,
    },
  );
  return JSON.parse(stdout);
}
