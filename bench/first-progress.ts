import { spawn } from 'node:child_process';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { MeasuredProgram } from './measure-process.ts';

/** What the program writes before each progress line (src/cli/terminal/progress-line.ts). */
const PROGRESS = '\r\u001b[K';

/**
 * Seconds until a run shows its first line of progress on a terminal, which `script` of util-linux makes; null where there is no `script`, or none
 * that takes these options.
 *
 * @throws Error when the program fails or shows no progress
 */
export async function firstProgress(program: MeasuredProgram, work: string): Promise<number | null> {
  const out = join(work, 'out');
  rmSync(out, { recursive: true, force: true });
  mkdirSync(out, { recursive: true });
  const command = [process.execPath, ...program.command(out)].map(quoted).join(' ');
  const start = performance.now();
  let seconds: number | null = null;
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', command, '/dev/null'], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, ...program.environment, TERM: 'xterm', SHELL: '/bin/sh' },
  });
  child.stdout.on('data', (bytes: Buffer) => {
    if (seconds === null && bytes.includes(PROGRESS)) seconds = (performance.now() - start) / 1000;
  });
  const code = await new Promise<number | null>((done) => {
    child.once('error', () => done(null));
    child.once('close', (ended) => done(ended ?? 1));
  });
  rmSync(out, { recursive: true, force: true });
  if (code === null) return null;
  if (code !== 0 || seconds === null)
    throw new Error(`${program.name} on a terminal ended with ${code}, first progress ${seconds}`);
  return seconds;
}

const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;
