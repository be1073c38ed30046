import { existsSync, readFileSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { KeyRing } from '../../keys/key-ring.ts';
import { appendToLog } from '../log/append-to-log.ts';
import { readLog } from '../log/read-log.ts';
import { findPerson } from './find-person.ts';
import { readRegister, registerEvents } from './read-register.ts';
import { writeIndex } from './register-index.ts';
import { type RegisterEvent, registerLine } from './register-line.ts';
import { event, type ScratchRegister, scratchRegister, tokenOf } from './test-rig/scratch-register.ts';

const PERSONS = 12;
let register: ScratchRegister;
beforeAll(() => {
  register = scratchRegister();
});
afterAll(() => register.remove());

const append = (events: readonly RegisterEvent[], day = '2026-11-30', by = 'anna') =>
  appendToLog(
    register.file,
    { kind: 'opt-out-register', key: register.key, now: () => new Date(`${day}T12:00:00Z`) },
    { command: 'import', by, document: 'list' },
    Buffer.from(events.map(registerLine).join('')),
  );
function index(): void {
  const log = readLog(register.file, { kind: 'opt-out-register', key: register.key });
  writeIndex(register.file, register.key, registerEvents(log, 'register'), log.changes);
}
const indexFile = () => `${register.file}.index`;
/** The events of a person, as `type kind date recordedOn change by`. */
const found = (...persons: number[]) =>
  findPerson(register, persons.map(tokenOf)).events.map(
    ({ type, kind, date, recordedOn, change, by, document }) =>
      [type, kind, date, recordedOn, change, by, document].join(' '),
  );

const anyEvent = fc
  .record({
    person: fc.nat({ max: PERSONS - 1 }),
    type: fc.constantFrom('type-1', 'type-2', 'research-only'),
    kind: fc.constantFrom('registered' as const, 'withdrawn' as const),
    date: fc.constantFrom(null, '1900-01-01', '2014-01-01', '2026-11-30', '2099-12-31'),
  })
  .map(({ person, ...rest }) => ({ person, ...event(person, rest.kind, rest.date, rest.type) }));
const anyChange = fc.record({
  events: fc.array(anyEvent, { maxLength: 10 }),
  day: fc.constantFrom('2020-02-29', '2026-11-30'),
  by: fc.constantFrom('anna', 'Übung "x", y'),
});
type Change = { events: readonly (RegisterEvent & { person: number })[]; day: string; by: string };

/** The plain answer: every event that was appended, of these persons. */
const plainly = (changes: readonly Change[], persons: readonly number[]) =>
  changes.flatMap(({ events, day, by }, change) =>
    events
      .filter(({ person }) => persons.includes(person))
      .map(({ type, kind, date }) => [type, kind, date, day, change + 1, by, 'list'].join(' ')),
  );

/** What may be the matter with an index. */
const STATES = {
  'none was made': () => rmSync(indexFile(), { force: true }),
  'it is up to date': () => index(),
  'it is cut': () => {
    index();
    const bytes = readFileSync(indexFile());
    writeFileSync(indexFile(), bytes.subarray(0, Math.floor(bytes.length * 0.7)));
  },
  'it is empty': () => writeFileSync(indexFile(), ''),
  'it is of another key': () => {
    const log = readLog(register.file, { kind: 'opt-out-register', key: register.key });
    writeIndex(register.file, new KeyRing(Buffer.alloc(32, 7)), registerEvents(log, ''), log.changes);
  },
  'the register was touched': () => {
    index();
    utimesSync(register.file, new Date(), new Date());
  },
};

test('a person’s events are those that were recorded, whatever is the matter with the index, and how far behind it is', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(anyChange, { minLength: 1, maxLength: 5 }),
      fc.nat({ max: 5 }),
      fc.constantFrom(...(Object.keys(STATES) as (keyof typeof STATES)[])),
      fc.uniqueArray(fc.nat({ max: PERSONS - 1 }), { minLength: 1, maxLength: 3 }),
      async (changes, indexedAfter, state, persons) => {
        register.clear();
        for (const [at, { events, day, by }] of changes.entries()) {
          await append(events, day, by);
          if (at === indexedAfter) STATES[state]();
        }
        expect(found(...persons)).toEqual(plainly(changes, persons));
        STATES[state]();
        expect(found(...persons)).toEqual(plainly(changes, persons));
      },
    ),
    { numRuns: 120 },
  );
});

describe('an index', () => {
  const many = Array.from({ length: 3000 }, (_, person) => event(person % 1500, 'registered', '2014-01-01'));
  const last = event(7, 'withdrawn', '2026-11-01');

  test('of many buckets has every event of every token', async () => {
    register.clear();
    await append(many);
    index();
    await append([last]);
    for (let person = 0; person < 1500; person += 1)
      expect(found(person).length, `${person}`).toBe(person === 7 ? 3 : 2);
    expect(found(1501)).toEqual([]);
  });

  test('with any byte changed hides nothing: the register is read instead', async () => {
    register.clear();
    await append(many.slice(0, 40));
    index();
    await append([last]);
    const bytes = readFileSync(indexFile());
    const expected = Array.from({ length: 40 }, (_, person) => found(person));
    for (let at = 0; at < bytes.length; at += 1) {
      const damaged = Buffer.from(bytes);
      damaged[at]! ^= 1 + (at % 255);
      writeFileSync(indexFile(), damaged);
      const person = at % 40;
      expect(found(person), `byte ${at}`).toEqual(expected[person]);
    }
  });

  test('of an earlier or a later state, or of another register with the same key, hides nothing', async () => {
    register.clear();
    await append(many.slice(0, 20));
    index();
    const early = readFileSync(indexFile());
    const [earlyLog, earlyHead] = [readFileSync(register.file), readFileSync(`${register.file}.head`)];
    await append([last, event(30, 'registered', '2020-01-01')]);
    index();
    const late = readFileSync(indexFile());
    writeFileSync(indexFile(), early);
    expect(found(7)).toHaveLength(2);
    expect(found(30)).toHaveLength(1);
    // the register of a backup, beside a newer index
    writeFileSync(register.file, earlyLog);
    writeFileSync(`${register.file}.head`, earlyHead);
    writeFileSync(indexFile(), late);
    expect(found(7)).toHaveLength(1);
    expect(found(30)).toEqual([]);
    // and which then went another way
    await append([event(31, 'registered', '2020-01-01')]);
    expect(found(30)).toEqual([]);
    expect(found(31)).toHaveLength(1);
    expect(found(7)).toHaveLength(1);
  });

  test('does not hide that the register was changed by others: the register is then read whole, and refused', async () => {
    register.clear();
    await append(many.slice(0, 20));
    index();
    const size = statSync(register.file).size;
    const text = readFileSync(register.file, 'latin1');
    writeFileSync(register.file, text.replace('registered', 'withdrawn_'), 'latin1');
    expect(statSync(register.file).size).toBe(size);
    expect(() => found(0)).toThrow('change 1 does not match its digest');
    writeFileSync(register.file, text, 'latin1');
    expect(found(0)).toHaveLength(1);
    rmSync(register.file);
    expect(() => found(0)).toThrow('is missing');
  });

  test('has no NHS number and is as private as the register', async () => {
    register.clear();
    await append(many.slice(0, 3));
    index();
    expect(statSync(indexFile()).mode & 0o777).toBe(0o600);
    expect(existsSync(`${indexFile()}.new`)).toBe(false);
    expect(readRegister(register.file, register.key).count).toBe(3);
  });
});
