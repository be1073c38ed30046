import { describe, expect, it } from 'vitest';
import { defaultMemory } from './machine.ts';
import { parseDate } from './shared-options.ts';

const GIB = 1024 ** 3;

describe('--run-date', () => {
  it.each(['2026-04-01', '2024-02-29', '1999-12-31'])('takes %s', (date) => {
    expect(parseDate(date)).toBe(date);
  });

  it.each(['2026-02-29', '2026-13-01', '2026-4-1', '01/04/2026', 'today', '', '2026-04-01T00:00'])(
    'refuses %j',
    (text) => {
      expect(() => parseDate(text)).toThrow('It must be a date of the calendar');
    },
  );
});

describe('--memory', () => {
  it('is half of the machine by default, and 8 GiB at most', () => {
    expect(defaultMemory({ memory: 4 * GIB })).toBe('2048MiB');
    expect(defaultMemory({ memory: 64 * GIB })).toBe('8192MiB');
  });
});
