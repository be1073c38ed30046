import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TokenText, TokenWords } from '../../store/token-text.ts';
import { SharedTuples } from './shared-tuples.ts';

/** A token of a small number. */
const token = (number: number): TokenWords => [number, 7, 7, 7];
const small = fc.integer({ min: 1, max: 5 });
/** A patient, or one of her addresses: unsure (number, or null for none), or sure (undefined). */
const tuple = fc.record({ subject: small, tuple: small });

test('an unsure patient shares a tuple with every other patient who has it: another of the unsure, one that is met, one kept back', () => {
  fc.assert(
    fc.property(
      fc.array(tuple),
      fc.array(tuple),
      fc.array(small, { maxLength: 2 }),
      (unsure, sure, keptBack) => {
        const shared = new SharedTuples();
        const numberOf = (subject: number) => (subject % 2 === 0 ? null : (`${subject},0` as TokenText));
        for (const one of unsure) shared.note(token(one.subject), token(one.tuple), numberOf(one.subject));
        for (const one of keptBack) shared.noteKeptBack(token(one));
        // the stored rows of the unsure are met again, as they have a whole tuple too
        for (const one of [...unsure, ...sure]) shared.meet(token(one.subject), token(one.tuple));
        const said = new Set<string>();
        shared.eachShared(([word], number) => said.add(`${word} ${number}`));
        const all = [...unsure, ...sure];
        const expected = unsure
          .filter(
            (one) =>
              keptBack.includes(one.tuple) ||
              all.some((other) => other.tuple === one.tuple && other.subject !== one.subject),
          )
          .map((one) => `${one.tuple} ${numberOf(one.subject)}`);
        expect(said).toEqual(new Set(expected));
      },
    ),
  );
});

test('the number of an unsure patient is known for her addresses, and of no patient once all is forgotten', () => {
  const shared = new SharedTuples();
  shared.rememberUnsure(token(1), null);
  shared.rememberUnsure(token(2), '5,6' as TokenText);
  const numbers = () => [1, 2, 3].map((one) => shared.numberOf(token(one)));
  expect(numbers()).toEqual([null, '5,6', undefined]);
  shared.note(token(1), token(9), null);
  shared.clear();
  expect([numbers(), shared.size]).toEqual([[undefined, undefined, undefined], 0]);
});
