import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { optOutsInForce } from './opt-out.ts';
import { countedEvent, type RecordedEvent, recordedInForce, stateOfType } from './recorded-opt-out.ts';

const on = (date: string | null, recordedOn = '2020-06-01'): RecordedEvent => ({
  type: 'type-1',
  kind: 'registered',
  date,
  recordedOn,
});
const off = (date: string | null, recordedOn = '2020-06-01'): RecordedEvent => ({
  ...on(date, recordedOn),
  kind: 'withdrawn',
});
const isIn = (events: readonly RecordedEvent[], date: string) => recordedInForce(events, date).has('type-1');

describe('an event without a date', () => {
  test('is in force from before it was recorded until a withdrawal after that day', () => {
    expect(isIn([on(null)], '2019-01-01')).toBe(true);
    expect(isIn([on(null)], '2026-01-01')).toBe(true);
    expect(isIn([on(null), off('2021-01-01')], '2020-12-31')).toBe(true);
    expect(isIn([on(null), off('2021-01-01')], '2021-01-01')).toBe(false);
    expect(isIn([on(null), off('2021-01-01')], '2019-01-01')).toBe(true);
  });
  test('is not ended by a withdrawal of the day on which it was recorded, or of an earlier one', () => {
    expect(isIn([on(null), off('2020-06-01')], '2026-01-01')).toBe(true);
    expect(isIn([on(null), off('2015-01-01')], '2026-01-01')).toBe(true);
  });
  test('ends nothing, if it is a withdrawal', () => {
    expect(isIn([on('2014-01-01'), off(null)], '2026-01-01')).toBe(true);
  });
  test('is what an event has whose date could not be believed when it was recorded', () => {
    for (const date of ['1900-01-01', '1999-12-31', '2021-06-02', '2099-01-01']) {
      expect(countedEvent(on(date), '2026-01-01').date).toBe('2020-06-01');
      expect(countedEvent(off(date), '2026-01-01').date).toBeNull();
    }
    expect(countedEvent(on('2021-06-01'), '2026-01-01').date).toBe('2021-06-01');
  });
});

describe('the state of a type', () => {
  const history = [
    on('2014-01-01'),
    off('2014-04-01'),
    on('2014-07-01'),
    on('2014-09-01'),
    off('2014-12-01'),
  ] as const;
  test.each([
    ['2013-12-31', false, null, null, history[0]],
    ['2014-01-01', true, '2014-01-01', history[0], history[1]],
    ['2014-03-31', true, '2014-01-01', history[0], history[1]],
    ['2014-04-01', false, '2014-04-01', history[1], history[2]],
    ['2014-10-01', true, '2014-07-01', history[2], history[4]],
    ['2030-01-01', false, '2014-12-01', history[4], null],
    // more than a year before an event its date is not believed, as in a run for that date
    ['2013-06-01', true, null, history[2], history[0]],
  ])('on %s', (date, inForce, since, by, next) => {
    expect(stateOfType(history, 'type-1', date)).toEqual({ type: 'type-1', inForce, since, by, next });
  });
  test('has no first day where it is in force and nobody knows since when', () => {
    expect(stateOfType([on(null)], 'type-1', '2019-01-01')).toMatchObject({
      inForce: true,
      since: null,
      by: on(null),
    });
    expect(stateOfType([], 'type-1', '2019-01-01')).toEqual({
      type: 'type-1',
      inForce: false,
      since: null,
      by: null,
      next: null,
    });
  });
});

const day = fc.constantFrom(
  null,
  '1900-01-01',
  '2014-01-01',
  '2015-01-01',
  '2020-05-31',
  '2020-06-01',
  '2020-06-02',
  '2021-01-01',
  '2021-06-02',
  '2099-01-01',
);
const anyEvent = fc.record<RecordedEvent>({
  type: fc.constantFrom('type-1', 'type-2', 'research-only'),
  kind: fc.constantFrom('registered', 'withdrawn'),
  date: day,
  recordedOn: fc.constantFrom('2014-06-01', '2020-06-01', '2021-01-01', '2026-01-01'),
});
const anyDate = fc.constantFrom(
  '2013-01-01',
  '2014-01-01',
  '2020-06-01',
  '2020-06-02',
  '2021-06-01',
  '2026-01-01',
);

/** The rule in words, read one event after another: what a clerk would do with a card index. */
function plainly(events: readonly RecordedEvent[], type: string, date: string): boolean {
  let lastOn: string | null = null;
  let lastOff = '';
  for (const event of events.filter((one) => one.type === type)) {
    const year = (of: string) => String(Number(of.slice(0, 4)) + 1) + of.slice(4);
    const isReal = (on: string) =>
      event.date !== null && event.date >= '2000-01-01' && event.date <= year(on);
    if (event.kind === 'withdrawn') {
      // a date that is more than a year away on the day of the question is no date either
      if (isReal(event.recordedOn) && isReal(date) && event.date! <= date && event.date! > lastOff)
        lastOff = event.date!;
      continue;
    }
    if (!isReal(event.recordedOn)) {
      if (event.recordedOn > date) return true;
      if (lastOn === null || event.recordedOn > lastOn) lastOn = event.recordedOn;
    } else if (!isReal(date)) return true;
    else if (event.date! <= date && (lastOn === null || event.date! > lastOn)) lastOn = event.date;
  }
  return lastOn !== null && lastOn >= lastOff;
}

test('a random history is read as the rule in words reads it, in any order and with repetitions', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 8 }), anyDate, fc.nat(), (events, date, seed) => {
      const inForce = recordedInForce(events, date);
      const turned = events.map((_, index) => events[(index * 7 + seed) % Math.max(1, events.length)]!);
      const reordered = [...events].reverse();
      for (const type of ['type-1', 'type-2', 'research-only']) {
        expect(inForce.has(type), type).toBe(plainly(events, type, date));
        expect(stateOfType(events, type, date).inForce).toBe(inForce.has(type));
      }
      expect(recordedInForce(reordered, date)).toEqual(new Set(inForce));
      expect(recordedInForce([...events, ...turned.filter((one) => events.includes(one))], date)).toEqual(
        new Set(inForce),
      );
    }),
    { numRuns: 3000 },
  );
});

test('a further registration never ends an opt-out, and who says nothing in the register says the same as in a list', () => {
  fc.assert(
    fc.property(fc.array(anyEvent, { maxLength: 6 }), anyEvent, anyDate, (events, event, date) => {
      const before = recordedInForce(events, date);
      const after = recordedInForce([...events, { ...event, kind: 'registered' }], date);
      for (const type of before) expect(after.has(type)).toBe(true);
      // where every event has a date that was believed, and is, the register adds nothing to the rule of a list
      const dated = events.filter(
        (one) =>
          one.date !== null && one.date > '2000' && one.date <= '2021-01-01' && one.recordedOn >= one.date,
      );
      expect(recordedInForce(dated, '2026-01-01')).toEqual(optOutsInForce(dated, '2026-01-01'));
    }),
  );
});
