import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { BIRTH_DATE_PLACEHOLDERS } from './birth-date.ts';
import {
  isOptedOut,
  judgeOptOutDate,
  type OptOutDateStatus,
  type OptOutEvent,
  type OptOutType,
  optOutsInForce,
} from './opt-out.ts';

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
    ['a registration in the far future', [on('2037-07-07'), off('2015-01-01')], true],
    ['a withdrawal in the far future', [on('2014-01-01'), off('2037-07-07')], true],
    ['only a withdrawal in the far future', [off('2037-07-07')], false],
    ['registered in the coming year after a withdrawal', [off('2014-01-01'), on('2025-03-01')], false],
    ['a registration on a placeholder', [on('1900-01-01'), off('2015-05-05')], true],
    ['a registration at the beginning of a computer’s time', [on('1970-01-01'), off('2015-05-05')], true],
    ['a withdrawal on a placeholder', [on('1950-01-01'), off('1900-01-01')], true],
    ['the placeholder of an invalid date', [on('1801-01-01'), off('2015-05-05')], true],
  ])('%s', (_name, events, expected) => {
    expect(isOptedOut(events, RUN_DATE)).toBe(expected);
  });
});

describe('how a date is judged on 2024-03-01', () => {
  test.each<[string | null, OptOutDateStatus]>([
    [null, 'absent'],
    ['2023-02-29', 'absent'],
    ['0000-01-01', 'absent'],
    ['0001-01-01', 'unbelievable'],
    ['1899-12-30', 'unbelievable'],
    ['1999-12-31', 'unbelievable'],
    ['2000-01-01', 'past'],
    [RUN_DATE, 'past'],
    ['2024-03-02', 'coming'],
    ['2025-03-01', 'coming'],
    ['2025-03-02', 'unbelievable'],
    ['2099-12-31', 'unbelievable'],
    ['9999-12-31', 'unbelievable'],
    ...BIRTH_DATE_PLACEHOLDERS.map((date): [string, OptOutDateStatus] => [date, 'unbelievable']),
  ])('%s is %s', (date, status) => {
    expect(judgeOptOutDate(date, RUN_DATE)).toBe(status);
  });

  test('a year after 29 February ends on 28 February', () => {
    expect(judgeOptOutDate('2025-02-28', '2024-02-29')).toBe('coming');
    expect(judgeOptOutDate('2025-03-01', '2024-02-29')).toBe('unbelievable');
  });
});

test('a withdrawal ends only its own type', () => {
  const events = [on('2014-01-01', 'type-1'), on('2014-01-01', 'type-2'), off('2015-01-01', 'type-1')];
  expect([...optOutsInForce(events, RUN_DATE)]).toEqual(['type-2']);
  expect(isOptedOut([...events, on('2018-06-01', 'national')], RUN_DATE)).toBe(true);
});

const anyEvent = fc.record<OptOutEvent>({
  type: fc.constantFrom('type-1', 'type-2', 'national'),
  kind: fc.constantFrom('registered', 'withdrawn'),
  date: fc.constantFrom(
    null,
    '1900-01-01',
    '2014-01-01',
    '2015-01-01',
    RUN_DATE,
    '2025-01-01',
    '2037-07-07',
    'soon',
  ),
});

test('the order of events does not matter, and a further registration never ends an opt-out', () => {
  fc.assert(
    fc.property(fc.array(anyEvent), anyEvent, (events, event) => {
      const optedOut = isOptedOut(events, RUN_DATE);
      expect(isOptedOut(events.toReversed(), RUN_DATE)).toBe(optedOut);
      if (optedOut) expect(isOptedOut([...events, { ...event, kind: 'registered' }], RUN_DATE)).toBe(true);
    }),
  );
});
