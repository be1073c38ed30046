import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CHARACTERISTICS, type Characteristic } from '../../domain/characteristic.ts';
import { type GroupCount, whoIsMissed } from './missed.ts';

const group = (
  by: Characteristic | null,
  value: string | null,
  linked: number,
  unlinked: number,
  source = 0,
): GroupCount => ({ source, by, value, records: linked + unlinked, linked });

const valuesOf = (groups: readonly GroupCount[]) =>
  whoIsMissed(groups, ['gp'])[0]!.characteristics[0]!.values;

describe('who is missed', () => {
  test('is published in rounded numbers, whole per cent and standardised differences', () => {
    const [hospital, clinic] = whoIsMissed(
      [
        group(null, null, 1002, 199),
        group('sex', '1', 601, 59),
        group('sex', '2', 401, 140),
        group(null, null, 3, 8, 1),
      ],
      ['hospital', 'clinic'],
    );
    expect(hospital).toEqual({
      source: 'hospital',
      linked: 1000,
      unlinked: 200,
      characteristics: [
        {
          by: 'sex',
          values: [
            {
              value: 'male',
              linked: 600,
              linkedPercent: 60,
              unlinked: 60,
              unlinkedPercent: 30,
              // 0.3 / sqrt((0.6 * 0.4 + 0.3 * 0.7) / 2)
              standardisedDifference: 0.63,
            },
            {
              value: 'female',
              linked: 400,
              linkedPercent: 40,
              unlinked: 140,
              unlinkedPercent: 70,
              standardisedDifference: -0.63,
            },
          ],
        },
      ],
    });
    expect(clinic).toEqual({ source: 'clinic', linked: null, unlinked: 10, characteristics: [] });
  });

  test('suppresses small numbers, and the next smallest where that is one', () => {
    const values = valuesOf([
      group(null, null, 600, 70),
      group('ageBand', '5-9', 200, 7),
      group('ageBand', '10-14', 100, 21),
      group('ageBand', '90+', 300, 42),
    ]);
    expect(values.map(({ value, linked, unlinked }) => [value, linked, unlinked])).toEqual([
      ['5-9', 200, null],
      ['10-14', 100, null],
      ['90+', 300, 40],
    ]);
    expect(values[0]).toMatchObject({
      linkedPercent: 33,
      unlinkedPercent: null,
      standardisedDifference: null,
    });
  });

  test('suppresses no value to protect records without one', () => {
    const values = valuesOf([
      group(null, null, 210, 110),
      group('sex', '1', 100, 50),
      group('sex', null, 10, 3),
      group('sex', '2', 100, 60),
    ]);
    expect(values.map(({ value, linked, unlinked }) => [value, linked, unlinked])).toEqual([
      ['male', 100, 50],
      ['female', 100, 60],
      [null, 10, null],
    ]);
  });

  test('puts rare values of delivered columns together, without their names', () => {
    const values = valuesOf([
      group(null, null, 300, 30),
      group('ethnicCategory', 'A', 290, 20),
      group('ethnicCategory', 'Mrs Smith', 1, 1),
      group('ethnicCategory', 'Q', 5, 2),
      group('ethnicCategory', 'B', 4, 8),
      group('ethnicCategory', 'C', 4, 7), // eleven records, and not a count that may be shown
    ]);
    expect(values.map(({ value }) => value)).toEqual(['A', 'B', 'rare values together']);
  });

  test('leaves out a characteristic that no record has', () => {
    expect(whoIsMissed([group('area', null, 50, 50)], ['gp'])[0]!.characteristics).toEqual([]);
  });

  const counted = fc.array(
    fc.record({
      by: fc.constantFrom(...CHARACTERISTICS),
      value: fc.constantFrom('1', '2', 'a', 'b', null),
      linked: fc.oneof(fc.nat(12), fc.nat(10_000)),
      unlinked: fc.oneof(fc.nat(12), fc.nat(400)),
    }),
    { maxLength: 12 },
  );

  test('never shows a count of 7 or fewer, nor lets one be worked out, nor leaves the range of a rate', () => {
    fc.assert(
      fc.property(counted, (drawn) => {
        const unique = [...new Map(drawn.map((one) => [`${one.by} ${one.value}`, one])).values()];
        const all = unique.reduce(
          (sum, { linked, unlinked }) => [sum[0]! + linked, sum[1]! + unlinked],
          [0, 0],
        );
        const groups = [
          group(null, null, all[0]!, all[1]!),
          ...unique.map(({ by, value, linked, unlinked }) => group(by, value, linked, unlinked)),
        ];
        const { linked, unlinked, characteristics } = whoIsMissed(groups, ['gp'])[0]!;
        const values = characteristics.flatMap((one) => one.values);
        for (const count of [linked, unlinked, ...values.flatMap((one) => [one.linked, one.unlinked])]) {
          if (count === null) continue;
          expect(count % 5).toBe(0);
          expect(count).toBeGreaterThan(7);
        }
        for (const { values: own } of characteristics) {
          for (const column of ['linked', 'unlinked'] as const) {
            const shown = own.filter(({ value }) => value !== null);
            const hidden = shown.filter((one) => one[column] === null).length;
            if (shown.length > 1) expect(hidden).not.toBe(1);
          }
        }
        for (const one of values) {
          for (const percent of [one.linkedPercent, one.unlinkedPercent]) {
            if (percent !== null)
              expect(percent >= 0 && percent <= 100 && Number.isInteger(percent)).toBe(true);
          }
          if (one.standardisedDifference !== null)
            expect(Number.isFinite(one.standardisedDifference)).toBe(true);
        }
      }),
      { numRuns: 500 },
    );
  });
});
