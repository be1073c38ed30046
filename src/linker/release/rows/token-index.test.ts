import fc from 'fast-check';
import { expect, test } from 'vitest';
import { TokenIndex } from './token-index.ts';

const half = fc.oneof(fc.bigInt({ min: 0n, max: 3n }), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }));
const wordsOf = (halves: readonly bigint[]) => new Uint32Array(BigUint64Array.from(halves).buffer);

test('each token is found under its index, and no other token is found', () => {
  const token = fc.tuple(half, half);
  fc.assert(
    fc.property(fc.uniqueArray(token, { selector: String }), fc.array(token), (tokens, others) => {
      const all = [...tokens, ...others];
      const [a, b] = [wordsOf(all.map(([one]) => one)), wordsOf(all.map(([, other]) => other))];
      const index = new TokenIndex(tokens.length);
      for (let row = 0; row < tokens.length; row += 1) index.add(a, b, row);
      const indexOf = new Map(tokens.map((one, position) => [String(one), position]));
      expect(all.map((_, row) => index.find(a, b, row))).toEqual(
        all.map((one) => indexOf.get(String(one)) ?? -1),
      );
    }),
  );
});

test('a token that leads to two persons is a bug, and so is one more than was counted', () => {
  const index = new TokenIndex(1);
  const [a, b] = [wordsOf([1n, 2n]), wordsOf([1n, 2n])];
  index.add(a, b, 0);
  expect(() => index.add(a, b, 0)).toThrow('leads to more than one person');
  expect(() => index.add(a, b, 1)).toThrow('more tokens than were counted');
});
