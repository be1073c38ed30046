import { describe, expect, it } from 'vitest';
import { cellAt } from './cell-at.ts';

const valid = { nulls: 0, validity: null };

describe('one cell', () => {
  it('is read from each kind of column', () => {
    expect(cellAt({ kind: 'int8', values: Int8Array.of(4, -8), ...valid }, 1)).toBe(-8);
    expect(cellAt({ kind: 'float64', values: Float64Array.of(0.5), ...valid }, 0)).toBe(0.5);
    expect(cellAt({ kind: 'bool', bits: Uint8Array.of(0b10), ...valid }, 1)).toBe(true);
    expect(cellAt({ kind: 'date32', values: Int32Array.of(20_544), ...valid }, 0)).toBe('2026-04-01');
    expect(cellAt({ kind: 'int64', values: BigInt64Array.of(12n), ...valid }, 0)).toBe(12);
    expect(cellAt({ kind: 'int64', values: BigInt64Array.of(2n ** 60n), ...valid }, 0)).toBe(
      '1152921504606846976',
    );
    const dictionary = { kind: 'dictionary', codes: Int8Array.of(1), dictionary: ['a', 'b'] } as const;
    expect(cellAt({ ...dictionary, ...valid }, 0)).toBe('b');
    const text = { kind: 'utf8', offsets: Int32Array.of(0, 1, 3), bytes: Buffer.from('aé') } as const;
    expect(cellAt({ ...text, ...valid }, 1)).toBe('é');
    const time = { kind: 'timestamp-us', values: BigInt64Array.of(1_500_000n) } as const;
    expect(cellAt({ ...time, ...valid }, 0)).toBe('1970-01-01T00:00:01.500');
  });

  it('is null where the bit is not set', () => {
    const column = {
      kind: 'int8',
      values: Int8Array.of(4, 0),
      nulls: 1,
      validity: Uint8Array.of(0b01),
    } as const;
    expect([cellAt(column, 0), cellAt(column, 1)]).toEqual([4, null]);
  });
});
