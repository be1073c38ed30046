import { describe, expect, it } from 'vitest';
import { parseDay } from './calendar.ts';
import { DEFAULT_ERRORS } from './error-model.ts';
import { eightWide, startAge } from './hes-form.ts';
import { ALIVE } from './household.ts';
import { NhsNumberSource } from './nhs-number-source.ts';
import { Places } from './places.ts';
import { Population } from './population.ts';
import { Random } from './random.ts';
import { SpellDraw } from './spell.ts';

const runDay = parseDay('2026-04-01');

describe('SpellDraw', () => {
  it('draws stays that do not overlap, within life and before the run day; twins share one delivery', () => {
    const errors = DEFAULT_ERRORS;
    const places = new Places(8_000, new Random(9, 'places'));
    const numbers = new NhsNumberSource(new Random(9, 'nhs'));
    const population = new Population({ patients: 8_000, seed: 9, runDay, errors }, places, numbers);
    const draw = new SpellDraw(runDay, 7, new Random(9, 'spells'));
    const seen = { spells: 0, deaths: 0, unfinished: 0, twins: 0 };
    for (let household = population.next(); household !== undefined; household = population.next()) {
      for (const [index, spells] of draw.drawAll(household).entries()) {
        const person = household.people[index]!;
        const byDay = spells.toSorted((a, b) => a.admissionDay - b.admissionDay);
        for (const [nth, spell] of byDay.entries()) {
          const end = spell.dischargeDay ?? ALIVE;
          expect(spell.admissionDay).toBeGreaterThanOrEqual(person.birthDay);
          expect(spell.admissionDay).toBeLessThanOrEqual(Math.min(runDay, person.deathDay));
          expect(end).toBeGreaterThanOrEqual(spell.admissionDay);
          expect(end === ALIVE || end <= Math.min(runDay, person.deathDay)).toBe(true);
          expect(spell.isFatal).toBe(end === person.deathDay && end !== ALIVE);
          if (nth > 0) expect(spell.admissionDay).toBeGreaterThan(byDay[nth - 1]!.dischargeDay ?? ALIVE);
          seen.spells++;
          if (spell.isFatal) seen.deaths++;
          if (spell.dischargeDay === undefined) seen.unfinished++;
          if (spell.kind === 'delivery' && spell.isOfTwins) seen.twins++;
        }
      }
    }
    expect(Object.entries(seen).filter(([, count]) => count === 0)).toEqual([]);
  });
});

describe('HES forms', () => {
  it('pads postcodes so that the inward part starts at position 6', () => {
    expect(eightWide('B1 1AA')).toBe('B1   1AA');
    expect(eightWide('SW1A 2AA')).toBe('SW1A 2AA');
    expect(eightWide('ZZ99 3VZ')).toBe('ZZ99 3VZ');
  });

  it('codes ages in the first year as 7001 to 7007', () => {
    const birthDay = parseDay('2025-01-01');
    const ages = [0, 1, 6, 7, 28, 29, 89, 90, 181, 182, 272, 273, 364, 365, 730];
    expect(ages.map((days) => startAge(birthDay, birthDay + days)).join(' ')).toBe(
      '7001 7002 7002 7003 7003 7004 7004 7005 7005 7006 7006 7007 7007 1 2',
    );
    expect(startAge(birthDay, birthDay - 1)).toBe('');
  });
});
