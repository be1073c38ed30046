import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, describe, expect, it } from 'vitest';
import { errorOf, makeBench, PIPELINE, RUN_DATE, startTallystick } from '../test-rig/tallystick.ts';

const bench = makeBench();
afterAll(() => bench.remove());

/** A port that nobody listens on. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

/** Whether somebody listens on a port now. */
function listens(port: number): Promise<boolean> {
  return new Promise((done) => {
    const socket = connect(port, '127.0.0.1');
    const answer = (is: boolean) => {
      socket.destroy();
      done(is);
    };
    socket.once('connect', () => answer(true));
    socket.once('error', () => answer(false));
  });
}

/** Whether a process listens on a port within a second. */
async function comesToListen(port: number): Promise<boolean> {
  for (let look = 0; look < 20; look += 1) {
    if (await listens(port)) return true;
    await pause(50);
  }
  return false;
}

const run = async (port: number) => {
  const out = mkdtempSync(bench.path('out-'));
  const args = ['run', PIPELINE, '--run-date', RUN_DATE, '--json', '--out', out];
  return { out, ...startTallystick(args, { ...bench.variables, NODE_OPTIONS: `--inspect-port=${port}` }) };
};

describe('SIGUSR1', () => {
  it('opens a debugger in an unprotected Node process, which shows that this test would notice', async () => {
    const port = await freePort();
    const child = spawn(process.execPath, [
      `--inspect-port=${port}`,
      '-e',
      'console.log("ready"); setInterval(() => undefined, 1000);',
    ]);
    await new Promise((done) => child.stdout.once('data', done));
    child.kill('SIGUSR1');
    expect(await comesToListen(port)).toBe(true);
    child.kill('SIGKILL');
  });

  it('opens no debugger during a run, which continues to its end', async () => {
    const port = await freePort();
    const { child, ended, said, out } = await run(port);
    await said('tokenise gp_patients: tokenised');
    for (let time = 0; time < 3; time += 1) child.kill('SIGUSR1');
    expect(await comesToListen(port)).toBe(false);
    const { code, stderr } = await ended;
    expect(code, stderr).toBe(0);
    expect(stderr).not.toMatch(/debugger/i);
    expect(existsSync(`${out}/nightly/latest/release/manifest.json`)).toBe(true);
  });

  it('before the first line of the program never leads to an opened key with a debugger', async () => {
    for (const delay of [15, 30, 45, 60, 90]) {
      const { child, ended } = await run(await freePort());
      await pause(delay);
      child.kill('SIGUSR1');
      const result = await ended;
      const isOpen = /debugger listening/i.test(result.stderr);
      if (isOpen) {
        expect(result.code).toBe(3);
        expect(errorOf(result).problems[0]!.message).toContain('somebody opened a debugger in this process');
      } else if (result.code !== null) expect(result.code, result.stderr).toBe(0); // null: Node did not handle the signal yet
    }
  });
});
