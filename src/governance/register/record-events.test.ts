import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseDate } from '../../domain/date-format.ts';
import { dateOfDay, dayOfDate } from '../../domain/day-number.ts';
import { exportEvents } from './export-events.ts';
import { findPerson } from './find-person.ts';
import { NO_DAY, REGISTERED, readRegister, WITHDRAWN } from './read-register.ts';
import { type NewEvents, recordForPerson, recordNew, renewRegister } from './record-events.ts';
import type { RegisterEvent } from './register-line.ts';
import { event, type ScratchRegister, scratchRegister, tokenOf } from './test-rig/scratch-register.ts';

const DAY = '2026-11-30';
let register: ScratchRegister;
beforeEach(() => {
  register = scratchRegister();
});
afterEach(() => register.remove());

function inColumns(events: readonly RegisterEvent[]): NewEvents {
  const typeNames = [...new Set(events.map(({ type }) => type))].reverse();
  const tokens = new Uint32Array(events.length * 4);
  for (const [row, { token }] of events.entries()) Buffer.from(tokens.buffer).write(token, row * 16, 'hex');
  return {
    count: events.length,
    tokens,
    types: Uint8Array.from(events, ({ type }) => typeNames.indexOf(type)),
    kinds: Uint8Array.from(events, ({ kind }) => (kind === 'registered' ? REGISTERED : WITHDRAWN)),
    writtenDays: Int32Array.from(events, ({ date }) =>
      date === null ? NO_DAY : dayOfDate(parseDate(date, '%Y-%m-%d')!),
    ),
    typeNames,
  };
}
const record = (events: readonly RegisterEvent[]) => recordNew(register, register.on(DAY), inColumns(events));
const keyOf = ({ token, type, kind, date }: RegisterEvent) => [token, type, kind, date ?? '-'].join(' ');
const linesIn = () =>
  readFileSync(register.file, 'latin1')
    .split('\n')
    .filter((line) => /^[0-9a-f]{32} /.test(line));

test('events are recorded once, in their order, and a second time not at all', async () => {
  const anyEvent = fc
    .tuple(
      fc.nat({ max: 5 }),
      fc.constantFrom('registered' as const, 'withdrawn' as const),
      fc.option(fc.integer({ min: 16_000, max: 16_003 }).map(dateOfDay)),
      fc.constantFrom('type-1', 'type-2', 'research-only'),
    )
    .map((given) => event(...given));
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(anyEvent, { maxLength: 12 }), { maxLength: 4 }), async (lists) => {
      register.clear();
      const expected: string[] = [];
      for (const list of lists) {
        const fresh = [...new Set(list.map(keyOf))].filter((key) => !expected.includes(key));
        expect((await record(list)).added).toBe(fresh.length);
        expected.push(...fresh);
        expect((await record([...list].reverse())).added).toBe(0);
      }
      expect(lists.length === 0 ? [] : linesIn()).toEqual(expected);
    }),
    { numRuns: 40 },
  );
});

test('many persons at once, and many commands at once, lose nothing', async () => {
  await Promise.all(
    Array.from({ length: 10 }, (_, person) =>
      recordForPerson(register, register.on(DAY), [tokenOf(person)], (events) => {
        expect(events).toEqual([]);
        return [{ type: 'type-1', kind: 'registered', date: DAY }];
      }),
    ),
  );
  expect(readRegister(register.file, register.key)).toMatchObject({ count: 10 });
  for (let person = 0; person < 10; person += 1)
    expect(findPerson(register, [tokenOf(person)]).events).toMatchObject([{ by: 'anna', date: DAY }]);
  expect(readdirSync(register.folder).sort()).toEqual(['register', 'register.head', 'register.index']);
});

test('a decision that is refused records nothing', async () => {
  await record([event(1, 'registered', DAY)]);
  const before = readFileSync(register.file);
  const refuse = recordForPerson(register, register.on(DAY), [tokenOf(1)], () => {
    throw new Error('no');
  });
  await expect(refuse).rejects.toThrow('no');
  expect(readFileSync(register.file)).toEqual(before);
  expect(readdirSync(register.folder)).not.toContain('register.lock');
});

test('the index is made with the first event, goes on when it is far behind, and is made again where it is missing', async () => {
  await record([event(1, 'registered', DAY)]);
  const size = () => statSync(`${register.file}.index`).size;
  const first = size();
  await record([event(2, 'registered', DAY)]);
  expect(size()).toBe(first);
  await record(Array.from({ length: 1200 }, (_, person) => event(person, 'registered', '2020-01-01')));
  expect(size()).toBeGreaterThan(first);
  rmSync(`${register.file}.index`);
  await renewRegister(register, register.on(DAY));
  expect(size()).toBeGreaterThan(first);
  expect(findPerson(register, [tokenOf(2)]).events).toHaveLength(2);
});

test('an export has every event with its recording, and the same register gives the same bytes', async () => {
  await recordNew(
    register,
    { ...register.on('2026-01-02', 'anna, "the clerk"'), document: '=form 7' },
    inColumns([event(1, 'registered', null), event(2, 'withdrawn', '2025-12-31', 'national')]),
  );
  await record([event(3, 'registered', DAY)]);
  const text = () => Buffer.concat(exportEvents(register.file, register.key, 'register').pieces).toString();
  const digests = [...readFileSync(register.file, 'latin1').matchAll(/^= ([0-9a-f]{64})/gm)].map(
    ([, one]) => one,
  );
  expect(text()).toBe(
    [
      'change,at,command,by,document,token,type,event,date,digest',
      `1,2026-01-02T12:00:00Z,register,"anna, ""the clerk""",'=form 7,${tokenOf(1).toString('hex')},type-1,registered,,${digests[0]}`,
      `1,2026-01-02T12:00:00Z,register,"anna, ""the clerk""",'=form 7,${tokenOf(2).toString('hex')},national,withdrawn,2025-12-31,${digests[0]}`,
      `2,2026-11-30T12:00:00Z,register,anna,,${tokenOf(3).toString('hex')},type-1,registered,2026-11-30,${digests[1]}`,
      '',
    ].join('\n'),
  );
  expect(text()).toBe(text());
});

test('a new register is announced, for a mistyped path would be one', async () => {
  await record([event(1, 'registered', DAY)]);
  expect(register.notices).toEqual(['made a new opt-out register: register']);
});

test('a registration without a day that a withdrawal has ended is recorded anew by a list that still has it', async () => {
  const undated = event(1, 'registered', null, 'type-1');
  const on = (day: string, events: readonly RegisterEvent[]) =>
    recordNew(register, register.on(day), inColumns(events));
  expect((await on('2026-01-01', [undated])).added).toBe(1);
  expect((await on('2026-01-02', [undated])).added).toBe(0);
  expect((await on('2026-01-31', [event(1, 'withdrawn', '2026-01-31', 'type-1')])).added).toBe(1);
  expect((await on('2026-03-01', [event(1, 'registered', null, 'type-2')])).added).toBe(1);
  expect((await on('2026-03-01', [undated, undated])).added).toBe(1);
  expect((await on('2026-03-02', [undated])).added).toBe(0);
  expect(linesIn().filter((line) => line.endsWith(' type-1 registered -'))).toHaveLength(2);
});
