import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DistinctLongs, type LongOrder } from './distinct-longs.ts';

/** The values in the order of their ranks, and what each has become. */
function rank(array: BigInt64Array | BigUint64Array | Float64Array, order: LongOrder) {
  const words = new Uint32Array(array.buffer);
  const distinct = new DistinctLongs();
  const codes = Array.from({ length: array.length }, (_, row) =>
    distinct.codeOf(words[row * 2]!, words[row * 2 + 1]!),
  );
  const { rankOf, words: sorted } = distinct.sorted(order);
  const values = new (array.constructor as BigInt64ArrayConstructor)(sorted.buffer as ArrayBuffer);
  return {
    sorted: [...values] as unknown[],
    ranked: codes.map((code) => values[rankOf[code]!]) as unknown[],
  };
}

test('whole numbers, with and without a sign', () => {
  const few = fc.bigInt({ min: -4n, max: 4n });
  fc.assert(
    fc.property(fc.array(fc.oneof(few, fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }))), (values) => {
      for (const [order, array] of [
        ['int64', BigInt64Array.from(values)],
        ['uint64', BigUint64Array.from(values, (value) => BigInt.asUintN(64, value))],
      ] as const) {
        const { sorted, ranked } = rank(array, order);
        expect(ranked).toEqual([...array]);
        expect(sorted).toEqual([...new Set(array)].sort((a, b) => (a < b ? -1 : 1)));
      }
    }),
  );
});

test('doubles: -0 before 0, and what is no number last', () => {
  fc.assert(
    fc.property(fc.array(fc.double()), (values) => {
      const { sorted, ranked } = rank(Float64Array.from(values), 'float64');
      expect(ranked).toEqual(values);
      expect(sorted).toEqual([...Float64Array.from(sorted as number[]).sort()]);
    }),
  );
  expect(rank(Float64Array.of(0, Number.NaN, -1, -0), 'float64').sorted).toEqual([-1, -0, 0, Number.NaN]);
});

test('a hundred thousand values', () => {
  const array = BigInt64Array.from({ length: 100_000 }, (_, index) => BigInt(index % 50_000) << 32n);
  const { sorted, ranked } = rank(array, 'int64');
  expect(sorted.length).toBe(50_000);
  expect(ranked.every((value, row) => value === array[row])).toBe(true);
});
