import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type FittedCell, fitLinkedProbability, type LinkedCell } from './linked-probability.ts';

const logistic = (logit: number) => 1 / (1 + Math.exp(-logit));
const VARIANCE = 2.5 ** 2;

/** Every level of each characteristic with every level of the others. */
function crossed(...characteristics: (string | null)[][]): (string | null)[][] {
  return characteristics.reduce<(string | null)[][]>(
    (some, levels) => some.flatMap((before) => levels.map((level) => [...before, level])),
    [[]],
  );
}

const numbered = (levels: number) =>
  Array.from({ length: levels }, (_, index) => (index === 0 ? null : `${index}`));

/** The same number from 0 to 1 for the same whole number; neighbours have nothing in common. */
function scattered(index: number): number {
  const mixed = Math.imul(index + 1, 0x9e3779b1);
  return (Math.imul(mixed ^ (mixed >>> 15), 0x85ebca6b) >>> 0) / 2 ** 32;
}

/** A name for a level of a characteristic. */
const nameOf = (level: string | null, characteristic: number) => JSON.stringify([characteristic, level]);

/** The most likely probabilities by plain ascent: a step along the slope, so short that it never climbs past the top. */
function climb(cells: readonly LinkedCell[], steps: number): number[] {
  const effects = new Map<string, number>();
  const records = cells.reduce((sum, cell) => sum + cell.records, 0);
  const width = 1 / (((cells[0]!.levels.length + 1) * (records + 1)) / 4 + 1 / VARIANCE);
  let intercept = 0;
  const probability = ({ levels }: LinkedCell) =>
    logistic(levels.reduce((sum, level, index) => sum + (effects.get(nameOf(level, index)) ?? 0), intercept));
  for (let step = 0; step < steps; step += 1) {
    const surplus = cells.map((cell) => cell.linked - cell.records * probability(cell));
    const slope = surplus.reduce((sum, own) => sum + own, 0.5 - logistic(intercept));
    const slopes = new Map<string, number>();
    for (const [index, { levels }] of cells.entries())
      for (const [characteristic, level] of levels.entries()) {
        const name = nameOf(level, characteristic);
        slopes.set(name, (slopes.get(name) ?? -(effects.get(name) ?? 0) / VARIANCE) + surplus[index]!);
      }
    intercept += width * slope;
    for (const [name, own] of slopes) effects.set(name, (effects.get(name) ?? 0) + width * own);
  }
  return cells.map(probability);
}

/**
 * What the score equations make of fitted probabilities: the effect of a level is 2.5^2 times the linked records beyond those
 * expected of it, the intercept is the logit of a half and all linked records beyond those expected, and from both come
 * probabilities again. At the maximum, and nowhere else, they are those that one began with.
 */
function byScoreEquations(cells: readonly FittedCell[]): number[] {
  const effects = new Map<string, number>();
  let half = 0.5;
  for (const { levels, records, linked, probability } of cells) {
    const surplus = linked - records * probability;
    half += surplus;
    for (const [index, level] of levels.entries())
      effects.set(nameOf(level, index), (effects.get(nameOf(level, index)) ?? 0) + VARIANCE * surplus);
  }
  const intercept = Math.log(half / (1 - half));
  return cells.map(({ levels }) =>
    logistic(levels.reduce((sum, level, index) => sum + effects.get(nameOf(level, index))!, intercept)),
  );
}

/** Three characteristics of four levels at most; in some cells no record is linked, or every record. */
function someCells(mostRecords: number): fc.Arbitrary<LinkedCell[]> {
  const level = fc.constantFrom('a', 'b', 'c', null);
  const share = fc.oneof(fc.constantFrom(0, 1, 1), fc.double({ min: 0, max: 1, noNaN: true }));
  const cell = fc
    .record({
      levels: fc.tuple(level, level, level),
      records: fc.integer({ min: 1, max: mostRecords }),
      share,
    })
    .map((one) => ({
      levels: one.levels,
      records: one.records,
      linked: Math.round(one.records * one.share),
    }));
  return fc.array(cell, { minLength: 1, maxLength: 30 });
}

const probabilities = (cells: readonly LinkedCell[]) =>
  fitLinkedProbability(cells).cells.map(({ probability }) => probability);

describe('worked examples', () => {
  test('no cells', () => {
    expect(fitLinkedProbability([])).toEqual({ cells: [], iterations: 0, hasConverged: true });
  });

  test('without characteristics, half a linked and half an unlinked record more: (3 + 1/2) / (4 + 1)', () => {
    const { cells, ...how } = fitLinkedProbability([{ levels: [], records: 4, linked: 3 }]);
    expect(cells).toEqual([{ levels: [], records: 4, linked: 3, probability: expect.closeTo(0.7, 12) }]);
    // where it starts
    expect(how).toEqual({ iterations: 1, hasConverged: true });
  });

  test('two levels that mirror one another: no intercept, and 10 p + logit(p) / 2.5^2 = 9', () => {
    let [low, high] = [0.5, 0.9];
    for (let halving = 0; halving < 60; halving += 1) {
      const p = (low + high) / 2;
      if (10 * p + Math.log(p / (1 - p)) / VARIANCE < 9) low = p;
      else high = p;
    }
    const [few, most] = probabilities([
      { levels: ['most'], records: 10, linked: 9 },
      { levels: ['few'], records: 10, linked: 1 },
    ]);
    expect(most).toBeCloseTo(low, 12);
    expect(few).toBeCloseTo(1 - low, 12);
  });

  test('three characteristics, as plain ascent has them', () => {
    const counted = crossed(['F', 'M'], ['old', 'young', null], ['E1', 'E2']).map((levels, index) => ({
      levels,
      records: 3 + (index % 5) * 2,
      linked: index === 4 ? 0 : 1 + (index % 3),
    }));
    const { cells } = fitLinkedProbability(counted);
    const climbed = climb(cells, 20_000);
    for (const [index, { probability }] of cells.entries())
      expect(probability).toBeCloseTo(climbed[index]!, 9);
  });
});

describe('whatever the cells', () => {
  test('probabilities lie between 0 and 1, within a hundred iterations', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 10 }).chain((digits) => someCells(10 ** digits)),
        (counted) => {
          const { cells, iterations, hasConverged } = fitLinkedProbability(counted);
          expect(hasConverged).toBe(true);
          expect(iterations).toBeLessThan(100);
          for (const { probability } of cells) {
            expect(probability).toBeGreaterThan(0);
            expect(probability).toBeLessThan(1);
          }
        },
      ),
      { numRuns: 500 },
    );
  });

  test('the score equations hold', () => {
    fc.assert(
      fc.property(someCells(1000), (counted) => {
        const { cells } = fitLinkedProbability(counted);
        const again = byScoreEquations(cells);
        for (const [index, { probability }] of cells.entries()) {
          // the way back through the half magnifies rounding a hundred thousand times and more
          expect(Math.abs(probability - again[index]!)).toBeLessThan(1e-7);
        }
      }),
      { numRuns: 300 },
    );
  });

  test('their order and how they are split change no digit', () => {
    fc.assert(
      fc.property(someCells(1_000_000), fc.integer({ min: 1, max: 1_000_000 }), (counted, part) => {
        const split = counted.flatMap(({ levels, records, linked }) => {
          const first = Math.min(part, records - 1);
          const own = Math.min(linked, first);
          const rest = { levels: [...levels], records: records - first, linked: linked - own };
          return first === 0 ? [rest] : [{ levels, records: first, linked: own }, rest];
        });
        const fitted = fitLinkedProbability(counted);
        expect(fitLinkedProbability(split.toReversed())).toStrictEqual(fitted);
        const shuffled = split.toSorted((a, b) => scattered(a.records) - scattered(b.records));
        expect(fitLinkedProbability(shuffled)).toStrictEqual(fitted);
      }),
      { numRuns: 100 },
    );
  });

  test('linked and unlinked are treated alike', () => {
    fc.assert(
      fc.property(someCells(1000), (counted) => {
        const others = counted.map((cell) => ({ ...cell, linked: cell.records - cell.linked }));
        const mirrored = probabilities(others);
        for (const [index, probability] of probabilities(counted).entries())
          expect(1 - probability).toBeCloseTo(mirrored[index]!, 9);
      }),
      { numRuns: 100 },
    );
  });

  test('a level of which fewer are linked, other things being equal, is less probable', () => {
    const others = fc.array(
      fc.record({ records: fc.integer({ min: 1, max: 100_000 }), linked: fc.nat(), fewer: fc.nat() }),
      { minLength: 1, maxLength: 5 },
    );
    fc.assert(
      fc.property(others, (some) => {
        const counted = some.flatMap(({ records, linked, fewer }, index) => {
          const more = 1 + (linked % records);
          const less = more - 1 - (fewer % more);
          return [
            { levels: ['more', `${index}`], records, linked: more },
            { levels: ['less', `${index}`], records, linked: less },
          ];
        });
        const all = probabilities(counted);
        for (const index of some.keys()) expect(all[index]).toBeLessThan(all[index + some.length]!);
      }),
      { numRuns: 100 },
    );
  });
});

test('where linkage depends on no characteristic, everybody has the rate of all', () => {
  const counted = crossed(numbered(5), numbered(3), numbered(4)).map((levels, index) => {
    const records = 100 * (1 + (index % 7) * 20);
    return { levels, records, linked: records * 0.97 };
  });
  for (const probability of probabilities(counted)) expect(Math.abs(probability - 0.97)).toBeLessThan(1e-4);
});

test('finds the main effects that made the counts: of a million records each, to five decimals', () => {
  const characteristics = [numbered(6), ['F', 'M', null], numbered(5), numbered(10)];
  const counted = crossed(...characteristics).map((levels) => {
    const logit = levels.reduce(
      (sum, level, index) => sum + 2 * scattered(10 * characteristics[index]!.indexOf(level) + index) - 1,
      3,
    );
    return { levels, truth: logistic(logit) };
  });
  const made = counted.map(({ levels, truth }) => ({
    levels,
    records: 1_000_000,
    linked: Math.round(1_000_000 * truth),
  }));
  const { cells } = fitLinkedProbability(made);
  const truths = new Map(counted.map(({ levels, truth }) => [JSON.stringify(levels), truth]));
  expect(new Set(truths.values()).size).toBe(900);
  for (const { levels, probability } of cells)
    expect(Math.abs(probability - truths.get(JSON.stringify(levels))!)).toBeLessThan(1e-5);
});

describe('extremes', () => {
  const one = (level: string | null, records: number, linked: number): LinkedCell => ({
    levels: [level],
    records,
    linked,
  });
  const MILLIONS = 10_000_000;

  test.each<[string, LinkedCell[]]>([
    ['nobody', [one('a', MILLIONS, 0), one(null, 1, 0)]],
    ['everybody', [one('a', MILLIONS, MILLIONS), one(null, 1, 1)]],
    ['all but one of ten million', [one('a', MILLIONS, MILLIONS - 1)]],
    ['one of ten million', [one('a', MILLIONS, 1), one('b', MILLIONS, 0)]],
    ['nobody of a level', [one('a', MILLIONS, 9_700_000), one('b', MILLIONS, 0), one('c', 1, 0)]],
    ['levels all or none', [one('a', MILLIONS, MILLIONS), one('b', MILLIONS, 0), one(null, 5, 5)]],
    ['as many records as there may be', [one('a', 5e11, 485e9), one('b', 5e11, 0)]],
    [
      'a level of which nobody is linked beside one that cannot be',
      [
        { levels: ['1', null], records: 61, linked: 60 },
        { levels: ['2', '1'], records: 824_530_823, linked: 774_106_766 },
        { levels: [null, null], records: 9_082_345_669, linked: 0 },
      ],
    ],
  ])('converges: %s linked', (_, counted) => {
    const { cells, iterations, hasConverged } = fitLinkedProbability(counted);
    expect(hasConverged).toBe(true);
    expect(iterations).toBeLessThan(50);
    for (const { records, linked, probability } of cells) {
      expect(probability).toBeGreaterThan(0);
      expect(probability).toBeLessThan(1);
      // with many records the data decide: the priors move no more than five of them
      if (records >= MILLIONS) expect(Math.abs(linked - records * probability)).toBeLessThan(5);
    }
  });

  test('no probability is 0 or 1, not even where rounding would make it so', () => {
    const counted = crossed(['no', 'yes'], ['no', 'yes']).map((levels) => {
      const isNoneLinked = levels[0] === 'no' && levels[1] === 'no';
      return { levels, records: 1e11, linked: isNoneLinked ? 0 : 1e11 };
    });
    const { cells } = fitLinkedProbability(counted);
    expect(cells.at(-1)).toMatchObject({ levels: ['yes', 'yes'], probability: 1 - 2 ** -53 });
    const mirrored = fitLinkedProbability(counted.map((cell) => ({ ...cell, linked: 1e11 - cell.linked })));
    expect(mirrored.cells.at(-1)).toMatchObject({ probability: 2 ** -53 });
  });

  test('150 levels, 20,000 cells, 200 million records that no main effects explain', () => {
    const sizes = [19, 3, 18, 10, 50, 50];
    const counted = Array.from({ length: 20_000 }, (_, index): LinkedCell => {
      const records = 1 + Math.floor(20_000 * scattered(100 * index));
      const levels = sizes.map(
        (size, column) => numbered(size)[Math.floor(size * scattered(100 * index + column + 1))]!,
      );
      return { levels, records, linked: Math.floor((records + 1) * scattered(100 * index + 50)) };
    });
    const { cells, iterations, hasConverged } = fitLinkedProbability(counted);
    expect(cells.length).toBeGreaterThan(19_900);
    expect(hasConverged).toBe(true);
    expect(iterations).toBeLessThan(10);
  });
});

describe('cells', () => {
  test('are returned merged and sorted by code units, missing values last', () => {
    const levels = [
      [null, 'b'],
      ['null', 'b'],
      ['é', 'a'],
      ['a', null],
      ['a', 'a,"b'],
      ['B', 'b'],
      ['a"', 'a'],
    ];
    const counted = [...levels, ...levels].map((own, index) => ({
      levels: own,
      records: index + 1,
      linked: index,
    }));
    expect(fitLinkedProbability(counted).cells.map(({ probability: _, ...cell }) => cell)).toEqual([
      { levels: ['B', 'b'], records: 19, linked: 17 },
      { levels: ['a', 'a,"b'], records: 17, linked: 15 },
      { levels: ['a', null], records: 15, linked: 13 },
      { levels: ['a"', 'a'], records: 21, linked: 19 },
      { levels: ['null', 'b'], records: 11, linked: 9 },
      { levels: ['é', 'a'], records: 13, linked: 11 },
      { levels: [null, 'b'], records: 9, linked: 7 },
    ]);
  });

  test('are not taken for one another, whatever the levels hold', () => {
    const levels = [
      ['a,b', 'c'],
      ['a', 'b,c'],
      ['a', ''],
      ['a', null],
      ['a', 'null'],
      ['"a"', ''],
      ['a\\', ''],
    ];
    const counted = levels.map((own) => ({ levels: own, records: 1, linked: 1 }));
    expect(fitLinkedProbability(counted).cells).toHaveLength(levels.length);
  });

  test('a level that two characteristics have is two levels', () => {
    const [both, first, second] = probabilities([
      { levels: ['a', 'a'], records: 1000, linked: 500 },
      { levels: ['a', 'b'], records: 1000, linked: 900 },
      { levels: ['b', 'a'], records: 1000, linked: 100 },
    ]);
    expect(first).toBeGreaterThan(both!);
    expect(second).toBeLessThan(both!);
  });

  test.each<[string, LinkedCell[]]>([
    ['more linked than there are', [{ levels: [], records: 1, linked: 2 }]],
    ['fewer than none', [{ levels: [], records: 1, linked: -1 }]],
    ['no records', [{ levels: [], records: 0, linked: 0 }]],
    ['parts of records', [{ levels: [], records: 1.5, linked: 1 }]],
    ['parts of linked records', [{ levels: [], records: 2, linked: 0.5 }]],
    ['too many records', crossed(['a', 'b']).map((levels) => ({ levels, records: 6e11, linked: 0 }))],
    ['levels of their own', [[], ['a']].map((levels) => ({ levels, records: 1, linked: 1 }))],
  ])('are refused: %s', (_, counted) => {
    expect(() => fitLinkedProbability(counted)).toThrow(RangeError);
  });
});
