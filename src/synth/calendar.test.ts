import { describe, expect, it } from 'vitest';
import { civilDate, dayNumber, parseDay, renderDates, yearsBetween } from './calendar.ts';

const text = (bytes: Uint8Array, day: number) =>
  Buffer.from(bytes.subarray(day * 10, day * 10 + 10)).toString();

describe('calendar', () => {
  it('agrees with the platform on every day from 1895 to 2100', () => {
    const iso = renderDates('iso');
    const british = renderDates('british');
    const start = Date.UTC(1895, 0, 1);
    for (let day = 0; day * 10 < iso.length; day += 1) {
      const expected = new Date(start + day * 86_400_000).toISOString().slice(0, 10);
      if (text(iso, day) !== expected) expect(text(iso, day)).toBe(expected);
      if (day % 50 === 0) {
        expect(text(british, day)).toBe(expected.split('-').reverse().join('/'));
        expect(dayNumber(civilDate(day))).toBe(day);
        expect(parseDay(expected)).toBe(day);
      }
    }
    expect(text(iso, iso.length / 10 - 1)).toBe('2100-12-31');
  });

  it('counts completed years', () => {
    const years = (earlier: string, later: string) => yearsBetween(parseDay(earlier), parseDay(later));
    expect(years('2000-04-02', '2026-04-01')).toBe(25);
    expect(years('2000-04-01', '2026-04-01')).toBe(26);
    expect(years('2000-02-29', '2026-02-28')).toBe(25);
    expect(years('2026-04-01', '2026-04-01')).toBe(0);
  });

  it('refuses what is not a date', () => {
    for (const wrong of ['2026-02-29', '2026-13-01', '1894-12-31', '01/04/2026', '2026-4-1']) {
      expect(() => parseDay(wrong)).toThrow(RangeError);
    }
  });
});
