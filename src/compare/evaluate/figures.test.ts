import { describe, expect, it } from 'vitest';
import type { EvaluationCounts, GroupCounts, Grouping, RankCounts } from './counts.ts';
import { figuresOf } from './figures.ts';
import { pairFigures } from './rates.ts';
import { subgroupsOf } from './subgroups.ts';

const rank = (
  number: number,
  records: number,
  linked: number,
  wrong: number,
  linkable: number,
  missed: number,
): RankCounts => ({
  rank: number,
  records,
  linked,
  falseMatches: wrong,
  linkable,
  missedMatches: missed,
});
const group = (by: Grouping, value: string | null, records: number): GroupCounts => ({
  by,
  value,
  records,
  linked: records,
  falseMatches: 1,
  linkable: records,
  missedMatches: 2,
});

const COUNTS: EvaluationCounts = {
  truePersons: 80,
  linkedPersons: 90,
  pairs: { bothPairs: 30, linkedPairs: 40, truePairs: 60 },
  ranks: [
    rank(0, 10, 0, 0, 5, 5),
    rank(8, 100, 80, 2, 90, 1),
    rank(6, 20, 20, 8, 5, 0),
    rank(3, 1, 0, 0, 0, 0),
  ],
  groups: [],
};

describe('figures', () => {
  const figures = figuresOf(COUNTS, [8, 6, 7], []);

  it('are of the linked and of those with something to link, over all ranks together', () => {
    expect(figures).toMatchObject({ records: 131, persons: { true: 80, linked: 90 } });
    expect(figures.record).toMatchObject({ linked: 100, falseMatches: 10, linkable: 100, missedMatches: 6 });
    expect(figures.record).toMatchObject({ falseMatchRate: 0.1, missedMatchRate: 0.06 });
    // Wilson, 10 of 100 and 6 of 100
    expect(figures.record.falseMatchInterval!.map((limit) => limit.toFixed(4))).toEqual(['0.0552', '0.1744']);
    expect(figures.record.missedMatchInterval!.map((limit) => limit.toFixed(4))).toEqual([
      '0.0278',
      '0.1248',
    ]);
  });

  it('have a line for each rank of the ladder in its order, for others that were met, and for rank 0', () => {
    expect(figures.ranks.map((one) => one.rank)).toEqual([8, 6, 7, 3, 0]);
    expect(figures.ranks[1]).toMatchObject({ records: 20, falseMatchRate: 0.4, missedMatchRate: 0 });
    expect(figures.ranks[2]).toMatchObject({ records: 0, falseMatchRate: null, falseMatchInterval: null });
    expect(figures.ranks[4]).toMatchObject({
      records: 10,
      falseMatchRate: null,
      missedMatches: 5,
      missedMatchRate: 1,
    });
  });

  it('over pairs are precision, recall, and their harmonic mean', () => {
    const { precision, recall, f1, f1Interval } = figures.pair;
    expect({ precision, recall, f1 }).toEqual({ precision: 0.75, recall: 0.5, f1: 0.6 });
    expect(f1).toBeCloseTo(2 / (1 / 0.75 + 1 / 0.5), 12);
    // of 40 + 60 - 30 = 70 pairs of either, 30 are of both: Wilson 0.31935 to 0.54522, and 2J / (1 + J) of these
    expect(f1Interval!.map((limit) => limit.toFixed(4))).toEqual(['0.4841', '0.7057']);
  });

  it('are none where there are no pairs', () => {
    const { precision, recall, f1, f1Interval } = pairFigures({ bothPairs: 0, linkedPairs: 0, truePairs: 0 });
    expect([precision, recall, f1, f1Interval]).toEqual([null, null, null, null]);
  });
});

describe('subgroups', () => {
  const published = (counts: readonly GroupCounts[], sources: readonly string[] = []) =>
    subgroupsOf(counts, sources).map(({ value, records }) => [value, records]);

  it('have names, and are in the order of their values, the unknown value last', () => {
    const sexes = [group('sex', null, 20), group('sex', '2', 30), group('sex', '1', 40)];
    expect(published(sexes)).toEqual([
      ['male', 40],
      ['female', 30],
      [null, 20],
    ]);
    const sources = [group('source', '1', 10), group('source', '0', 11)];
    expect(published(sources, ['gp', 'acute'])).toEqual([
      ['gp', 11],
      ['acute', 10],
    ]);
    const ages = ['90+', '5-9', '10-14', '0-4'].map((band) => group('ageBand', band, 10));
    expect(published(ages).map(([value]) => value)).toEqual(['0-4', '5-9', '10-14', '90+']);
    expect(subgroupsOf(sexes, [])[0]).toMatchObject({
      falseMatchRate: 1 / 40,
      missedMatchRate: 2 / 40,
      note: null,
    });
  });

  it('of fewer than ten records are not shown, and cannot be worked out from the others', () => {
    const ages = [group('ageBand', '0-4', 9), group('ageBand', '5-9', 10), group('ageBand', '10-14', 11)];
    const [small, next, large] = subgroupsOf(ages, []);
    expect(small).toMatchObject({ value: '0-4', records: null, falseMatches: null, missedMatchRate: null });
    expect(small!.note).toBe('fewer than 10 records');
    expect(next).toMatchObject({ value: '5-9', records: null });
    expect(next!.note).toBe('left out, or the one with too few records could be worked out');
    expect(large).toMatchObject({ records: 11, note: null });
    // two small ones hide each other
    expect(published([...ages, group('ageBand', '15-19', 1)]).map(([, records]) => records)).toEqual([
      null,
      10,
      11,
      null,
    ]);
  });

  it('without a value are no subgroup: they are not shown when they are few, and hide no other', () => {
    const sexes = [group('sex', '1', 500), group('sex', '2', 400), group('sex', null, 3)];
    expect(published(sexes)).toEqual([
      ['male', 500],
      ['female', 400],
      [null, null],
    ]);
  });

  it('of rare delivered values are put together, under no name that was delivered', () => {
    const values = [
      group('ethnicCategory', 'A', 50),
      ...['x1', 'x2', 'x3'].map((value) => group('ethnicCategory', value, 4)),
    ];
    expect(published(values)).toEqual([
      ['A', 50],
      ['rare values together', 12],
    ]);
    expect(
      JSON.stringify(subgroupsOf([values[0]!, group('ethnicCategory', 'Z', 60), values[1]!], [])),
    ).not.toContain('x1');
  });

  it('are left out where no row has a value, and where there are more than fifty', () => {
    expect(published([group('area', null, 100)])).toEqual([]);
    const areas = Array.from({ length: 51 }, (_, index) => group('area', `E${index}`, 100));
    expect(published(areas)).toEqual([]);
    expect(published(areas.slice(1))).toHaveLength(50);
  });
});
