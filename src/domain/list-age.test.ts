import { describe, expect, it, test } from 'vitest';
import { dateOfDay } from './day-number.ts';
import { ageOfList, ageOfRegister, isFileTimeBelievable } from './list-age.ts';

const RUN_DATE = '2026-04-01';
const age = (asOf: string | null, events: readonly (string | null)[], fileDay = '2026-03-30') =>
  ageOfList({ asOf, events, fileDay }, 7, RUN_DATE);
/** Many registrations a day, up to a given day. */
const busyUntil = (day: string) => Array.from({ length: 700 }, () => day);

describe('the age of a list on 2026-04-01', () => {
  test.each([
    ['its own date wins', '2026-03-20', ['2026-03-31'], { days: 12, from: 'asOf' }],
    [
      'else its latest event, if that is new enough',
      null,
      ['2026-03-25', '2020-01-01'],
      { days: 7, from: 'latest-event' },
    ],
    ['the run date is no day old', null, [RUN_DATE], { days: 0, from: 'latest-event' }],
    ['else its file, for few events come seldom', null, ['2026-03-24'], { days: 2, from: 'file-time' }],
    ['nothing is known of a list without dates', null, [null], { days: 2, from: 'file-time' }],
    ['nor of an empty one', null, [], { days: 2, from: 'file-time' }],
    [
      'an event to come says nothing of it',
      null,
      ['2026-04-02', '2026-12-31'],
      { days: 2, from: 'file-time' },
    ],
    ['nor does an event in the far future', null, ['2037-07-07'], { days: 2, from: 'file-time' }],
    [
      'a busy list that ended is old, whatever its file',
      null,
      busyUntil('2026-03-24'),
      { days: 8, from: 'latest-event' },
    ],
  ])('%s', (_, asOf, events, expected) => {
    expect(age(asOf, events)).toEqual(expected);
  });

  test('only the last year of a list decides how busy it is', () => {
    expect(age(null, [...busyUntil('2016-01-01'), '2026-03-01'])).toMatchObject({ from: 'file-time' });
  });

  test('a file dated after the run date has an age of 0 days', () => {
    expect(age(null, [], '2026-11-29')).toEqual({ days: 0, from: 'file-time' });
  });
});

test('a modification time later than the last change of the file is not trusted', () => {
  const day = 86_400_000;
  expect([0, day, day + 1].map((modified) => isFileTimeBelievable(modified, 0))).toEqual([true, true, false]);
});

describe('the age of a register that says when it was changed', () => {
  const monthly = Array.from({ length: 12 }, (_, month) => `2025-${String(month + 1).padStart(2, '0')}-15`);
  const daily = Array.from({ length: 90 }, (_, day) => dateOfDay(20_454 + day));

  it('is that of its last change, and 0 where that is after the run date', () => {
    expect(ageOfRegister(['2026-03-25'], 7, '2026-04-01')).toEqual({ days: 7, is: 'fresh' });
    expect(ageOfRegister(['2026-05-25'], 7, '2026-04-01')).toEqual({ days: 0, is: 'fresh' });
  });

  it('is nothing to worry about where it rarely changes', () => {
    expect(ageOfRegister(monthly, 7, '2026-04-01')).toEqual({ days: 107, is: 'quiet' });
    expect(ageOfRegister([], 7, '2026-04-01').is).toBe('quiet');
  });

  it('is too high where it changed so often that such a pause is practically impossible', () => {
    expect(daily.at(-1)).toBe('2026-03-31');
    expect(ageOfRegister(daily, 7, '2026-05-20').is).toBe('quiet');
    expect(ageOfRegister(daily, 7, '2026-05-27').is).toBe('stale');
  });
});
