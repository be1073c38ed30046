import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, expect, test } from 'vitest';
import { readRegister } from '../../../governance/register/read-register.ts';
import { openKeyFile } from '../../../keys/key-ring.ts';
import { readMark } from '../../../write/owner-mark.ts';
import { makeOptOutBench, type StartedOptOut, startOptOut } from '../../test-rig/opt-out-bench.ts';

/** How many commands are killed: `TALLYSTICK_KILLS=200 npx vitest run src/cli/commands/opt-out/killed.test.ts` takes some minutes. */
const KILLS = Number(process.env['TALLYSTICK_KILLS'] ?? 12);
/** Events of a list, so that writing takes a good part of an import. */
const EVENTS = 4000;

const bench = makeOptOutBench();
afterAll(() => bench.remove());

/** The n-th valid NHS number of the range for tests. */
function numberAt(index: number): string {
  for (let found = -1, stem = 900_000_100 + index; ; stem += 1) {
    const digits = [...String(stem)].map(Number);
    const sum = digits.reduce((total, digit, at) => total + digit * (10 - at), 0);
    const check = (11 - (sum % 11)) % 11;
    if (check < 10) found += 1;
    if (found === 0) return `${stem}${check}`;
  }
}

test(`after each of ${KILLS} commands killed at random, the register is whole, has all that was confirmed, and has lost nothing`, async () => {
  const key = openKeyFile(bench.variables['TALLYSTICK_KEY_FILE']!, 'linkage');
  let seed = 20261130;
  const random = () => {
    seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
    return seed / 2 ** 32;
  };
  const list = bench.path('list.csv');
  const command = (index: number): { args: string[]; stdin: string; events: number } => {
    if (index % 2 === 0)
      return {
        args: ['opt-out', 'register', bench.pipeline, '--type', 'type-1', '--by', 'anna'],
        stdin: `${numberAt(index * 7919)}\n`,
        events: 1,
      };
    const lines = Array.from(
      { length: EVENTS },
      (_, line) =>
        `9434765919,1,registered,20${String(10 + (line % 16))}-01-${String(1 + (line % 28)).padStart(2, '0')}`,
    );
    // a day of its own, so that every list has something new
    const day = `${2001 + (index % 9)}-03-${String(1 + (Math.floor(index / 9) % 28)).padStart(2, '0')}`;
    writeFileSync(
      list,
      ['nhs_number,type,event,date', ...lines, `9434765870,2,registered,${day}`, ''].join('\n'),
    );
    return {
      args: ['opt-out', 'import', bench.pipeline, '--list', list, '--by', 'anna'],
      stdin: '',
      events: 1,
    };
  };
  // how long a command takes that nobody kills
  const started = performance.now();
  const first = command(0);
  expect(await startOptOut(first.args, bench.variables, first.stdin).ended).toMatchObject({ code: 0 });
  const whole = performance.now() - started;
  const lockPath = `${bench.register}.lock`;
  const hasLock = async (pid: number) => (await readMark(lockPath))?.text.includes(`"pid":${pid},`) === true;
  /** Waits for a moment to kill: any time; or, three times in four, soon after the command has taken the register's lock. */
  const moment = async ({ ended, pid }: StartedOptOut) => {
    if (random() < 0.25) return await wait(whole * (0.3 + 0.8 * random()));
    const soon = 60 * random();
    let isDone = false;
    void ended.then(() => {
      isDone = true;
    });
    while (!isDone && !(await hasLock(pid))) await wait(1);
    await wait(soon);
  };

  let [bytes, count, confirmed, killed] = [readFileSync(bench.register), 1, 0, 0];
  for (let index = 1; index <= KILLS; index += 1) {
    const { args, stdin, events } = command(index);
    const child = startOptOut(args, bench.variables, stdin);
    await moment(child);
    child.kill();
    const { code } = await child.ended;
    if (code === 0) confirmed += 1;
    else killed += 1;
    expect(existsSync(bench.register)).toBe(true);
    const read = readRegister(bench.register, key);
    // what was whole before is still there, byte for byte, and a confirmed event is in it
    const now = readFileSync(bench.register).subarray(0, read.head.bytes);
    expect(now.subarray(0, bytes.length).equals(bytes)).toBe(true);
    expect(read.count).toBeGreaterThanOrEqual(count + (code === 0 ? events : 0));
    [bytes, count] = [now, read.count];
  }
  expect(await bench.optOut('verify')).toMatchObject({ code: 0 });
  const last = await bench.optOut('register', ['--type', 'national'], `${numberAt(5)}\n`);
  expect(last).toMatchObject({ code: 0 });
  expect(readRegister(bench.register, key).count).toBe(count + 1);
  process.stderr.write(`killed ${killed}, done before they were killed ${confirmed}, ${count} events\n`);
  expect(killed).toBeGreaterThan(0);
  key.close();
}, 600_000);
