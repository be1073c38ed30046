import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countNulls, isValid, ValidityBitmap } from './validity-bitmap.ts';

const pack = (valid: readonly boolean[]) => {
  const bits = new Uint8Array(Math.ceil(valid.length / 8));
  valid.forEach((is, row) => {
    if (is) bits[row >> 3]! |= 1 << (row & 7);
  });
  return bits;
};

describe('a validity bitmap', () => {
  it('counts the nulls of any range', () => {
    fc.assert(
      fc.property(
        fc.array(fc.boolean(), { maxLength: 60, size: 'max' }),
        fc.nat(),
        fc.nat(),
        (valid, a, b) => {
          const from = a % (valid.length + 1);
          const count = b % (valid.length - from + 1);
          const expected = valid.slice(from, from + count).filter((is) => !is).length;
          expect(countNulls(pack(valid), from, count)).toBe(expected);
        },
      ),
    );
  });

  it('has the bits of the chunks, for any range of bits, and zeros after the last row', () => {
    const chunk = fc.record({
      skip: fc.nat(9),
      valid: fc.array(fc.oneof(fc.boolean(), fc.constant(true)), { maxLength: 30, size: 'max' }),
      allValid: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(chunk, { maxLength: 8, size: 'max' }), fc.nat(64), (chunks, spare) => {
        const rows = chunks.reduce((sum, { valid }) => sum + valid.length, 0);
        const batch = new ValidityBitmap(rows + spare);
        // A second round checks that nothing of the first is left.
        for (const _ of [1, 2]) {
          batch.clear();
          const expected: boolean[] = [];
          for (const { skip, valid, allValid } of chunks) {
            const source = allValid ? null : pack([...Array(skip).fill(false), ...valid, true, true]);
            batch.append(source, skip, valid.length, expected.length);
            expected.push(...valid.map((is) => is || allValid));
          }
          const bitmap = batch.bitmap(rows);
          expect(batch.nulls).toBe(expected.filter((is) => !is).length);
          if (batch.nulls === 0) expect(bitmap).toBeNull();
          else {
            const bits = Array.from({ length: bitmap!.length * 8 }, (__, row) => isValid(bitmap!, row));
            expect(bits).toEqual([...expected, ...Array(bits.length - rows).fill(false)]);
          }
        }
      }),
    );
  });
});
