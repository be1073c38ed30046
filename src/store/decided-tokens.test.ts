import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { decidedTokensFile, readDecidedTokens } from './decided-tokens.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'tallystick-decided-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Tokens of few different words, so that their order is decided by each of them. */
const token = fc.array(fc.constantFrom(0, 1, 0x7fffffff, 0x80000000, 0xffffffff), {
  minLength: 4,
  maxLength: 4,
});
const tokens = fc.uniqueArray(token, { selector: String, maxLength: 40 });
const kinds = fc.uniqueArray(
  fc.record({ kind: fc.constantFrom('national', 'type-1', 'type-2', 'research'), tokens }),
  {
    selector: ({ kind }) => kind,
  },
);

function fileOf(lists: readonly { kind: string; tokens: readonly (readonly number[])[] }[]): Buffer {
  return decidedTokensFile(
    lists.map((one) => ({ kind: one.kind, words: Uint32Array.from(one.tokens.flat()) })),
  );
}

function read(bytes: Uint8Array) {
  const file = join(folder, 'list');
  writeFileSync(file, bytes);
  return readDecidedTokens(file);
}

describe('the list of decided opt-outs', () => {
  it('has every token of every kind, in order', () => {
    fc.assert(
      fc.property(kinds, (lists) => {
        const found = read(fileOf(lists)).map(({ kind, a, b }) => ({
          kind,
          tokens: Array.from(a, (half, row) => `${BigInt.asUintN(64, half)},${BigInt.asUintN(64, b[row]!)}`),
        }));
        const half = (low: number, high: number) => (BigInt(high) << 32n) | BigInt(low);
        const expected = lists
          .toSorted((x, y) => (x.kind < y.kind ? -1 : 1))
          .map(({ kind, tokens: all }) => ({
            kind,
            tokens: all
              .toSorted((x, y) => x.map((word, index) => word - y[index]!).find((one) => one !== 0) ?? 0)
              .map(([w0, w1, w2, w3]) => `${half(w0!, w1!)},${half(w2!, w3!)}`),
          }));
        expect(found).toEqual(expected);
      }),
    );
  });

  it('has the same bytes whatever the order in which people were recorded', () => {
    fc.assert(
      fc.property(kinds, (lists) => {
        const turned = lists.map((one) => ({ ...one, tokens: one.tokens.toReversed() })).toReversed();
        expect(fileOf(turned)).toEqual(fileOf(lists));
      }),
    );
  });

  it('is refused where it is not whole', () => {
    const bytes = fileOf([{ kind: 'national', tokens: [[1, 2, 3, 4]] }]);
    for (let length = 0; length < bytes.length; length += 1)
      expect(() => read(bytes.subarray(0, length)), String(length)).toThrow(/list of decided opt-outs/);
    expect(() => read(Buffer.concat([bytes, Buffer.from('x')]))).toThrow(/damaged/);
    expect(() => read(Buffer.from(bytes.toString('latin1').replace('1]', '2]'), 'latin1'))).toThrow(
      /damaged/,
    );
  });
});
