import { describe, expect, it } from 'vitest';
import { civilDate, dayNumber, parseDay } from './calendar.ts';
import { checkErrorModel, DEFAULT_ERRORS, type ErrorModel } from './error-model.ts';
import type { Household } from './household.ts';
import { Misrecorder } from './misrecord.ts';
import { NhsNumberSource } from './nhs-number-source.ts';
import { Places } from './places.ts';
import { Population } from './population.ts';
import { Random } from './random.ts';
import { slip } from './typing-slip.ts';

const runDay = parseDay('2026-04-01');
const places = new Places(6_000, new Random(1, 'places'));
const households: Household[] = (() => {
  const settings = { patients: 6_000, seed: 1, runDay, errors: DEFAULT_ERRORS };
  const population = new Population(settings, places, new NhsNumberSource(new Random(1, 'nhs')));
  const all: Household[] = [];
  for (let next = population.next(); next !== undefined; next = population.next()) all.push(next);
  return all;
})();

/** No errors except those given. */
function only(errors: Partial<ErrorModel>): ErrorModel {
  const none = Object.fromEntries(
    Object.entries(DEFAULT_ERRORS).map(([name, rate]) => [
      name,
      typeof rate === 'number' ? 0 : { gp: 0, hospital: 0, community: 0 },
    ]),
  ) as unknown as ErrorModel;
  return { ...none, gpFactor: 1, ...errors };
}

/** Each person as one source records them. */
function recordAll(errors: ErrorModel, source: 'gp' | 'hospital' = 'hospital') {
  const misrecorder = new Misrecorder(errors, places, runDay, new Random(2, 'errors'));
  return households.flatMap((household) =>
    household.people.map((person) => ({
      person,
      household,
      recorded: misrecorder.record(person, household, source),
    })),
  );
}

describe('Misrecorder', () => {
  it('writes the truth when all error rates are zero', () => {
    for (const { person, household, recorded } of recordAll(only({}))) {
      expect(recorded.nhsNumber).toBe(person.nhsNumber);
      expect(recorded.birthDay).toBe(person.birthDay);
      expect(recorded.sex).toBe(person.sex);
      expect(recorded.postcode).toBe(household.home.postcode);
    }
  });

  it('changes exactly one part of a birth date, and gives a real date not after the run date', () => {
    for (const { person, recorded } of recordAll(only({ birthDateWrongPart: 1 }))) {
      const truth = civilDate(person.birthDay);
      const wrong = civilDate(recorded.birthDay!);
      const same = (['year', 'month', 'day'] as const).filter((part) => truth[part] === wrong[part]);
      expect(same.length).toBe(2);
      expect(recorded.birthDay!).toBeLessThanOrEqual(runDay);
    }
  });

  it('swaps day and month where that gives a real date', () => {
    for (const { person, recorded } of recordAll(only({ birthDateSwapped: 1 }))) {
      const { year, month, day } = civilDate(person.birthDay);
      const isSwappable = day <= 12 && dayNumber({ year, month: day, day: month }) <= runDay;
      expect(civilDate(recorded.birthDay!)).toEqual(
        isSwappable ? { year, month: day, day: month } : { year, month, day },
      );
    }
  });

  it('takes a number from within the household, never from outside it nor one’s own', () => {
    for (const { person, household, recorded } of recordAll(only({ swappedInHousehold: 1 }))) {
      const others = household.people.filter((other) => other !== person).map(({ nhsNumber }) => nhsNumber);
      if (others.length === 0) expect(recorded.nhsNumber).toBe(person.nhsNumber);
      else expect(others).toContain(recorded.nhsNumber);
    }
  });

  it('mistypes numbers so that ten in eleven fail the check digit', () => {
    const records = recordAll(only({ nhsMistyped: { gp: 0, hospital: 1, community: 0 } }));
    const failing = records.filter(({ recorded }) => {
      const weighted = [...recorded.nhsNumber].reduce(
        (sum, digit, index) => sum + Number(digit) * (10 - index),
        0,
      );
      return weighted % 11 !== 0;
    });
    expect(records.every(({ person, recorded }) => recorded.nhsNumber !== person.nhsNumber)).toBe(true);
    expect(failing.length / records.length).toBeGreaterThan(0.9);
  });

  it('gives people who moved another home, the same later one for all of a household', () => {
    for (const { household, recorded } of recordAll(only({ postcodeMoved: 1 }))) {
      const homes = [...household.earlierHomes.map(({ home }) => home), household.laterHome];
      expect(homes.map((home) => home?.address)).toContain(recorded.address);
    }
  });

  it('makes fewer errors in the GP record, by the factor', () => {
    const errors = only({ sexMiscoded: 0.5, gpFactor: 0.1 });
    const wrong = recordAll(errors, 'gp').filter(({ person, recorded }) => recorded.sex !== person.sex);
    expect(Math.abs(wrong.length / 6_000 - 0.05)).toBeLessThan(0.012);
  });
});

describe('slip', () => {
  it('never gives back the same text', () => {
    const random = new Random(3, 'slips');
    for (const text of ['9434765919', 'SW1A 2AA', 'B1 1AA', '1111111111']) {
      for (let i = 0; i < 500; i++) {
        const slipped = slip(text, random);
        expect(slipped).not.toBe(text);
        expect(slipped.length).toBe(text.length);
      }
    }
  });
});

describe('checkErrorModel', () => {
  it('names the rate that is out of range', () => {
    expect(() => checkErrorModel({ ...DEFAULT_ERRORS, sexMiscoded: 1.1 })).toThrow('errors.sexMiscoded');
    expect(() => checkErrorModel(DEFAULT_ERRORS)).not.toThrow();
  });
});
