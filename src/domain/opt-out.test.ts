import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isOptedOut, type OptOutEvent, type OptOutType, standingOptOuts } from './opt-out.ts';

const RUN_DATE = '2024-03-01';
const on = (date: string | null, type: OptOutType = 'type-1'): OptOutEvent => ({
  type,
  kind: 'registered',
  date,
});
const off = (date: string | null, type: OptOutType = 'type-1'): OptOutEvent => ({
  type,
  kind: 'withdrawn',
  date,
});

describe('one type', () => {
  test.each<[string, OptOutEvent[], boolean]>([
    ['nothing recorded', [], false],
    ['registered', [on('2014-01-01')], true],
    ['registered on the run date', [on(RUN_DATE)], true],
    ['registered after the run date', [on('2024-03-02')], false],
    ['withdrawn later', [on('2014-01-01'), off('2015-01-01')], false],
    ['withdrawn earlier', [off('2014-01-01'), on('2015-01-01')], true],
    ['registered again', [on('2014-01-01'), off('2015-01-01'), on('2016-01-01')], true],
    ['a tie', [on('2014-01-01'), off('2014-01-01')], true],
    ['withdrawn after the run date', [on('2014-01-01'), off('2024-03-02')], true],
    ['registered without a date', [on(null), off('2015-01-01')], true],
    ['withdrawn without a date', [on('2014-01-01'), off(null)], true],
    ['only a withdrawal', [off('2014-01-01')], false],
    ['a registration on no real date', [on('2014-02-30'), off('2015-01-01')], true],
    ['a withdrawal on no real date', [on('2014-01-01'), off('2015')], true],
  ])('%s', (_name, events, expected) => {
    expect(isOptedOut(events, RUN_DATE)).toBe(expected);
  });
});

test('a withdrawal ends only its own type', () => {
  const events = [on('2014-01-01', 'type-1'), on('2014-01-01', 'type-2'), off('2015-01-01', 'type-1')];
  expect([...standingOptOuts(events, RUN_DATE)]).toEqual(['type-2']);
  expect(isOptedOut([...events, on('2018-06-01', 'national')], RUN_DATE)).toBe(true);
});

const anyEvent = fc.record<OptOutEvent>({
  type: fc.constantFrom('type-1', 'type-2', 'national'),
  kind: fc.constantFrom('registered', 'withdrawn'),
  date: fc.constantFrom(null, '2014-01-01', '2015-01-01', RUN_DATE, '2025-01-01', 'soon'),
});

test('order does not matter, and another registration never frees anyone', () => {
  fc.assert(
    fc.property(fc.array(anyEvent), anyEvent, (events, event) => {
      const stands = isOptedOut(events, RUN_DATE);
      expect(isOptedOut(events.toReversed(), RUN_DATE)).toBe(stands);
      if (stands) expect(isOptedOut([...events, { ...event, kind: 'registered' }], RUN_DATE)).toBe(true);
    }),
  );
});
