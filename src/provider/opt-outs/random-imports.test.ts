import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { TallystickError } from '../../domain/problem.ts';
import { readRegister } from '../../governance/register/read-register.ts';
import { recordNew } from '../../governance/register/record-events.ts';
import {
  type ScratchRegister,
  scratchRegister,
} from '../../governance/register/test-rig/scratch-register.ts';
import { REGISTER_LAYOUT } from '../../pipeline/list-layout.ts';
import { listedEvents } from './listed-events.ts';
import { personTokens } from './person-tokens.ts';
import { readLaidOutList } from './read-laid-out-list.ts';

const DAY = '2026-11-30';
const NUMBERS = ['9434765919', '9434765870', '9000543665', '9000956404', '9000617014'];
let register: ScratchRegister;
beforeAll(() => {
  register = scratchRegister();
});
afterAll(() => register.remove());

let seed = 1;
const random = (below: number) => {
  seed = (Math.imul(seed, 1664525) + 1013904223) >>> 0;
  return Math.floor((seed / 2 ** 32) * below);
};
/** The bytes with a few of them changed, left out, repeated or exchanged. */
function damage(bytes: Buffer): Buffer {
  const parts = [...bytes];
  for (let times = 1 + random(3); times > 0; times -= 1) {
    const at = random(parts.length);
    const kind = random(4);
    if (kind === 0) parts[at] = random(256);
    else if (kind === 1) parts.splice(at, 1 + random(20));
    else if (kind === 2) parts.splice(at, 0, ...parts.slice(at, at + 1 + random(40)));
    else parts.splice(at, 0, '0123456789,\n"; -registered'.charCodeAt(random(26)));
  }
  return Buffer.from(parts);
}
/** What is thrown, as exit code and places; null where nothing is. */
async function refusalOf(act: () => unknown): Promise<TallystickError | null> {
  try {
    await act();
    return null;
  } catch (error) {
    if (error instanceof TallystickError) return error;
    throw error;
  }
}

test('of 5,000 damaged registers none is read as anything but what was recorded', async () => {
  const list = NUMBERS.map((nhsNumber) => ({
    nhsNumber: nhsNumber as never,
    event: { type: 'type-1' as const, kind: 'registered' as const, date: '2020-01-01' },
  }));
  for (const entry of list)
    await recordNew(register, register.on(DAY), listedEvents([entry], new Map(), register.key).events);
  const whole = readFileSync(register.file);
  const right = readRegister(register.file, register.key);
  let refusals = 0;
  for (let times = 0; times < 5000; times += 1) {
    const damaged = damage(whole);
    writeFileSync(register.file, damaged);
    const refusal = await refusalOf(() => {
      const read = readRegister(register.file, register.key, 'register');
      // only what follows the last change may be left out, and only where it is no change
      expect(read.count).toBe(right.count);
      expect(read.tokens).toEqual(right.tokens);
    });
    if (refusal === null) continue;
    refusals += 1;
    expect([1, 3]).toContain(refusal.exitCode);
    expect(refusal.problems[0]!.file).toMatch(/^register(\.head)?$/);
    for (const number of NUMBERS) expect(refusal.message).not.toContain(number);
  }
  expect(refusals).toBeGreaterThan(4800);
  writeFileSync(register.file, whole);
  expect(readRegister(register.file, register.key).count).toBe(NUMBERS.length);
}, 240_000);

test('of 5,000 damaged lists each is refused with its line, or imported whole; nothing of a refused one is in the register', async () => {
  register.clear();
  const file = join(register.folder, 'list.csv');
  const rows = NUMBERS.map((number, row) => `${number},${1 + (row % 2)},registered,2020-01-0${row + 1}`);
  const good = Buffer.from(['nhs_number,type,event,date', ...rows, ''].join('\n'));
  const tokens = new Map(
    NUMBERS.map((number) => [
      number,
      Buffer.from(personTokens(number as never, new Map(), register.key)[0]!).toString('hex'),
    ]),
  );
  let [refusals, imports] = [0, 0];
  const MOST_IMPORTS = 30;
  const words = { what: 'opt-out list', key: '--list', repair: 'the list, or its layout,' };
  for (let times = 0; times < 5000; times += 1) {
    writeFileSync(file, damage(good));
    const from = { file, shownAs: 'list.csv', maxAgeDays: 0, asOf: DAY, allowEmpty: false };
    let added: readonly string[] = [];
    const refusal = await refusalOf(async () => {
      const { entries } = await readLaidOutList(from, REGISTER_LAYOUT, words, DAY, true);
      added = entries.map(({ nhsNumber }) => nhsNumber);
      // some are recorded as well: syncing to the disk takes most of the time
      if (imports === MOST_IMPORTS) return;
      await recordNew(register, register.on(DAY), listedEvents(entries, new Map(), register.key).events);
      const text = readFileSync(register.file, 'latin1');
      for (const number of added) {
        const token = tokens.get(number);
        if (token !== undefined) expect(text).toContain(token);
        expect(text).not.toContain(number);
      }
      imports += 1;
    });
    if (refusal === null) continue;
    refusals += 1;
    expect(refusal.exitCode).toBe(1);
    for (const problem of refusal.problems) expect(problem.file).toBe('list.csv');
    for (const number of NUMBERS) expect(refusal.message).not.toContain(number);
  }
  expect(refusals).toBeGreaterThan(1000);
  expect(imports).toBeGreaterThan(5);
}, 240_000);
