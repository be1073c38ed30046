import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type CountedPattern, type Field, fitModel, type Model, probabilityOf } from './mixture.ts';

const BOTH = { m: true, u: true };
const START: Model = {
  matches: 0.5,
  priorPairs: { matches: 2, m: 2, u: 2 },
  fields: [
    { m: [0.9, 0.1], u: [0.2, 0.8], isEstimated: BOTH },
    { m: [0.8, 0.1, 0.1], u: [0.1, 0.1, 0.8], isEstimated: BOTH },
    { m: [0.9, 0.1], u: [0.2, 0.8], isEstimated: BOTH },
  ],
};

/** How many of a million pairs show each pattern, if the model were true; the first field is missing in every hundredth pair. */
function expectedCounts(matches: number, fields: readonly Pick<Field, 'm' | 'u'>[]): CountedPattern[] {
  const [first, second, third] = fields as [Field, Field, Field];
  return [...first.m.keys(), null].flatMap((a) =>
    [...second.m.keys()].flatMap((b) =>
      [...third.m.keys()].map((c): CountedPattern => {
        const share = (of: 'm' | 'u') =>
          (a === null ? 0.01 : 0.99 * first[of][a]!) * second[of][b]! * third[of][c]!;
        const pairs = Math.round(1_000_000 * (matches * share('m') + (1 - matches) * share('u')));
        return { levels: [a, b, c], pairs };
      }),
    ),
  );
}

const TRUTH = [
  { m: [0.97, 0.03], u: [0.5, 0.5] },
  { m: [0.95, 0.04, 0.01], u: [0.02, 0.08, 0.9] },
  { m: [0.85, 0.15], u: [0.1, 0.9] },
];

describe('expectation-maximisation', () => {
  test.each([0.2, 0.5, 0.9, 0.98])('finds the rates that made the pairs, %d of them matches', (matches) => {
    const fitted = fitModel(START, expectedCounts(matches, TRUTH));
    expect(fitted).toMatchObject({ hasConverged: true });
    expect(fitted.matches).toBeCloseTo(matches, 3);
    for (const [index, { m, u }] of TRUTH.entries()) {
      for (const [level, share] of m.entries()) expect(fitted.fields[index]!.m[level]).toBeCloseTo(share, 2);
      for (const [level, share] of u.entries()) expect(fitted.fields[index]!.u[level]).toBeCloseTo(share, 2);
    }
  });

  const levels = fc.tuple(
    fc.option(fc.integer({ min: 0, max: 1 })),
    fc.option(fc.integer({ min: 0, max: 2 })),
    fc.option(fc.integer({ min: 0, max: 1 })),
  );
  const counted = fc.array(fc.record({ levels, pairs: fc.integer({ min: 0, max: 1_000_000_000 }) }), {
    maxLength: 30,
  });

  test('gives the same bits whatever the order of the patterns, and however they are split', () => {
    fc.assert(
      fc.property(counted, fc.integer({ min: 1, max: 1000 }), (patterns, part) => {
        const fitted = fitModel(START, patterns);
        const split = patterns.flatMap(({ levels: same, pairs }) => [
          { levels: same, pairs: Math.min(part, pairs) },
          { levels: same, pairs: pairs - Math.min(part, pairs) },
        ]);
        expect(fitModel(START, split.toReversed())).toStrictEqual(fitted);
      }),
      { numRuns: 50 },
    );
  });

  test('is never certain, and its rates are shares', () => {
    fc.assert(
      fc.property(counted, (patterns) => {
        const fitted = fitModel(START, patterns);
        const rates = [[fitted.matches], ...fitted.fields.flatMap(({ m, u }) => [m, u])];
        for (const share of rates.flat()) {
          expect(share).toBeGreaterThan(0);
          expect(share).toBeLessThan(1);
        }
        for (const shares of rates.slice(1)) expect(shares.reduce((a, b) => a + b)).toBeCloseTo(1, 12);
      }),
      { numRuns: 50 },
    );
  });

  test('reports that it has not converged', () => {
    const fitted = fitModel(START, expectedCounts(0.02, TRUTH));
    expect(fitted).toMatchObject({ hasConverged: false, iterations: 5_000 });
  });

  test('takes for matches what mostly agrees, even where next to nothing does', () => {
    const none = { levels: [1, 2, 1], pairs: 1_000_000 };
    const fitted = fitModel(START, [none, { levels: [0, 0, 0], pairs: 10 }]);
    expect(fitted.matches).toBeLessThan(0.001);
    expect(probabilityOf(none.levels, fitted)).toBeLessThan(0.001);
    for (const { m } of fitted.fields) expect(m[0]).toBeGreaterThanOrEqual(0.5);
  });

  test('changes only what it may', () => {
    const fields = START.fields.map((field) => ({ ...field, isEstimated: { m: false, u: false } }));
    const fitted = fitModel({ ...START, fields }, [{ levels: [0, 0, 0], pairs: 1000 }]);
    expect(fitted.fields).toEqual(fields.map(({ m, u }) => ({ m, u })));
    expect(fitted.matches).toBeGreaterThan(0.99);
  });

  test('without pairs, returns the priors', () => {
    const { matches, fields } = START;
    const believed = { matches, fields: fields.map(({ m, u }) => ({ m, u })) };
    expect(fitModel(START, [])).toEqual({ ...believed, pairs: 0, iterations: 0, hasConverged: true });
  });
});

test('a missing level changes no probability', () => {
  const { matches } = START;
  expect(probabilityOf([null, null, null], START)).toBe(matches);
  expect(probabilityOf([0, null, null], START)).toBeCloseTo(0.45 / (0.45 + 0.1), 12);
});
