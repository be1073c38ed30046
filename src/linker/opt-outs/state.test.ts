import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stateDigest } from './state.ts';

const digest = fc.stringMatching(/^[0-9a-f]{8}$/);
const state = fc.record({
  lists: fc.dictionary(fc.constantFrom('optOuts.register', 'optOuts.national', 'optOuts.lists.a'), digest),
  tokens: fc.array(digest, { minLength: 1, maxLength: 3 }),
});

test('the digest of a state depends on the lists, the tokens and the run, and not on the order of stores', () => {
  fc.assert(
    fc.property(state, state, (one, other) => {
      const shuffled = {
        lists: Object.fromEntries(Object.entries(one.lists).reverse()),
        tokens: one.tokens.toReversed(),
      };
      expect(stateDigest('run-1', shuffled)).toBe(stateDigest('run-1', one));
      expect(stateDigest('run-2', one)).not.toBe(stateDigest('run-1', one));
      const plain = ({ lists, tokens }: typeof one) =>
        JSON.stringify([Object.entries(lists).sort(), tokens.toSorted()]);
      expect(stateDigest('run-1', one) === stateDigest('run-1', other)).toBe(plain(one) === plain(other));
    }),
  );
});
