/** The kept register is decided in columns of numbers as if every event of everybody were put on one timeline. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { dateOfDay, dayOfDate } from '../../domain/day-number.ts';
import type { OptOutEvent, OptOutType } from '../../domain/opt-out.ts';
import { believedDate, countedEvent, type RecordedEvent } from '../../domain/recorded-opt-out.ts';
import {
  NO_DAY,
  REGISTERED,
  type RegisterEvents,
  WITHDRAWN,
} from '../../governance/register/read-register.ts';
import { type TokenText, tokenBytes, tokenText, tokenWords } from '../../store/token-text.ts';
import { TokenSet } from '../tokenise/token-set.ts';
import { decideKept } from './decide-kept.ts';
import { optOutsInForceOn } from './timelines.ts';

const RUN_DATE = '2026-04-01';
const TYPES = ['type-1', 'type-2', 'national'] as const satisfies readonly OptOutType[];
/** Tokens that share their first words, so that they collide wherever tokens are looked up. */
const TOKENS = [0, 1, 2, 3, 4, 5].map((number) => {
  const bytes = new Uint8Array(16).fill(7);
  bytes[number < 3 ? 15 : 0] = number;
  return tokenText(bytes);
});

const day = fc.constantFrom(
  '1900-01-01',
  '2019-05-05',
  '2026-03-31',
  '2026-04-01',
  '2026-04-02',
  '2031-01-01',
);
const recordedOn = fc.constantFrom('2019-05-05', '2026-03-30', '2026-04-01', '2026-05-01');
const event = fc.record({
  token: fc.constantFrom(...TOKENS),
  type: fc.constantFrom(...TYPES),
  kind: fc.constantFrom('registered' as const, 'withdrawn' as const),
  date: fc.option(day),
});
const recorded = fc.tuple(event, recordedOn).map(([one, on]) => ({ ...one, recordedOn: on }));

interface Recorded extends RecordedEvent {
  readonly token: TokenText;
}

function dayNumber(date: string | null): number {
  if (date === null) return NO_DAY;
  const [year, month, ofMonth] = date.split('-').map(Number) as [number, number, number];
  return dayOfDate({ year, month, day: ofMonth });
}

function registerOf(events: readonly Recorded[]): RegisterEvents {
  return {
    head: { changes: 1, bytes: 1, digest: '' },
    keyId: '',
    warnings: [],
    count: events.length,
    tokens: Uint32Array.from(events.flatMap(({ token }) => [...tokenWords(token)])),
    types: Uint8Array.from(events, ({ type }) => TYPES.indexOf(type as (typeof TYPES)[number])),
    kinds: Uint8Array.from(events, ({ kind }) => (kind === 'registered' ? REGISTERED : WITHDRAWN)),
    days: Int32Array.from(events, (one) => dayNumber(believedDate(one))),
    writtenDays: Int32Array.from(events, ({ date }) => dayNumber(date)),
    recordedDays: Int32Array.from(events, (one) => dayNumber(one.recordedOn)),
    typeNames: TYPES,
  };
}

function inForce(events: readonly { nhsNumber: TokenText; event: OptOutEvent }[]): Set<string> {
  const { nhsNumbers } = optOutsInForceOn(RUN_DATE, events, [], new Map());
  return new Set(TYPES.flatMap((type) => (nhsNumbers.get(type) ?? []).map((token) => `${type} ${token}`)));
}

test('whatever is recorded, and wherever else, the same people have opted out', () => {
  fc.assert(
    fc.property(
      fc.array(recorded, { maxLength: 12 }),
      fc.array(event, { maxLength: 3 }),
      fc.uniqueArray(fc.constantFrom(...TOKENS), { maxLength: 4 }),
      (register, elsewhere, numbers) => {
        const superseded = new Map(numbers.length < 2 ? [] : [[numbers[0]!, numbers[1]!]]);
        const currentOf = (token: TokenText) => superseded.get(token) ?? token;
        const others = elsewhere.map(({ token, type, kind, date }) => ({
          nhsNumber: currentOf(token),
          event: { type, kind, date },
        }));
        const shared = new TokenSet();
        for (const token of [...others.map(({ nhsNumber }) => nhsNumber), ...[...superseded].flat()])
          shared.addBytes(tokenBytes(token));
        const kept = decideKept(
          registerOf(register),
          shared,
          (token) => superseded.get(token) ?? null,
          RUN_DATE,
        );
        const found = inForce([...others, ...kept.events]);
        let decided = 0;
        for (const { type, words } of kept.decided) {
          for (let word = 0; word < words.length; word += 4) {
            found.add(`${type} ${tokenText(new Uint8Array(words.buffer, word * 4, 16))}`);
            decided += 1;
          }
        }
        const plain = register.map((one) => ({
          nhsNumber: currentOf(one.token),
          event: countedEvent(one, RUN_DATE) as OptOutEvent,
        }));
        expect(found).toEqual(inForce([...others, ...plain]));
        // what is decided is on no timeline
        expect(found.size).toBe(inForce([...others, ...kept.events]).size + decided);
        expect(kept.dated.reduce((sum, { times }) => sum + times, 0)).toBe(register.length);
      },
    ),
    { numRuns: 5_000 },
  );
});

test('days are kept apart however far they are from each other', () => {
  const events = ['0001-01-01', '9999-12-31', null].flatMap((date) =>
    ['0001-01-01', '9999-12-31', '2026-03-31'].map((on, index) => ({
      token: tokenText(new Uint8Array(16).fill(index + (date === null ? 9 : Number(date[0])))),
      type: 'national',
      kind: 'registered' as const,
      date,
      recordedOn: on,
    })),
  );
  const { dated } = decideKept(registerOf(events), new TokenSet(), () => null, RUN_DATE);
  expect(dated.map(({ times }) => times)).toEqual(events.map(() => 1));
  expect(dateOfDay(dayNumber('9999-12-31'))).toBe('9999-12-31');
});
