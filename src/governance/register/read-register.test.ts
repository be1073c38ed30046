import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { dateOfDay } from '../../domain/day-number.ts';
import { believedDate } from '../../domain/recorded-opt-out.ts';
import { KeyRing } from '../../keys/key-ring.ts';
import { appendToLog, type WriterSettings } from '../log/append-to-log.ts';
import { NO_DAY, REGISTERED, type RegisterEvents, readRegister } from './read-register.ts';
import { parseRegisterLine, type RegisterEvent, registerLine } from './register-line.ts';

const key = new KeyRing(Buffer.from('one linkage key of 32 bytes, ok.'));
const NOW = '2026-11-30';
let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-register-'));
  path = join(folder, 'register');
});
afterEach(() => rmSync(folder, { recursive: true }));

async function write(lines: string, day = NOW): Promise<void> {
  const settings: WriterSettings = { kind: 'opt-out-register', key, now: () => new Date(`${day}T12:00:00Z`) };
  await appendToLog(path, settings, {}, Buffer.from(lines, 'latin1'));
}

/** The events in columns as objects. */
function eventsIn(read: RegisterEvents): (RegisterEvent & { recordedOn: string; believed: string | null })[] {
  const bytes = Buffer.from(read.tokens.buffer);
  const dateOf = (day: number) => (day === NO_DAY ? null : dateOfDay(day));
  return Array.from({ length: read.count }, (_, row) => ({
    token: bytes.toString('hex', row * 16, row * 16 + 16),
    type: read.typeNames[read.types[row]!]!,
    kind: read.kinds[row] === REGISTERED ? 'registered' : 'withdrawn',
    date: dateOf(read.writtenDays[row]!),
    believed: dateOf(read.days[row]!),
    recordedOn: dateOf(read.recordedDays[row]!)!,
  }));
}

const token = fc.stringMatching(/^[0-9a-f]{32}$/);
const event = fc.record<RegisterEvent>({
  token,
  type: fc.oneof(
    fc.constantFrom('type-1', 'type-2', 'national'),
    fc.stringMatching(/^[a-z][a-z0-9-]{0,39}$/),
  ),
  kind: fc.constantFrom('registered', 'withdrawn'),
  date: fc.option(fc.integer({ min: -60_000, max: 80_000 }).map(dateOfDay)),
});

test('what is written in lines is read in columns, change by change', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(
        fc.record({ events: fc.array(event, { maxLength: 8 }), day: fc.constantFrom('2014-02-28', NOW) }),
        {
          minLength: 1,
          maxLength: 4,
        },
      ),
      async (changes) => {
        for (const file of [path, `${path}.head`]) rmSync(file, { force: true });
        for (const { events, day } of changes) await write(events.map(registerLine).join(''), day);
        expect(eventsIn(readRegister(path, key))).toEqual(
          changes.flatMap(({ events, day: recordedOn }) =>
            events.map((one) => ({
              ...one,
              recordedOn,
              believed: believedDate({ date: one.date, recordedOn }),
            })),
          ),
        );
      },
    ),
    { numRuns: 40 },
  );
});

describe('a line that is no event', () => {
  const good = `${'0a'.repeat(16)} type-1 registered 2020-01-31\n`;
  test.each([
    '',
    '0a type-1 registered 2020-01-31',
    `${'0A'.repeat(16)} type-1 registered 2020-01-31`,
    `${'0g'.repeat(16)} type-1 registered 2020-01-31`,
    `${'0a'.repeat(17)} type-1 registered 2020-01-31`,
    `${'0a'.repeat(16)}  type-1 registered 2020-01-31`,
    `${'0a'.repeat(16)} Type-1 registered 2020-01-31`,
    `${'0a'.repeat(16)} type-1x`,
    `${'0a'.repeat(16)} type-1 registere 2020-01-31`,
    `${'0a'.repeat(16)} type-1 withdrawn`,
    `${'0a'.repeat(16)} type-1 withdrawn `,
    `${'0a'.repeat(16)} type-1 withdrawn --`,
    `${'0a'.repeat(16)} type-1 withdrawn 2020-02-30`,
    `${'0a'.repeat(16)} type-1 withdrawn 2020-1-30`,
    `${'0a'.repeat(16)} type-1 withdrawn 2020-01-30 `,
    `${'0a'.repeat(16)} type-1 withdrawn 2020-01-3\r`,
    `${'0a'.repeat(16)} type-1 withdrawn 2020-0:-30`,
    `${'0a'.repeat(16)} type-1 withdrawn 0000-01-01`,
  ])('is refused with its place: %j', async (bad) => {
    expect(parseRegisterLine(bad)).toBeNull();
    await write(good);
    await write(`${good}${bad}\n${good}`);
    // first line; header, line and end of change 1; header of change 2, one line
    expect(() => readRegister(path, key, 'register')).toThrow(
      'register:7: the opt-out register has a line in change 2 that is no event',
    );
  });

  test('is one whatever is changed in it, or it is read as the plain reader reads it', async () => {
    await fc.assert(
      fc.asyncProperty(
        event,
        fc.nat({ max: 80 }),
        fc.integer({ min: 0x20, max: 0x7e }),
        async (one, at, byte) => {
          for (const file of [path, `${path}.head`]) rmSync(file, { force: true });
          const line = registerLine(one).slice(0, -1);
          const place = at % (line.length + 1);
          const changed = `${line.slice(0, place)}${String.fromCharCode(byte)}${line.slice(place + (at % 2))}`;
          await write(`${changed}\n`);
          const plain = parseRegisterLine(changed);
          if (plain === null) expect(() => readRegister(path, key)).toThrow('that is no event');
          else expect(eventsIn(readRegister(path, key))).toMatchObject([plain]);
        },
      ),
      { numRuns: 300 },
    );
  });
});
