import { expect, test } from 'vitest';
import { fewestForAnOptOut, isPauseImpossible, isSilenceImpossible } from './expected-opt-outs.ts';

test('at a rate of one in a hundred, 1,375 people without an opt-out are implausible', () => {
  expect(isSilenceImpossible(1374, 0.01)).toBe(false);
  expect(isSilenceImpossible(1375, 0.01)).toBe(true);
  expect(isSilenceImpossible(0, 0.01)).toBe(false);
});

test.each([0.001, 0.01, 0.03, 0.05, 0.3, 0.75, 0.9, 1])(
  'the fewest people is the first implausible number at a rate of %d',
  (rate) => {
    const fewest = fewestForAnOptOut(rate);
    expect([fewest - 1, fewest].map((people) => isSilenceImpossible(people, rate))).toEqual([false, true]);
  },
);

test('a list that gains ten lines a day cannot gain none in eight days; a list that gains one line a year can', () => {
  expect(isPauseImpossible(3650, 1)).toBe(false);
  expect(isPauseImpossible(3650, 2)).toBe(true);
  expect(isPauseImpossible(630, 8)).toBe(false);
  expect(isPauseImpossible(631, 8)).toBe(true);
  expect(isPauseImpossible(1, 2000)).toBe(false);
  expect(isPauseImpossible(0, 20_000)).toBe(false);
});
