import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { TokenWords } from '../../store/token-text.ts';
import { NO_SUBJECT, SubjectNumbers } from './subject-numbers.ts';
import { TokenColumn } from './token-column.ts';

/** Words that are often the same, so that tokens differ in any of their words, and share slots. */
const word = fc.oneof(fc.constantFrom(0, 1, 2 ** 14, 2 ** 31, 2 ** 32 - 1), fc.nat(2 ** 32 - 1));
const token: fc.Arbitrary<TokenWords> = fc.tuple(word, word, word, word);

test('each token has the number of those that were met before it, whichever of them comes again', () => {
  fc.assert(
    fc.property(fc.array(token, { maxLength: 300 }), fc.infiniteStream(fc.nat()), (tokens, draws) => {
      const numbers = new SubjectNumbers('gp');
      const expected = new Map<string, number>();
      for (const one of tokens) {
        const again = tokens[draws.next().value % tokens.length]!;
        for (const met of [one, again]) {
          const number = expected.get(met.join()) ?? expected.size;
          expected.set(met.join(), number);
          expect(numbers.numberOf(...met)).toBe(number);
        }
      }
      expect(numbers.size).toBe(expected.size);
      for (const [text, number] of expected) {
        expect(numbers.tokenOf(number).join()).toBe(text);
        const words = new Int32Array(6);
        numbers.copyToken(number, words, 1);
        expect([...new Uint32Array(words.buffer, 4, 4)].join()).toBe(text);
      }
    }),
  );
});

test('the rows of a vector have the numbers that they would have one by one', () => {
  const vector = fc.array(fc.option(token), { maxLength: 60 });
  fc.assert(
    fc.property(fc.array(fc.tuple(vector, fc.infiniteStream(fc.boolean()))), (vectors) => {
      const [numbers, plain] = [new SubjectNumbers('gp'), new SubjectNumbers('gp')];
      const column = new TokenColumn();
      for (const [tokens, keeps] of vectors) {
        // some come again at once, and some rows are left out
        const all = [...tokens, ...tokens.slice(0, 20)];
        column.validity.fill(0);
        for (const [row, one] of all.entries()) {
          if (one === null) continue;
          column.aWords.set(one.slice(0, 2), row * 2);
          column.bWords.set(one.slice(2), row * 2);
          column.setValid(row);
        }
        const rows = all.flatMap((_, row) => (keeps.next().value ? [row] : []));
        const into = new Int32Array(all.length);
        numbers.numberRows(column, Uint16Array.from(rows), rows.length, into);
        const expected = rows.map((row) => (all[row] === null ? NO_SUBJECT : plain.numberOf(...all[row]!)));
        expect([...into.subarray(0, rows.length)]).toEqual(expected);
        expect(numbers.size).toBe(plain.size);
      }
    }),
  );
});

test('more subjects than there was room for to begin with keep their numbers', () => {
  const numbers = new SubjectNumbers('gp');
  const tokenOf = (index: number): TokenWords => [Math.imul(index, 0x9e3779b1) >>> 0, index, index >>> 3, 7];
  const count = 200_000;
  const wrong: number[] = [];
  for (let index = 0; index < count; index += 1)
    if (numbers.numberOf(...tokenOf(index)) !== index) wrong.push(index);
  expect(wrong).toEqual([]);
  for (let index = 0; index < count; index += 997) {
    expect(numbers.numberOf(...tokenOf(index))).toBe(index);
    expect(numbers.tokenOf(index)).toEqual(tokenOf(index));
  }
  expect(numbers.size).toBe(count);
});

test('more subjects than there are numbers are refused, and none has the number of another', () => {
  const numbers = new SubjectNumbers('gp', 2);
  expect([numbers.numberOf(1, 0, 0, 0), numbers.numberOf(2, 0, 0, 0)]).toEqual([0, 1]);
  expect(() => numbers.numberOf(3, 0, 0, 0)).toThrow('the source gp has more than 2 subjects');
  expect(numbers.numberOf(1, 0, 0, 0)).toBe(0);
});

test('a subject that is forgotten is new again', () => {
  const numbers = new SubjectNumbers('gp');
  numbers.numberOf(1, 2, 3, 4);
  numbers.numberOf(5, 6, 7, 8);
  numbers.clear();
  expect(numbers.size).toBe(0);
  expect(numbers.numberOf(5, 6, 7, 8)).toBe(0);
});
