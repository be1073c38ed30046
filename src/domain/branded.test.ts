import { expect, test } from 'vitest';
import type { TokenText } from '../store/token-text.ts';
import { type BirthDate, birthDateOf } from './birth-date.ts';
import { type NhsNumber, standardiseNhsNumber } from './nhs-number.ts';
import { type Postcode, standardisePostcode } from './postcode.ts';
import type { Pseudonym } from './pseudonym.ts';
import { tupleText } from './tuple.ts';

test('a raw text, an identifier, a token and a pseudonym cannot be confused', () => {
  const raw = 'x';
  const number = '9434765919' as NhsNumber;
  const token = '1,2' as TokenText;
  // the compiler checks these lines: each of them must be an error
  // @ts-expect-error a raw text is no standardised one
  const standardised: NhsNumber = raw;
  // @ts-expect-error an NHS number is no postcode
  const postcode: Postcode = number;
  // @ts-expect-error a token is no pseudonym
  const pseudonym: Pseudonym = token;
  // @ts-expect-error an identifier is no token
  const tokenised: TokenText = number;
  expect([standardised, postcode, pseudonym, tokenised]).toHaveLength(4);
});

test('a tuple is made of parts that have passed their rules', () => {
  const { value: postcode } = standardisePostcode('m1 1ae');
  const birthDate: BirthDate = birthDateOf(19800131);
  expect(tupleText('1', birthDate, postcode!)).toBe('1|1980-01-31|M11AE');
  expect(standardiseNhsNumber('401 023 2137', { allowTestRange: false }).value).toBe('4010232137');
  // @ts-expect-error of raw texts there is none
  expect(tupleText('1', '1980-01-31', 'M11AE')).toBe(tupleText('1', birthDate, postcode!));
});
