import { describe, expect, test } from 'vitest';
import { estimateMatchWeights, type NumberPattern, type PairCounts } from './estimate.ts';

type Level = NumberPattern['sex'];
const pattern = (sex: Level, birth: NumberPattern['date-of-birth'], postcode: Level): NumberPattern => ({
  sex,
  'date-of-birth': birth,
  postcode,
});
const ALL = pattern('agree', 'whole', 'agree');
const MOVED = pattern('agree', 'whole', 'disagree');
const SLIP = pattern('agree', 'partial', 'agree');
const SISTER = pattern('agree', 'disagree', 'agree');
const BROTHER = pattern('disagree', 'disagree', 'agree');
const NONE = pattern('disagree', 'disagree', 'disagree');
const NOTHING = pattern('missing', 'missing', 'missing');

const estimateFrom = (byNumber: readonly (readonly [NumberPattern, number])[], byTuple = [0, 0, 0]) => {
  const [agree = 0, disagree = 0, missing = 0] = byTuple;
  const counts: PairCounts = {
    byNumber: byNumber.map(([one, pairs]) => ({ pattern: one, pairs })),
    byTuple: { agree, disagree, missing },
  };
  return estimateMatchWeights(counts);
};

/** Pairs as a real run has them: nearly all are matches, and some numbers are those of somebody else at home. */
const USUAL = [
  [ALL, 88_000],
  [MOVED, 11_000],
  [SLIP, 1_000],
  [SISTER, 350],
  [pattern('agree', 'disagree', 'disagree'), 50],
  [pattern('disagree', 'whole', 'agree'), 200],
  [BROTHER, 40],
  [NOTHING, 10],
] as const;

describe('in the pairs of a usual run', () => {
  const { parameters, ofNumber, ofTuple } = estimateFrom(USUAL, [90_000, 60, 5_000]);

  test('what matches agree on, and how many there are, is learnt from the pairs', () => {
    const { fields, sameNumber, sameDemographics } = parameters;
    expect(fields.postcode.m['agree']).toBeCloseTo(0.89, 2);
    expect(fields['date-of-birth'].m['partial']).toBeCloseTo(0.01, 3);
    expect(fields.sex.m['disagree']).toBeCloseTo(0.002, 3);
    expect(sameNumber).toMatchObject({ pairs: 100_650, hasConverged: true });
    expect(sameNumber.matches).toBeGreaterThan(0.999);
    // a number is as often wrong among people met by what else they say as among those met by the number
    expect(fields['nhs-number'].m['agree']).toBe(sameNumber.matches);
    expect(sameDemographics).toMatchObject({ pairs: 95_060, hasConverged: true });
    expect(sameDemographics.matches).toBeGreaterThan(0.999);
  });

  test('what chance does to sex and birth date is not', () => {
    expect(parameters.fields.sex.u).toEqual({ agree: 0.5, disagree: 0.5 });
    expect(parameters.fields['date-of-birth'].u).toEqual({ whole: 0.01, partial: 0.01, disagree: 0.98 });
  });

  test('links are as probable as they should be', () => {
    expect(ofNumber(ALL)).toBeGreaterThan(0.9999);
    expect(ofNumber(MOVED)).toBeGreaterThan(0.999);
    expect(ofNumber(SLIP)).toBeGreaterThan(0.999);
    expect(ofNumber(SISTER)).toBeLessThan(0.99);
    expect(ofNumber(BROTHER)).toBeLessThan(0.1);
    expect(ofNumber(NONE)).toBeLessThan(ofNumber(BROTHER));
    expect(ofNumber(NOTHING)).toBeCloseTo(parameters.sameNumber.matches, 6);
    expect(ofTuple).toBeCloseTo(parameters.sameDemographics.matches, 6);
  });

  test('the order of the patterns changes no bit', () => {
    const turned = estimateFrom(USUAL.toReversed(), [90_000, 60, 5_000]);
    expect(turned.parameters).toStrictEqual(parameters);
  });
});

test('carelessly kept records do not pass for those of other people', () => {
  // one person in a hundred: birth dates and sexes mistaken, and moved, far more often than the rest, and all together
  const careless = [
    [ALL, 1_100],
    [MOVED, 750],
    [SLIP, 320],
    [pattern('agree', 'partial', 'disagree'), 210],
    [SISTER, 160],
    [pattern('agree', 'disagree', 'disagree'), 110],
    [pattern('disagree', 'whole', 'agree'), 120],
    [pattern('disagree', 'whole', 'disagree'), 80],
    [pattern('disagree', 'partial', 'agree'), 35],
  ] as const;
  const { parameters, ofNumber } = estimateFrom([...USUAL, ...careless]);
  expect(parameters.sameNumber.matches).toBeGreaterThan(0.998);
  expect(ofNumber(pattern('agree', 'partial', 'disagree'))).toBeGreaterThan(0.99);
  expect(ofNumber(BROTHER)).toBeLessThan(0.1);
});

describe('pairs with next to no information', () => {
  test('none at all: what is believed of published linkages', () => {
    const { parameters, ofNumber, ofTuple } = estimateFrom([]);
    expect(parameters.sameNumber).toEqual({ pairs: 0, matches: 0.998, iterations: 0, hasConverged: true });
    expect(parameters.sameDemographics).toMatchObject({ pairs: 0, matches: 0.995, iterations: 0 });
    expect([ALL, MOVED, SISTER, BROTHER, NONE].map(ofNumber)).toEqual([
      0.999994, 0.999935, 0.973754, 0.2726, 0.031559,
    ]);
    expect(ofTuple).toBe(0.995);
  });

  test('all agree: nothing is certain all the same', () => {
    const { parameters, ofNumber, ofTuple } = estimateFrom([[ALL, 1_000_000]], [1_000_000, 0, 0]);
    expect(ofNumber(ALL)).toBe(0.999999);
    expect(ofTuple).toBe(0.999999);
    expect(parameters.fields.sex.m['disagree']).toBeGreaterThan(0);
    expect(ofNumber(NONE)).toBeLessThan(0.5);
  });

  test('none agree: they are no matches, and equal numbers are no evidence', () => {
    const { parameters, ofNumber } = estimateFrom([[NONE, 1_000_000]], [0, 1_000, 10]);
    expect(parameters.sameNumber.matches).toBeLessThan(0.001);
    expect(ofNumber(NONE)).toBe(0.000001);
    expect(parameters.fields['nhs-number'].m).toEqual({ agree: 0.5, disagree: 0.5 });
    expect(parameters.sameDemographics.matches).toBeCloseTo(0.995, 12);
  });

  test.each([
    ['that says nothing', NOTHING, 0.998],
    ['of one field', pattern('missing', 'whole', 'missing'), 0.99998],
  ])('one pattern, %s', (_, one, probability) => {
    const { parameters, ofNumber } = estimateFrom([[one, 500]]);
    expect(parameters.sameNumber.hasConverged).toBe(true);
    expect(ofNumber(one)).toBeCloseTo(probability, 4);
  });

  test('only different numbers: no subject without one is tied by a tuple', () => {
    expect(estimateFrom([], [0, 1_000, 0]).ofTuple).toBeLessThan(0.15);
  });
});
