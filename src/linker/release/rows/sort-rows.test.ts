import fc from 'fast-check';
import { expect, test } from 'vitest';
import { NO_VALUE } from './ranks.ts';
import { sortWithinPersons } from './sort-rows.ts';

test('rows are sorted as by a plain sort: by person, then column by column, with missing values last', () => {
  const rank = fc.oneof(fc.integer({ min: -3, max: 3 }), fc.constant(NO_VALUE), fc.constant(-NO_VALUE));
  const persons = fc.array(fc.nat({ max: 80 }), { maxLength: 6 });
  fc.assert(
    fc.property(
      persons,
      fc.integer({ min: 0, max: 3 }),
      fc.infiniteStream(rank),
      (counts, columns, ranks) => {
        const starts = Int32Array.of(0, ...counts);
        for (let person = 1; person < starts.length; person += 1) starts[person]! += starts[person - 1]!;
        const rows = starts.at(-1)!;
        const keys = Array.from({ length: columns }, () =>
          Int32Array.from({ length: rows }, () => ranks.next().value as number),
        );
        const owner = counts.flatMap((count, person) => Array<number>(count).fill(person));
        const valuesOf = (row: number) => [owner[row]!, ...keys.map((key) => key[row]!)];
        const plain = Array.from({ length: rows }, (_, row) => valuesOf(row)).sort((a, b) => {
          const differing = a.findIndex((value, column) => value !== b[column]);
          return differing < 0 ? 0 : a[differing]! - b[differing]!;
        });
        const order = sortWithinPersons(starts, keys);
        expect([...order].sort((a, b) => a - b)).toEqual(Array.from({ length: rows }, (_, row) => row));
        expect([...order].map(valuesOf)).toEqual(plain);
      },
    ),
    { numRuns: 300 },
  );
});
