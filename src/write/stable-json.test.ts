import { describe, expect, it } from 'vitest';
import { stableJson } from './stable-json.ts';

describe('stableJson', () => {
  it('writes keys in the order given for their object, and other keys after them, sorted', () => {
    const value = { z: 1, list: [{ d: 1, c: 2, b: [{ y: 1, x: 2 }] }], a: null };
    const order = { '': ['list'], 'list[]': ['c'], 'list[].b[]': ['y'] };
    expect(stableJson(value, order).replace(/\s/g, '')).toBe(
      '{"list":[{"c":2,"b":[{"y":1,"x":2}],"d":1}],"a":null,"z":1}',
    );
  });

  it.each([
    ['undefined', undefined],
    ['NaN', Number.NaN],
    ['a bigint', 3n],
    ['a Map', new Map()],
    ['a Date', new Date(0)],
  ])('refuses values that JSON cannot represent: %s', (_, value) => {
    expect(() => stableJson({ receipts: [{ count: value }] })).toThrow(
      'receipts[].count cannot be written as JSON',
    );
  });
});
